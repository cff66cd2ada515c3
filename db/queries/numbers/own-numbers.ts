/** The numbers that a workspace's customers write, or wrote, to. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";

export interface OwnNumberRow {
  connection_id: string;
  phone_number_e164: string | null;
  display_name: string | null;
}

/**
 * Of every channel: those that are connected, those that something came for once, and those of `shown`, by connection.
 * Reads connections and claims, of which a workspace has few, and never its conversations.
 */
export async function listOwnNumberRows(
  tdb: TenantDb,
  tenantId: string,
  shown: string[],
): Promise<OwnNumberRow[]> {
  return tdb
    .selectFrom("channel_connections as c")
    .select(["c.id as connection_id", "c.phone_number_e164", "c.display_name"])
    .where("c.tenant_id", "=", tenantId)
    .where(sql<boolean>`(c.phone_number_id is not null or c.phone_number_e164 is not null)`)
    .where(
      sql<boolean>`(c.status <> 'revoked' or c.id = any(${shown}::uuid[])
        or exists (select from number_claims n
                    where n.tenant_id = c.tenant_id and n.connection_id = c.id and n.first_event_at is not null))`,
    )
    .execute();
}
