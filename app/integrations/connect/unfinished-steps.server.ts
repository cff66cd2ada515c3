/** What a person does about a step that is not done: has it tried again, having mended at Meta what we could not, or goes on. */
import { type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  findConnection,
  noteOnConnection,
} from "../../../db/queries/connections/connections.ts";
import { type ConnectionFacts, factsOf } from "../../../db/queries/connections/facts.ts";
import { registrationAgainAt } from "../../../db/queries/numbers/registrations.ts";
import type { ChannelId } from "../catalog.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";
import { noteRegistration } from "../health/registration.server.ts";

export const retryableSteps = ["deliveries", "registration"] as const;
export type RetryableStep = (typeof retryableSteps)[number];

const jobOf = { deliveries: "subscribe_waba", registration: "register_number" } as const;
const waiting: Record<RetryableStep, ConnectionFacts> = {
  deliveries: { deliveries: { state: "starting" } },
  registration: { registration: { result: "open" } },
};

/** `held`: Meta would lock the number, or has; it may be registered again at that time. `none`: nothing here to retry. */
export type RetryAnswer = { kind: "asked" } | { kind: "held"; until: Date } | { kind: "none" };

/**
 * Asks for the step anew and marks it as under way. A number that was registered too often is left as it is, and says
 * until when.
 */
export async function retryStep(
  deps: IntegrationDeps,
  { tenantId, userId, requestId }: Actor,
  { channel, connectionId, step }: { channel: ChannelId; connectionId: string; step: RetryableStep },
): Promise<RetryAnswer> {
  return withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findConnection(tdb, tenantId, connectionId);
    if (row?.status !== "active" || row.provider !== channel) return { kind: "none" };
    if (step === "registration" && !deps.connectors[channel].registration) return { kind: "none" };
    const until = step === "registration" ? await registrationAgainAt(tdb, connectionId) : null;
    if (until) {
      await tellFailedUntilWhen(deps, tdb, row);
      return { kind: "held", until };
    }
    await noteOnConnection(tdb, tenantId, connectionId, waiting[step]);
    await enqueue(tdb, jobOf[step], { tenantId, connectionId, requestId });
    const event = { tenantId, connectionId, provider: channel, actorUserId: userId, requestId };
    await recordEvent(tdb, { ...event, kind: `${step}_retried` });
    return { kind: "asked" };
  });
}

/**
 * The last step, a first message, is done without until the number is connected anew. Asked again it changes nothing.
 * Returns false when there is no such active connection.
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

/** It failed before, and nobody knew yet that the tries were used up by then: in another workspace, say. */
async function tellFailedUntilWhen(deps: IntegrationDeps, tdb: TenantDb, row: ConnectionRow): Promise<void> {
  const { tenant_id: tenantId, id: connectionId } = row;
  const { registration: known } = factsOf(row);
  if (known?.result !== "failed" || known.code === undefined || known.again_at !== undefined) return;
  await noteRegistration(deps, tdb, { tenantId, connectionId }, { result: "failed", code: known.code });
}
