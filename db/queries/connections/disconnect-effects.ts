/** What stands behind a connection, for a person who is about to end it. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface DisconnectEffects {
  conversations: number;
  messages: number;
  /** Messages that came in since the given time. */
  recent: number;
}

/** Stops at `most` of each: a page that asks before a disconnect must come however much there is. */
export async function countEffects(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  { since, most }: { since: Date; most: number },
): Promise<DisconnectEffects> {
  const messages = sql`conversations c join messages m on m.tenant_id = c.tenant_id and m.conversation_id = c.id
     where c.tenant_id = ${tenantId} and c.connection_id = ${connectionId}`;
  const { rows } = await sql<DisconnectEffects>`
    select (select count(*)::int from (
              select from conversations
               where tenant_id = ${tenantId} and connection_id = ${connectionId} limit ${most}) c) as conversations,
           (select count(*)::int from (select from ${messages} limit ${most}) m) as messages,
           (select count(*)::int from (
              select from ${messages} and m.direction = 'inbound' and m.occurred_at >= ${since}
               limit ${most}) m) as recent`.execute(tdb);
  return rows[0] ?? { conversations: 0, messages: 0, recent: 0 };
}
