/**
 * When a grant reaches several numbers the person picks one; when it reaches none yet, we look again. Both wait in a `pending` connection, so it survives
 * a reload; it expires, and its token with it. What the browser sends back is a hint: the numbers are asked of Meta anew.
 */
import { randomUUID } from "node:crypto";
import { withTenant } from "../../db/client.ts";
import { recordEvent } from "../../db/queries/connection-events.ts";
import {
  type ConnectionRow,
  listConnectionRows,
  lockAttemptRow,
  saveConnection,
} from "../../db/queries/connections.ts";
import type { Secret } from "../platform/secret.server.ts";
import type { ChannelId } from "./catalog.ts";
import type { Grant, Reach, ReachableNumber } from "./channel.server.ts";
import { reasonOf } from "./connect.server.ts";
import { TokenVaultError } from "./crypto.server.ts";
import { type Actor, type IntegrationDeps, tokenPlace } from "./deps.server.ts";
import { type ConnectOutcome, connectNumber } from "./establish.server.ts";
import { GraphError } from "./meta/graph-error.server.ts";
import { grantedBy } from "./obligations.server.ts";

const choiceLivesMs = 60 * 60 * 1000;

interface Choices {
  numbers: ReachableNumber[];
  expires_at: string;
}

/** Keeps the grant, sealed, and what it reaches (nothing yet, perhaps), and asks the person to pick. */
export async function offerNumbers(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  grant: Grant,
  reach: Reach,
): Promise<ConnectOutcome> {
  const { tenantId, userId, requestId } = actor;
  const expiresAt = new Date(deps.now().getTime() + choiceLivesMs).toISOString();
  await withTenant(deps.db, tenantId, async (tdb) => {
    const id = (await lockAttemptRow(tdb, tenantId, channel))?.id ?? randomUUID();
    const choices: Choices = { numbers: reach.numbers, expires_at: expiresAt };
    await saveConnection(
      tdb,
      { id, tenantId, provider: channel },
      {
        status: "pending",
        wabaId: null,
        phoneNumberId: null,
        phoneNumberE164: null,
        displayName: null,
        accessTokenEnc: deps.vault.encryptToken(grant.accessToken, tokenPlace(tenantId, id)),
        tokenExpiresAt: reach.expiresAt ?? grant.expiresAt ?? null,
        scopes: reach.scopes,
        metadata: { choices, ...grantedBy(reach, deps.now()) },
      },
    );
    const detail = { count: reach.numbers.length };
    const kind = reach.numbers.length > 0 ? "number_choice_offered" : "number_awaited";
    await recordEvent(tdb, {
      tenantId,
      connectionId: id,
      provider: channel,
      kind,
      actorUserId: userId,
      requestId,
      detail,
    });
  });
  return { kind: "choose" };
}

/** The open choice of this workspace, or null when there is none or it has expired. */
export async function pendingChoice(
  deps: IntegrationDeps,
  actor: Pick<Actor, "tenantId">,
  channel: ChannelId,
): Promise<{ connectionId: string; numbers: ReachableNumber[] } | null> {
  const row = await openChoice(deps, actor.tenantId, channel);
  return row ? { connectionId: row.id, numbers: choicesOf(row)?.numbers ?? [] } : null;
}

/** Connects the picked number if Meta still lists it for the kept grant; `choice_expired` when the choice is gone. */
export async function chooseNumber(
  deps: IntegrationDeps,
  actor: Actor,
  { channel, phoneNumberId }: { channel: ChannelId; phoneNumberId: string },
): Promise<ConnectOutcome> {
  const kept = await reachOfKeptGrant(deps, actor, channel);
  if ("kind" in kept) return kept;
  const number = kept.reach.numbers.find((one) => one.phoneNumberId === phoneNumberId);
  if (!number) return { kind: "failed", reason: "no_number" };
  return connectNumber(deps, actor, channel, { ...kept, number });
}

/**
 * Asks Meta again what the kept grant reaches: a number may appear minutes after the sign-in that made it. One connects,
 * several are offered, none leaves everything as it is (`no_number`).
 */
export async function lookForNumbers(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
): Promise<ConnectOutcome> {
  const kept = await reachOfKeptGrant(deps, actor, channel);
  if ("kind" in kept) return kept;
  const [only, ...others] = kept.reach.numbers;
  if (!only) return { kind: "failed", reason: "no_number" };
  if (others.length === 0) return connectNumber(deps, actor, channel, { ...kept, number: only });
  return offerNumbers(deps, actor, channel, { accessToken: kept.token, expiresAt: undefined }, kept.reach);
}

async function reachOfKeptGrant(
  deps: IntegrationDeps,
  { tenantId }: Actor,
  channel: ChannelId,
): Promise<{ token: Secret; reach: Reach } | ConnectOutcome> {
  const row = await openChoice(deps, tenantId, channel);
  if (!row?.access_token_enc) return { kind: "failed", reason: "choice_expired" };
  try {
    const token = deps.vault.decryptToken(row.access_token_enc, tokenPlace(tenantId, row.id));
    return { token, reach: await deps.connectors[channel].findReach(token) };
  } catch (error) {
    // Its key is gone: for the person that is a choice which is no longer open.
    if (error instanceof TokenVaultError) return { kind: "failed", reason: "choice_expired" };
    if (!(error instanceof GraphError)) throw error;
    return { kind: "failed", reason: reasonOf(error) };
  }
}

async function openChoice(
  deps: IntegrationDeps,
  tenantId: string,
  channel: ChannelId,
): Promise<ConnectionRow | undefined> {
  const rows = await withTenant(deps.db, tenantId, (tdb) => listConnectionRows(tdb, tenantId, channel));
  return rows.find((row) => {
    const choices = choicesOf(row);
    return row.status === "pending" && choices !== undefined && new Date(choices.expires_at) > deps.now();
  });
}

function choicesOf(row: ConnectionRow): Choices | undefined {
  return (row.metadata as { choices?: Choices }).choices;
}
