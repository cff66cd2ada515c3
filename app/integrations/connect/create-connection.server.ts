/** Making a connection of a proved number, and keeping the trace of an attempt that lacked a permission. */
import { randomUUID } from "node:crypto";
import { sqlState, type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  lockAttemptRow,
  lockRowOfNumber,
  revokeConnection,
  saveConnection,
} from "../../../db/queries/connections/connections.ts";
import { type ConnectionFacts, factsOf } from "../../../db/queries/connections/facts.ts";
import { forgetChecks } from "../../../db/queries/connections/health.ts";
import {
  askHolderForNumber,
  claimNumber,
  takeOverRevokedNumber,
} from "../../../db/queries/numbers/number-claims.ts";
import { holdMembership } from "../../../db/queries/people/memberships.ts";
import type { Secret } from "../../platform/secret.server.ts";
import type { ChannelId } from "../catalog.ts";
import type { Grant, Reach, ReachableNumber } from "../channel.server.ts";
import type { ChannelError } from "../channel-error.server.ts";
import { grantedBy } from "../connection/obligations.server.ts";
import { type Actor, type IntegrationDeps, sealToken } from "../deps.server.ts";
import type { ReasonCode } from "./reasons.ts";
import { type SetupProgress, stepsDone } from "./setup-progress.server.ts";

export type ConnectOutcome =
  | { kind: "connected"; connectionId: string }
  | { kind: "choose" }
  | { kind: "failed"; reason: ReasonCode };

export interface ProvedNumber {
  token: Secret;
  number: ReachableNumber;
  reach: Reach;
  /** The exchange's own word on the token's end, where there was an exchange. */
  grant?: Grant;
  how?: "manual";
  /** Of a grant that was kept: its token as it is stored, with which it is connected and not without. */
  sealedGrant?: string;
  /** The steps so far. */
  progress: SetupProgress;
}

/**
 * Connects a number that Meta itself listed for this token: one transaction holds the row, the claim on the number,
 * the event and the job that turns deliveries on. A number of another workspace is `number_taken`, decided by the
 * unique keys even when two race. The tenant's own earlier row for the number is used again, with its conversations.
 * Of attempts only the person's own is ended by it. Somebody who is no member any more connects nothing.
 */
export async function connectNumber(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  proved: ProvedNumber,
): Promise<ConnectOutcome> {
  const once = () =>
    withTenant(deps.db, actor.tenantId, (tdb) => connectInTransaction(deps, tdb, actor, channel, proved));
  try {
    return await once();
  } catch (error) {
    if (sqlState(error) !== "23505") throw error;
  }
  // Somebody was faster by a moment, and the unique key let only them in. Looking again tells who: another workspace
  // (taken) or a second window of this one (the same row, connected again).
  return once();
}

async function connectInTransaction(
  deps: IntegrationDeps,
  tdb: TenantDb,
  actor: Actor,
  channel: ChannelId,
  { token, number, reach, grant, how, sealedGrant, progress }: ProvedNumber,
): Promise<ConnectOutcome> {
  const { tenantId, userId, requestId } = actor;
  const { phoneNumberId } = number;
  if (!(await holdMembership(tdb, userId))) return noMember;
  const attemptRow = await lockAttemptRow(tdb, actor, channel);
  if (sealedGrant !== undefined && attemptRow?.access_token_enc !== sealedGrant)
    return withoutGrant(await lockRowOfNumber(tdb, tenantId, channel, number), userId);
  if ((await takeOverRevokedNumber(tdb, phoneNumberId)) === "taken") {
    // Not a dead end: whoever holds it is told that it was asked for, and may let it go.
    await askHolderForNumber(tdb, actor, channel, phoneNumberId);
    return { kind: "failed", reason: "number_taken" };
  }
  const numberRow = await lockRowOfNumber(tdb, tenantId, channel, number);
  const connectionId = numberRow?.id ?? attemptRow?.id ?? randomUUID();
  // An attempt that ended at a row of its own has done its part.
  if (attemptRow && attemptRow.id !== connectionId) {
    await revokeConnection(tdb, tenantId, attemptRow.id, { superseded_by: connectionId });
  }
  const { accessTokenEnc, sealed } = sealToken(deps, token, { tenantId, connectionId });
  await saveConnection(
    tdb,
    { id: connectionId, tenantId, provider: channel },
    {
      status: "active",
      accountId: number.accountId,
      phoneNumberId,
      phoneNumberE164: number.e164,
      displayName: number.displayName,
      accessTokenEnc,
      tokenExpiresAt: reach.expiresAt ?? grant?.expiresAt ?? null,
      scopes: reach.scopes,
      metadata: {
        connected_by: userId,
        connected_at: deps.now().toISOString(),
        deliveries: { state: "starting" },
        steps: stepsDone(progress, deps.now(), "number_proved"),
        ...whatMetaTold(numberRow),
        history: historyOf(numberRow),
        ...sealed,
      },
      attemptedBy: null,
      choiceExpiresAt: null,
      grantedBy: grantedBy(reach, deps.now()),
    },
  );
  await forgetChecks(tdb, tenantId, connectionId);
  await claimNumber(tdb, { tenantId, connectionId, provider: channel, phoneNumberId });
  const kind = numberRow ? "reconnected" : "connected";
  const detail = { waba_id: number.accountId, phone_number_id: phoneNumberId, ...(how ? { how } : {}) };
  await recordEvent(tdb, {
    tenantId,
    connectionId,
    provider: channel,
    kind,
    actorUserId: userId,
    requestId,
    detail,
  });
  await enqueue(tdb, "subscribe_waba", { tenantId, connectionId, requestId });
  if (deps.connectors[channel].registration)
    await enqueue(tdb, "register_number", { tenantId, connectionId, requestId });
  await enqueue(tdb, "replay_parked", { provider: channel, phoneNumberId, afterItem: "0", requestId });
  return { kind: "connected", connectionId };
}

/**
 * The grant ended, or another took its place, while Meta was asked: nothing is connected by it. When it was the person's
 * own other window that was faster with the same number, they have what they wanted.
 */
function withoutGrant(numberRow: ConnectionRow | undefined, userId: string): ConnectOutcome {
  const isDone = numberRow?.status === "active" && factsOf(numberRow).connected_by === userId;
  return isDone
    ? { kind: "connected", connectionId: numberRow.id }
    : { kind: "failed", reason: "choice_expired" };
}

/** The membership ended while Meta was asked, and the attempt with it: nobody is left whose state it could be. */
export const noMember = { kind: "failed", reason: "state_invalid" } as const satisfies ConnectOutcome;

/** The reason a person is told when Meta refused a step on the way. */
export function reasonOf({ kind }: ChannelError): ReasonCode {
  if (kind === "permission") return "permission_missing";
  if (kind === "tell_tenant") return "account_restricted";
  // A shape we do not know or a misconfiguration is not the person's doing either: "later" is the honest advice.
  return kind === "bug" || kind === "retry_later" ? "meta_unavailable" : "code_rejected";
}

/** Of the number and its account, whatever grant we had then: Meta tells it when it changes and not again. */
function whatMetaTold(row: ConnectionRow | undefined): ConnectionFacts {
  const { quality, name_status, limits, restriction } = row ? factsOf(row) : {};
  return { quality, name_status, limits, restriction };
}

/** What was asked for and is coming, or has come, is not asked for again; what was kept back or too late is. */
function historyOf(row: ConnectionRow | undefined): ConnectionFacts["history"] {
  const { history } = row ? factsOf(row) : {};
  return history?.chats?.result === "asked" && !history.declined_at ? history : undefined;
}

/**
 * Leaves a row of the person's with status `error` that says which permissions were missing; a working connection stays
 * untouched, and so does whatever a colleague has begun.
 */
export async function recordMissingPermissions(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  reach: Pick<Reach, "scopes" | "missingPermissions"> = { scopes: [], missingPermissions: [] },
): Promise<void> {
  await withTenant(deps.db, actor.tenantId, async (tdb) => {
    if (!(await holdMembership(tdb, actor.userId))) return;
    const row = await lockAttemptRow(tdb, actor, channel);
    const error = {
      code: "permission_missing",
      at: deps.now().toISOString(),
      missing: reach.missingPermissions,
    };
    await saveConnection(
      tdb,
      { id: row?.id ?? randomUUID(), tenantId: actor.tenantId, provider: channel },
      {
        status: "error",
        accountId: null,
        phoneNumberId: null,
        phoneNumberE164: null,
        displayName: null,
        // Nothing can be done with it, so it is not kept.
        accessTokenEnc: null,
        tokenExpiresAt: null,
        scopes: reach.scopes,
        metadata: { error },
        attemptedBy: actor.userId,
        choiceExpiresAt: null,
        grantedBy: null,
      },
    );
  });
}
