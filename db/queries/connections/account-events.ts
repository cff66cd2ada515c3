/** A connection's row while what Meta tells of it is applied. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { ConnectionStatus } from "../../schema.ts";
import type { ConnectionRow } from "./connections.ts";

/** The row of a connected number, held until the transaction ends; undefined for one that is not connected (any more). */
export async function holdConnected(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  return tdb
    .selectFrom("channel_connections")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("status", "in", ["active", "error"])
    .forUpdate()
    .executeTakeFirst();
}

/** Writes status and the whole of `metadata` on a row that `holdConnected` holds. */
export async function saveStanding(
  tdb: TenantDb,
  { tenant_id, id }: Pick<ConnectionRow, "tenant_id" | "id">,
  { status, metadata }: { status: ConnectionStatus; metadata: Record<string, unknown> },
): Promise<void> {
  await tdb
    .updateTable("channel_connections")
    .set({ status, metadata: JSON.stringify(metadata), updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenant_id)
    .where("id", "=", id)
    .execute();
}
