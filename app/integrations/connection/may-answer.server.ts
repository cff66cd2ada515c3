/** What holds for a workspace whatever its channels are. */
import { withTenant } from "../../../db/client.ts";
import { listNumberRows } from "../../../db/queries/connections/connections.ts";
import { channelIds } from "../catalog.ts";
import type { IntegrationDeps } from "../deps.server.ts";
import { maySend } from "./connection-view.server.ts";

/** Whether there is a connection, on any channel, through which something may be sent now. */
export async function mayAnswer(
  { db, now }: Pick<IntegrationDeps, "db" | "now">,
  tenantId: string,
): Promise<boolean> {
  return withTenant(db, tenantId, async (tdb) => {
    for (const channel of channelIds()) {
      const rows = await listNumberRows(tdb, tenantId, channel);
      if (rows.some((row) => maySend(row, now()))) return true;
    }
    return false;
  });
}
