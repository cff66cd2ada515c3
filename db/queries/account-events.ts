/** A connection's row while what Meta tells of it is applied. */
import { sql } from "kysely";
import type { TenantDb } from "../client.ts";
import type { ConnectionStatus } from "../schema.ts";
import type { ConnectionEvent, ConnectionRow } from "./connections.ts";

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

/** Records what was told, once for each digest on each connection. Answers false when it is known already. */
export async function recordOnce(
  tdb: TenantDb,
  event: ConnectionEvent & { connectionId: string; sourceDigest: string },
): Promise<boolean> {
  const stored = await tdb
    .insertInto("connection_events")
    .values({
      tenant_id: event.tenantId,
      connection_id: event.connectionId,
      provider: event.provider,
      kind: event.kind,
      actor_user_id: event.actorUserId,
      request_id: event.requestId,
      detail: JSON.stringify(event.detail ?? {}),
      source_digest: event.sourceDigest,
    })
    .onConflict((oc) =>
      oc
        .columns(["tenant_id", "connection_id", "source_digest"])
        .where("source_digest", "is not", null)
        .doNothing(),
    )
    .returning("id")
    .executeTakeFirst();
  return stored !== undefined;
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
