/** What the worker does at Meta for a connection: deliveries on after a connect, off after a disconnect. */
import { withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  findConnection,
  noteOnConnection,
} from "../../../db/queries/connections/connections.ts";
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import {
  accountInUse,
  findOpenTeardown,
  finishTeardownRow,
  type TeardownRow,
} from "../../../db/queries/connections/teardowns.ts";
import type { ChannelId } from "../catalog.ts";
import { ChannelError } from "../channel-error.server.ts";
import { teardownPlace } from "../connection/disconnect.server.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type IntegrationDeps, isSealed, openToken } from "../deps.server.ts";

export interface Run {
  tenantId: string;
  requestId: string;
  /** No further try will come: record the failure instead of asking for one. */
  lastAttempt: boolean;
}

/**
 * Subscribes our app to the connection's WABA and reads it back. Idempotent. Throws to be tried again while Meta is
 * away; an answer that will not change (dead token, no permission) is kept on the connection and ends the job.
 */
export async function subscribeWaba(
  deps: IntegrationDeps,
  run: Run & { connectionId: string },
): Promise<void> {
  const { tenantId, connectionId } = run;
  const row = await withTenant(deps.db, tenantId, (tdb) => findConnection(tdb, tenantId, connectionId));
  // Disconnected meanwhile: whoever did that has asked Meta to stop.
  if (row?.status !== "active" || !row.waba_id || !isSealed(row)) return;
  const channel = row.provider as ChannelId;
  try {
    const token = openToken(deps, row);
    await deps.connectors[channel].startDeliveries(token, row.waba_id);
    await noteDeliveries(deps, run, row, { state: "on" });
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined || (isTransient(error) && !run.lastAttempt)) throw error;
    deps.log.warn("deliveries could not be turned on", {
      tenant_id: tenantId,
      connection_id: connectionId,
      error,
    });
    await noteDeliveries(deps, run, row, { state: "failed", code });
    if (error instanceof TokenVaultError) await askForCheck(deps, run);
  }
}

/**
 * Asks Meta to stop delivering a WABA that no connection uses any more, then destroys the kept credential. Throws to be
 * tried again while Meta is away; ends in one recorded outcome otherwise. Idempotent.
 */
export async function finishTeardown(
  deps: IntegrationDeps,
  run: Run & { teardownId: string },
): Promise<void> {
  const { tenantId, teardownId } = run;
  const found = await withTenant(deps.db, tenantId, async (tdb) => {
    const teardown = await findOpenTeardown(tdb, tenantId, teardownId);
    const connection = teardown && (await findConnection(tdb, tenantId, teardown.connection_id));
    return teardown && connection ? { teardown, channel: connection.provider as ChannelId } : undefined;
  });
  if (!found) return;
  const { outcome, ...detail } = await stopAtMeta(deps, run, found.teardown, found.channel);
  await withTenant(deps.db, tenantId, async (tdb) => {
    await finishTeardownRow(tdb, tenantId, teardownId, outcome);
    const kind: EventKind = outcome === "unsubscribed" ? "deliveries_off" : `teardown_${outcome}`;
    const { connection_id: connectionId } = found.teardown;
    const event = {
      tenantId,
      connectionId,
      provider: found.channel,
      actorUserId: null,
      requestId: run.requestId,
    };
    await recordEvent(tdb, { ...event, kind, detail });
  });
}

async function stopAtMeta(
  deps: IntegrationDeps,
  run: Run,
  teardown: TeardownRow,
  channel: ChannelId,
): Promise<{ outcome: NonNullable<TeardownRow["outcome"]>; code?: string }> {
  const { tenantId } = run;
  const { waba_id: accountId } = teardown;
  const inUse = () => withTenant(deps.db, tenantId, (tdb) => accountInUse(tdb, channel, accountId));
  if (await inUse()) return { outcome: "still_in_use" };
  if (!teardown.access_token_enc) return { outcome: "gave_up" };
  try {
    const token = deps.vault.decryptToken(teardown.access_token_enc, teardownPlace(tenantId, teardown.id));
    await deps.connectors[channel].stopDeliveries(token, accountId);
    // Somebody may have connected a number of this WABA while we were turning it off.
    if (!(await inUse())) return { outcome: "unsubscribed" };
    await deps.connectors[channel].startDeliveries(token, accountId);
    return { outcome: "still_in_use" };
  } catch (error) {
    const code = failureCode(error);
    if (code === undefined) throw error;
    // Without the token Meta cannot even be asked.
    if (error instanceof TokenVaultError) return { outcome: "gave_up", code };
    if (!isTransient(error)) return { outcome: "refused", code };
    if (run.lastAttempt) return { outcome: "gave_up", code };
    throw error;
  }
}

async function noteDeliveries(
  deps: IntegrationDeps,
  run: Run & { connectionId: string },
  row: Pick<ConnectionRow, "provider" | "metadata">,
  deliveries: { state: "on" } | { state: "failed"; code: string },
): Promise<void> {
  const { tenantId, connectionId, requestId } = run;
  const { provider } = row;
  await withTenant(deps.db, tenantId, async (tdb) => {
    const at = deps.now().toISOString();
    const code = deliveries.state === "failed" ? deliveries.code : undefined;
    await noteOnConnection(tdb, tenantId, connectionId, { deliveries: { ...deliveries, at } });
    // The check every few hours asks again for what Meta refused: the same refusal is no news.
    const before = factsOf(row).deliveries;
    if (before?.state === deliveries.state && before.code === code) return;
    const detail = code === undefined ? {} : { code };
    const kind: EventKind = `deliveries_${deliveries.state}`;
    await recordEvent(tdb, { tenantId, connectionId, provider, kind, actorUserId: null, requestId, detail });
  });
}

/** Undefined for what is neither Meta's nor the vault's doing (the database, say): that is thrown on. */
function failureCode(error: unknown): string | undefined {
  if (error instanceof ChannelError) return error.kind;
  return error instanceof TokenVaultError ? "token_unreadable" : undefined;
}

/** What a token that does not open means for the connection is the checks' to say, and not only in six hours. */
export async function askForCheck(
  { db }: Pick<IntegrationDeps, "db">,
  { tenantId, connectionId, requestId }: Run & { connectionId: string },
): Promise<void> {
  await withTenant(db, tenantId, (tdb) =>
    enqueue(tdb, "check_connection", { tenantId, connectionId, requestId }),
  );
}

function isTransient(error: unknown): boolean {
  return error instanceof ChannelError && error.mayPass;
}
