/** What holds for a workspace whatever its channels are. */
import { channelIds } from "./catalog.ts";
import { type IntegrationDeps, listConnections } from "./connections.server.ts";

/** Whether there is a connection, on any channel, through which something may be sent now. */
export async function mayAnswer(deps: IntegrationDeps, tenantId: string): Promise<boolean> {
  const perChannel = await Promise.all(
    channelIds().map((channel) => listConnections(deps, tenantId, channel)),
  );
  return perChannel.flat().some(({ maySend }) => maySend);
}
