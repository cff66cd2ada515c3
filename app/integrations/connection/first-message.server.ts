/** The last step of a connect: a first message. Whoever does not want to wait for one may go on without it. */
import { withTenant } from "../../../db/client.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import { findConnection, noteOnConnection } from "../../../db/queries/connections/connections.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import type { ChannelId } from "../catalog.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";

/**
 * Does without the test message until the number is connected anew. Asked again it changes nothing. False when there is no such active connection.
 */
export async function skipTest(
  deps: Pick<IntegrationDeps, "db" | "now">,
  { tenantId, userId, requestId }: Actor,
  { channel, connectionId }: { channel: ChannelId; connectionId: string },
): Promise<boolean> {
  return withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findConnection(tdb, tenantId, connectionId);
    if (row?.status !== "active" || row.provider !== channel) return false;
    if (factsOf(row).test_skipped_at) return true;
    await noteOnConnection(tdb, tenantId, connectionId, { test_skipped_at: deps.now().toISOString() });
    const event = { tenantId, connectionId, provider: channel, actorUserId: userId, requestId };
    await recordEvent(tdb, { ...event, kind: "test_skipped" });
    return true;
  });
}
