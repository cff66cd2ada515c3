/** The road to a connection: out to Meta, and back with a code. */
import { withTenant } from "../../db/client.ts";
import { recordEvent } from "../../db/queries/connection-events.ts";
import type { ChannelId } from "./catalog.ts";
import type { Grant, Reach } from "./channel.server.ts";
import type { Actor, IntegrationDeps } from "./deps.server.ts";
import type { ReasonCode } from "./errors.ts";
import { type ConnectOutcome, connectNumber, recordMissingPermissions } from "./establish.server.ts";
import { GraphError } from "./meta/graph-error.server.ts";
import { offerNumbers } from "./number-choice.server.ts";
import { type Caller, issueState, redeemState } from "./oauth-states.server.ts";

/** The state is committed before the URL is returned, so that no callback can arrive ahead of it. */
export async function startConnect(
  deps: IntegrationDeps,
  actor: Actor,
  input: { channel: ChannelId; caller: Caller },
): Promise<{ authUrl: string; state: string }> {
  const state = await issueState(deps, actor, input.channel, input.caller);
  return { authUrl: deps.connectors[input.channel].authorizeUrl(state), state };
}

/** What Meta's redirect carries; everything in it is untrusted text. */
export interface CallbackParams {
  state: string | null;
  code: string | null;
  error: string | null;
}

/**
 * Ends a sign-in. Order of checks: the state is redeemed first, in one statement, so the code is spent at most once
 * however often the callback is called; then the code is exchanged at once (it lives 30 seconds) and never again; then
 * the grant's reach decides. Every outcome leaves an event. Nothing is stored unless the reach was proved.
 */
export async function completeConnect(
  deps: IntegrationDeps,
  actor: Actor,
  input: { channel: ChannelId; params: CallbackParams },
): Promise<ConnectOutcome> {
  const outcome = await attempt(deps, actor, input);
  if (outcome.kind === "failed") await recordFailure(deps, actor, input.channel, outcome.reason);
  return outcome;
}

async function attempt(
  deps: IntegrationDeps,
  actor: Actor,
  { channel, params }: { channel: ChannelId; params: CallbackParams },
): Promise<ConnectOutcome> {
  const redeemed = await redeemState(deps, actor, channel, params.state);
  if (redeemed !== "ok") return { kind: "failed", reason: redeemed };
  if (params.error !== null) return { kind: "failed", reason: refusalReason(params.error) };
  if (!params.code) return { kind: "failed", reason: "code_rejected" };
  const found = await spendCode(deps, channel, params.code);
  if ("grant" in found) return settle(deps, actor, channel, found);
  // Meta named no scope as missing, it refused the reading itself.
  if (found.reason === "permission_missing") await recordMissingPermissions(deps, actor, channel);
  return { kind: "failed", reason: found.reason };
}

/** Meta's word for a person who pressed Cancel is access_denied; its own troubles have names of their own. */
function refusalReason(error: string): ReasonCode {
  if (error === "access_denied") return "cancelled";
  return error === "server_error" || error === "temporarily_unavailable"
    ? "meta_unavailable"
    : "code_rejected";
}

type Found = { grant: Grant; reach: Reach };

async function spendCode(
  deps: IntegrationDeps,
  channel: ChannelId,
  code: string,
): Promise<Found | { reason: ReasonCode }> {
  const connector = deps.connectors[channel];
  try {
    const grant = await connector.exchangeCode(code);
    return { grant, reach: await connector.findReach(grant.accessToken) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { reason: reasonOf(error) };
  }
}

/** The reason a person is told when Meta refused a step on the way. */
export function reasonOf(error: GraphError): ReasonCode {
  if (error.kind === "permission") return "permission_missing";
  // A shape we do not know or a misconfiguration is not the person's doing either: "later" is the honest advice.
  const later = error.kind === "retry_later" || (error.kind === "bug" && error.facts.code === undefined);
  return later ? "meta_unavailable" : "code_rejected";
}

async function settle(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  { grant, reach }: Found,
): Promise<ConnectOutcome> {
  if (reach.missingPermissions.length > 0) {
    await recordMissingPermissions(deps, actor, channel, reach);
    return { kind: "failed", reason: "permission_missing" };
  }
  const [only, ...others] = reach.numbers;
  if (!only) {
    // The grant is kept for an hour: the number may be on its way, and nobody should have to sign in again for it.
    await offerNumbers(deps, actor, channel, grant, reach);
    return { kind: "failed", reason: "no_number" };
  }
  if (others.length > 0) return offerNumbers(deps, actor, channel, grant, reach);
  return connectNumber(deps, actor, channel, { token: grant.accessToken, reach, grant, number: only });
}

async function recordFailure(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  reason: string,
): Promise<void> {
  deps.log.info("connect attempt ended", { tenant_id: actor.tenantId, provider: channel, reason });
  await withTenant(deps.db, actor.tenantId, (tdb) =>
    recordEvent(tdb, {
      tenantId: actor.tenantId,
      connectionId: null,
      provider: channel,
      kind: "connect_failed",
      actorUserId: actor.userId,
      requestId: actor.requestId,
      detail: { reason },
    }),
  );
}
