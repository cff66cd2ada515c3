/** `connection_events`: who did what to a connection, and when. */
import type { TenantDb } from "../../client.ts";
import type { EventKind } from "./event-kinds.ts";

export interface ConnectionEvent {
  tenantId: string;
  connectionId: string | null;
  provider: string;
  kind: EventKind;
  actorUserId: string | null;
  requestId: string;
  detail?: Record<string, unknown>;
}

/** Adds to the connection's history what happened, in the transaction that made it happen. */
export async function recordEvent(tdb: TenantDb, event: ConnectionEvent): Promise<void> {
  await tdb.insertInto("connection_events").values(columnsOf(event)).execute();
}

/** Records what was told, once for each digest on each connection. Returns false when it is known already. */
export async function recordOnce(
  tdb: TenantDb,
  event: ConnectionEvent & { connectionId: string; sourceDigest: string },
): Promise<boolean> {
  const stored = await tdb
    .insertInto("connection_events")
    .values({ ...columnsOf(event), source_digest: event.sourceDigest })
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

function columnsOf(event: ConnectionEvent) {
  return {
    tenant_id: event.tenantId,
    connection_id: event.connectionId,
    provider: event.provider,
    kind: event.kind,
    actor_user_id: event.actorUserId,
    request_id: event.requestId,
    detail: JSON.stringify(event.detail ?? {}),
  };
}
