/**
 * A grant that waits for its number, sealed in a `pending` connection: Meta did not answer for what it reaches, it
 * reaches nothing yet, or several numbers of which one is to be picked. It lives for an hour, and its token with it. It
 * is its person's: colleagues neither see nor touch it, and it ends with the membership.
 */
import { randomUUID } from "node:crypto";
import { withTenant } from "../../../db/client.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  listConnectionRows,
  lockAttemptRow,
  type Member,
  revokeConnection,
  saveConnection,
} from "../../../db/queries/connections/connections.ts";
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";
import { type ConnectionFacts, factsOf } from "../../../db/queries/connections/facts.ts";
import { holdMembership } from "../../../db/queries/people/memberships.ts";
import type { ChannelId } from "../catalog.ts";
import type { Grant, Reach, ReachableNumber } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import { grantedBy } from "../connection/obligations.server.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type Actor, type IntegrationDeps, isSealed, openToken, sealToken } from "../deps.server.ts";
import {
  type ConnectOutcome,
  noMember,
  reasonOf,
  recordMissingPermissions,
} from "./create-connection.server.ts";
import type { ReasonCode } from "./reasons.ts";
import { progressOf, progressOfReach, type SetupProgress } from "./setup-progress.server.ts";

const choiceLivesMs = 60 * 60 * 1000;

type Choices = NonNullable<ConnectionFacts["choices"]>;

/** Keeps a grant and what it reaches, which may be nothing yet, and returns what the person is told of it. */
export async function keepReach(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  {
    grant,
    reach,
    progress,
    expiresAt,
    sealedGrant,
  }: {
    grant: Grant;
    reach: Reach;
    progress: SetupProgress;
    expiresAt?: Date | undefined;
    sealedGrant?: string;
  },
): Promise<ConnectOutcome> {
  const kind = reach.numbers.length > 0 ? "number_choice_offered" : "number_awaited";
  const refused = await keep(deps, actor, channel, {
    grant: { ...grant, expiresAt: reach.expiresAt ?? grant.expiresAt },
    scopes: reach.scopes,
    choices: { numbers: reach.numbers },
    expiresAt,
    sealedGrant,
    facts: { steps: progress },
    grantedBy: grantedBy(reach, deps.now()),
    event: { kind, detail: { count: reach.numbers.length } },
  });
  return refused ?? offerOf(reach);
}

/** Several numbers, or none yet. */
export function offerOf({ numbers }: Pick<Reach, "numbers">): ConnectOutcome {
  return numbers.length > 0 ? { kind: "choose" } : { kind: "failed", reason: "no_number" };
}

/** Keeps a grant that Meta gave and did not answer for when asked what it reaches: that can be asked again. */
export async function keepGrant(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  grant: Grant,
  progress: SetupProgress,
): Promise<void> {
  await keep(deps, actor, channel, {
    grant,
    scopes: [],
    choices: { numbers: [], unread: true },
    facts: { steps: progress },
    grantedBy: null,
    event: { kind: "reach_awaited", detail: {} },
  });
}

const choiceGone = { kind: "failed", reason: "choice_expired" } as const satisfies ConnectOutcome;
const anHourFrom = (now: Date) => new Date(now.getTime() + choiceLivesMs);

interface Kept {
  grant: Grant;
  scopes: string[];
  choices: Choices;
  expiresAt?: Date | undefined;
  /** Of the grant that this one takes the place of, and of no other. */
  sealedGrant?: string | undefined;
  facts: ConnectionFacts;
  grantedBy: ReturnType<typeof grantedBy>;
  event: { kind: EventKind; detail: Record<string, unknown> };
}

/** Why nothing was kept: the person is no member any more, or their grant is not the one any more that was asked about. */
async function keep(
  deps: IntegrationDeps,
  { tenantId, userId, requestId }: Actor,
  channel: ChannelId,
  {
    grant,
    scopes,
    choices,
    facts,
    grantedBy: granted,
    event,
    sealedGrant,
    expiresAt = anHourFrom(deps.now()),
  }: Kept,
): Promise<ConnectOutcome | undefined> {
  return withTenant(deps.db, tenantId, async (tdb) => {
    if (!(await holdMembership(tdb, userId))) return noMember;
    const row = await lockAttemptRow(tdb, { tenantId, userId }, channel);
    if (sealedGrant !== undefined && row?.access_token_enc !== sealedGrant) return choiceGone;
    const id = row?.id ?? randomUUID();
    const { accessTokenEnc, sealed } = sealToken(deps, grant.accessToken, { tenantId, connectionId: id });
    await saveConnection(
      tdb,
      { id, tenantId, provider: channel },
      {
        status: "pending",
        accountId: null,
        phoneNumberId: null,
        phoneNumberE164: null,
        displayName: null,
        accessTokenEnc,
        tokenExpiresAt: grant.expiresAt ?? null,
        scopes,
        metadata: {
          ...facts,
          ...sealed,
          choices,
        },
        choiceExpiresAt: expiresAt,
        attemptedBy: userId,
        grantedBy: granted,
      },
    );
    await recordEvent(tdb, {
      ...event,
      tenantId,
      connectionId: id,
      provider: channel,
      actorUserId: userId,
      requestId,
    });
    return undefined;
  });
}

interface KeptReach {
  grant: Grant;
  reach: Reach;
  progress: SetupProgress;
  /** Meta lists other numbers than it did, or for the first time. */
  isNews: boolean;
  /** When the person's hour ends: looking again does not renew it. */
  expiresAt: Date | undefined;
  /** Its token as it is stored: what is made of the answer is made with this grant, or not at all. */
  sealedGrant: string;
}

/** Asks Meta what the person's kept grant reaches now. One that turns out to be worthless is not kept any longer. */
export async function reachOfKeptGrant(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
): Promise<KeptReach | Extract<ConnectOutcome, { kind: "failed" }>> {
  const row = await openChoice(deps, actor, channel);
  if (!row || !isSealed(row)) return { kind: "failed", reason: "choice_expired" };
  try {
    const accessToken = openToken(deps, row);
    const reach = await deps.connectors[channel].findReach(accessToken);
    if (reach.missingPermissions.length > 0) {
      await recordMissingPermissions(deps, actor, channel, reach);
      return { kind: "failed", reason: "permission_missing" };
    }
    const grant = { accessToken, expiresAt: row.token_expires_at ?? undefined };
    const progress = progressOfReach(progressOf(factsOf(row)), reach, deps.now());
    const known = factsOf(row).choices;
    const isNews = known?.unread === true || !sameNumbers(known?.numbers ?? [], reach.numbers);
    const sealedGrant = row.access_token_enc;
    return { grant, reach, progress, isNews, expiresAt: row.choice_expires_at ?? undefined, sealedGrant };
  } catch (error) {
    // It does not open: for the person that is a choice which is no longer there, and nobody is offered it again.
    if (error instanceof TokenVaultError) {
      await dropGrant(deps, actor, row, { reason: "choice_expired", code: "token_unreadable" });
      return { kind: "failed", reason: "choice_expired" };
    }
    if (!(error instanceof ChannelError)) throw error;
    if (error.kind === "reconnect") await dropGrant(deps, actor, row, { reason: "code_rejected" });
    return { kind: "failed", reason: reasonOf(error) };
  }
}

function sameNumbers(known: ReachableNumber[], found: ReachableNumber[]): boolean {
  const ids = (numbers: ReachableNumber[]) => numbers.map(({ phoneNumberId }) => phoneNumberId).sort();
  return ids(known).join() === ids(found).join();
}

/** Nothing happens when it is not the person's open grant any more: it was continued, ended or followed by another. */
async function dropGrant(
  deps: IntegrationDeps,
  actor: Actor,
  row: ConnectionRow,
  detail: { reason: ReasonCode; code?: string },
): Promise<void> {
  const { tenantId, userId, requestId } = actor;
  const event = { tenantId, connectionId: row.id, provider: row.provider, actorUserId: userId, requestId };
  await withTenant(deps.db, tenantId, async (tdb) => {
    const open = await lockAttemptRow(tdb, actor, row.provider);
    if (open?.id !== row.id || open.access_token_enc !== row.access_token_enc) return;
    await revokeConnection(tdb, tenantId, row.id, {});
    await recordEvent(tdb, { ...event, kind: "connect_failed", detail });
  });
}

/** The person's own kept grant, while its hour lasts. */
export async function openChoice(
  deps: IntegrationDeps,
  member: Member,
  channel: ChannelId,
): Promise<ConnectionRow | undefined> {
  const { tenantId, userId } = member;
  const rows = await withTenant(deps.db, tenantId, (tdb) => listConnectionRows(tdb, member, channel));
  return rows.find(
    ({ attempted_by, status, choice_expires_at }) =>
      attempted_by === userId &&
      status === "pending" &&
      choice_expires_at !== null &&
      choice_expires_at > deps.now(),
  );
}
