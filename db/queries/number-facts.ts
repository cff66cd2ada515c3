/** What pages tell of a number besides its connection's row: its latest messages, the last day, its latest events. */
import { sql } from "kysely";
import type { TenantDb } from "../client.ts";

export interface LatestMessage {
  at: Date;
  conversationId: string;
}

/** A number that is quieter than this many other conversations of its workspace counts as one without messages. */
const conversationsLookedAt = 10_000;

/** By connection: the latest message of the one named, else of each on the channel that is not revoked. */
export async function latestMessagesOf(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  connectionId: string | undefined,
): Promise<Map<string, LatestMessage>> {
  const { rows } = await sql<LatestMessage & { connectionId: string }>`
    select c.id as "connectionId", latest.at, latest."conversationId"
      from channel_connections c
     cross join lateral (
       select r.last_message_at as at, r.id as "conversationId"
         from (select id, connection_id, last_message_at from conversations
                where tenant_id = ${tenantId} and last_message_at is not null
                order by last_message_at desc nulls last, id desc limit ${conversationsLookedAt}) r
        where r.connection_id = c.id
        order by r.last_message_at desc nulls last, r.id desc limit 1) latest
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
 * Walks the conversations that were active in this time, and of each its messages of this time; failed ones have an index
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
                  where m.tenant_id = c.tenant_id and m.conversation_id = c.id and m.direction = 'inbound'
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

export interface NumberEventRow {
  id: string;
  kind: string;
  at: Date;
  /** Null for what we or Meta did. */
  actorEmail: string | null;
}

/** A connection's latest events, newest first. */
export async function latestEventsOf(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  limit: number,
): Promise<NumberEventRow[]> {
  const { rows } = await sql<NumberEventRow>`
    select e.id, e.kind, e.created_at as at, p.email as "actorEmail"
      from connection_events e
      left join app.people_of_tenant() p on p.user_id = e.actor_user_id
     where e.tenant_id = ${tenantId} and e.connection_id = ${connectionId}
     order by e.id desc limit ${limit}`.execute(tdb);
  return rows;
}
