/** Trying one step at Meta again because a person asked: they may have mended there what we could not. */
import { withTenant } from "../../db/client.ts";
import { enqueueRegistration, enqueueSubscription } from "../../db/jobs.ts";
import { recordEvent } from "../../db/queries/connection-events.ts";
import { findConnection, noteOnConnection } from "../../db/queries/connections.ts";
import type { ChannelId } from "./catalog.ts";
import type { Actor, IntegrationDeps } from "./deps.server.ts";

export const retryableSteps = ["deliveries", "registration"] as const;
export type RetryableStep = (typeof retryableSteps)[number];

const enqueue = { deliveries: enqueueSubscription, registration: enqueueRegistration };
const waiting = { deliveries: { state: "starting" }, registration: { result: "open" } };

/** Asks for the step anew and marks it as under way. False when there is no such active connection. */
export async function retryStep(
  deps: IntegrationDeps,
  { tenantId, userId, requestId }: Actor,
  { channel, connectionId, step }: { channel: ChannelId; connectionId: string; step: RetryableStep },
): Promise<boolean> {
  return withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findConnection(tdb, tenantId, connectionId);
    if (row?.status !== "active" || row.provider !== channel) return false;
    await noteOnConnection(tdb, tenantId, connectionId, { [step]: waiting[step] });
    await enqueue[step](tdb, { tenantId, connectionId, requestId });
    const event = { tenantId, connectionId, provider: channel, actorUserId: userId, requestId };
    await recordEvent(tdb, { ...event, kind: `${step}_retried` });
    return true;
  });
}
