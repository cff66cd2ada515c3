/** What pages tell of a number besides its connection's row: its latest messages and the last day. */
import { type RawBuilder, sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface LatestMessage {
  at: Date;
  conversationId: string;
}

/** Among the workspace's latest conversations, and where none of them is the number's, among its own. */
const conversationsLookedAt = 10_000;

/**
 * By connection: the latest message of the one named, else of each on the channel that is not revoked. Without is only
 * who has none. Of a number that is quieter than 10,000 conversations of its workspace and has more than that itself it
 * may be an earlier one; for such a number alone an index of all the workspace's conversations is read.
 */
export async function latestMessagesOf(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  connectionId: string | undefined,
): Promise<Map<string, LatestMessage>> {
  const latestOf = (looked: RawBuilder<unknown>) => sql`(
    select last_message_at as at, id as "conversationId" from (${looked}) looked
     where connection_id = c.id order by last_message_at desc nulls last, id desc limit 1)`;
  const { rows } = await sql<LatestMessage & { connectionId: string }>`
    select c.id as "connectionId", latest.at, latest."conversationId"
      from channel_connections c
     cross join lateral (
       ${latestOf(sql`
         select id, connection_id, last_message_at from conversations
          where tenant_id = ${tenantId} and last_message_at is not null
          order by last_message_at desc nulls last, id desc limit ${conversationsLookedAt}`)}
       union all
       ${latestOf(sql`
         select id, connection_id, last_message_at from conversations
          where tenant_id = ${tenantId} and connection_id = c.id and last_message_at is not null
            and exists (select from number_claims n
                         where n.tenant_id = ${tenantId} and n.connection_id = c.id and n.first_event_at is not null)
          limit ${conversationsLookedAt}`)}
       limit 1) latest
     where c.tenant_id = ${tenantId} and c.provider = ${provider}
       and ${connectionId ? sql`c.id = ${connectionId}` : sql`c.status <> 'revoked'`}`.execute(tdb);
  return new Map(rows.map(({ connectionId, ...latest }) => [connectionId, latest]));
}

/** Of the last 24 hours, each counted up to `most`. */
export interface Traffic {
  received: number;
  failed: number;
  /** Items that came for the number and could not be taken up. */
  setAside: number;
}

/**
 * Reads the conversations that were active in this time, and of each its messages of this time; failed ones have an index
 * of their own. Stops at `most` of each. The time stands in each condition as it is: behind a name the planner would not
 * know how short it is, and read all messages.
 */
export async function readTraffic(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  most: number,
): Promise<Traffic> {
  const since = sql`now() - interval '24 hours'`;
  const { rows } = await sql<Traffic>`
    select (select count(*)::int from (
              select from conversations c
               cross join lateral (
                 select from messages m
                  where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.direction = 'inbound' and m.counts_unread
                    and m.occurred_at >= ${since} limit ${most}) m
               where c.tenant_id = ${tenantId} and c.connection_id = ${connectionId}
                 and c.last_message_at >= ${since} and c.last_inbound_at >= ${since}
               limit ${most}) inbound) as received,
           (select count(*)::int from (
              select from messages m
               where m.tenant_id = ${tenantId} and m.failed_at >= ${since} and m.status = 'failed'
                 and (select c.connection_id from conversations c
                       where c.tenant_id = m.tenant_id and c.id = m.conversation_id) = ${connectionId}
               order by m.failed_at desc limit ${most}) undelivered) as failed,
           app.count_set_aside(${connectionId}::uuid, ${since}, ${most}) as "setAside"`.execute(tdb);
  return rows[0] ?? { received: 0, failed: 0, setAside: 0 };
}
