/** The flow to a connection: out to Meta, and back with a code. */
import { withTenant } from "../../../db/client.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import type { ChannelId } from "../catalog.ts";
import type { Grant, Reach, SignupFlow } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import type { Actor, ConnectDeps, IntegrationDeps } from "../deps.server.ts";
import {
  type ConnectOutcome,
  connectNumber,
  reasonOf,
  recordMissingPermissions,
} from "./create-connection.server.ts";
import { keepGrant, keepReach } from "./kept-grant.server.ts";
import { type Caller, issueState, redeemState } from "./oauth-states.server.ts";
import type { ReasonCode } from "./reasons.ts";
import {
  progressOfFailure,
  progressOfReach,
  type SetupProgress,
  stepFailed,
  stepsDone,
} from "./setup-progress.server.ts";

/** The state is committed before the URL is returned, so that no callback can arrive ahead of it. */
export async function startConnect(
  deps: ConnectDeps,
  actor: Actor,
  input: { channel: ChannelId; caller: Caller },
): Promise<{ authUrl: string; state: string }> {
  const state = await issueState(deps, actor, input.channel, input.caller);
  const redirectUri = deps.redirectUriOf(input.channel);
  const { onPhone = false } = input.caller;
  return { authUrl: deps.connectors[input.channel].authorizeUrl({ state, redirectUri, onPhone }), state };
}

/** What came back from Meta, by redirect or told by its window; everything in it is untrusted text. */
export interface CallbackParams {
  state: string | null;
  code: string | null;
  error: string | null;
  /** A number of Meta's own that comes with a refusal, or by itself when something failed there. */
  errorCode?: string | null;
  /** The number that the window names as picked: a hint, worth something only where Meta lists it for the grant. */
  pickedNumberId?: string | null;
}

export interface Return {
  channel: ChannelId;
  params: CallbackParams;
  /** Asked before anything is written about a state that opens nothing; what it throws ends the attempt without a trace. */
  beforeRefusal?: () => Promise<void>;
}

/** How far an attempt has come: the steps done, and the reason when it ended. */
interface Attempt {
  progress: SetupProgress;
  outcome: ConnectOutcome;
}

/**
 * Ends a sign-in. Order of checks: the state is redeemed first, in one statement, so the code is spent at most once
 * however often the callback is called; then the code is exchanged at once (it lives 30 seconds) and never again; then
 * the grant's reach decides. Every outcome leaves an event with the steps that led to it. No number is connected unless
 * the reach was proved; a grant whose reach Meta did not answer for is kept for an hour, so that only that step is to
 * be tried again.
 */
export async function completeConnect(
  deps: ConnectDeps,
  actor: Actor,
  input: Return,
): Promise<ConnectOutcome> {
  const { outcome, progress } = await attempt(deps, actor, input);
  if (outcome.kind === "failed") {
    const detail = { reason: outcome.reason, steps: progress, ...metaCodeIn(input.params) };
    await recordFailure(deps, actor, input.channel, detail);
  }
  return outcome;
}

async function attempt(
  deps: ConnectDeps,
  actor: Actor,
  { channel, params, beforeRefusal }: Return,
): Promise<Attempt> {
  const ended = (progress: SetupProgress, reason: ReasonCode) => ({
    progress,
    outcome: { kind: "failed" as const, reason },
  });
  const redeemed = await redeemState(deps, actor, channel, params.state);
  if ("reason" in redeemed) {
    await beforeRefusal?.();
    return ended(stepFailed({}, deps.now(), "state_checked", redeemed.reason), redeemed.reason);
  }
  const progress = stepsDone({}, deps.now(), "state_checked");
  if (params.error !== null) return ended(progress, refusalReason(params.error));
  // What fails at Meta itself comes without an `error` (`error_code=1349220&error_message=…`).
  if (!params.code && params.errorCode) return ended(progress, "meta_unavailable");
  if (!params.code) return ended(progress, "code_rejected");
  const grant = await spendCode(deps, channel, params.code, redeemed.flow);
  if ("reason" in grant && grant.reason === "permission_missing")
    await recordMissingPermissions(deps, actor, channel);
  if ("reason" in grant)
    return ended(stepFailed(progress, deps.now(), "code_exchanged", grant.reason), grant.reason);
  return followGrant(deps, actor, channel, {
    grant,
    progress: stepsDone(progress, deps.now(), "code_exchanged"),
    pickedNumberId: params.pickedNumberId,
  });
}

/** Meta's word for a person who pressed Cancel is access_denied; its own troubles have names of their own. */
function refusalReason(error: string): ReasonCode {
  if (error === "access_denied") return "cancelled";
  return error === "server_error" || error === "temporarily_unavailable"
    ? "meta_unavailable"
    : "code_rejected";
}

/** Of what Meta says only the number is kept: its message is anybody's text. */
function metaCodeIn({ errorCode }: CallbackParams): { meta_code?: string } {
  return errorCode && /^\d{1,12}$/.test(errorCode) ? { meta_code: errorCode } : {};
}

async function spendCode(
  deps: ConnectDeps,
  channel: ChannelId,
  code: string,
  flow: SignupFlow,
): Promise<Grant | { reason: ReasonCode }> {
  try {
    return await deps.connectors[channel].exchangeCode(code, {
      flow,
      redirectUri: deps.redirectUriOf(channel),
    });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { reason: reasonOf(error) };
  }
}

interface Received {
  grant: Grant;
  progress: SetupProgress;
  pickedNumberId?: string | null | undefined;
}

async function followGrant(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  { grant, progress, pickedNumberId }: Received,
): Promise<Attempt> {
  try {
    const reach = await deps.connectors[channel].findReach(grant.accessToken);
    const seen = progressOfReach(progress, reach, deps.now());
    return {
      progress: seen,
      outcome: await settle(deps, actor, channel, { grant, reach, progress: seen, pickedNumberId }),
    };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const reason = reasonOf(error);
    const step = deps.connectors[channel].reachStepOf(error);
    const stopped = progressOfFailure(progress, step, reason, deps.now());
    // Meta named no scope as missing, it refused the reading itself.
    if (reason === "permission_missing") await recordMissingPermissions(deps, actor, channel);
    // The code is spent: without its grant the person would have to sign in again for an answer that Meta owes us.
    if (reason === "meta_unavailable") await keepGrant(deps, actor, channel, grant, stopped);
    return { progress: stopped, outcome: { kind: "failed", reason } };
  }
}

async function settle(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  { grant, reach, progress, pickedNumberId }: Received & { reach: Reach },
): Promise<ConnectOutcome> {
  if (reach.missingPermissions.length > 0) {
    await recordMissingPermissions(deps, actor, channel, reach);
    return { kind: "failed", reason: "permission_missing" };
  }
  const picked = reach.numbers.find((number) => number.phoneNumberId === pickedNumberId);
  const [first, ...others] = reach.numbers;
  const number = picked ?? (others.length === 0 ? first : undefined);
  if (number)
    return connectNumber(deps, actor, channel, { token: grant.accessToken, reach, grant, number, progress });
  // None: it may be on its way, and nobody should have to sign in again for it.
  return keepReach(deps, actor, channel, { grant, reach, progress });
}

async function recordFailure(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  detail: { reason: ReasonCode; steps: SetupProgress; meta_code?: string },
): Promise<void> {
  const { reason } = detail;
  deps.log.info("connect attempt ended", { tenant_id: actor.tenantId, provider: channel, reason });
  await withTenant(deps.db, actor.tenantId, (tdb) =>
    recordEvent(tdb, {
      tenantId: actor.tenantId,
      connectionId: null,
      provider: channel,
      kind: "connect_failed",
      actorUserId: actor.userId,
      requestId: actor.requestId,
      detail,
    }),
  );
}
