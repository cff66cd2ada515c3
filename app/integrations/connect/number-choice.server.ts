/**
 * Which number of a grant: the person picks one of several, or we look again when there was none yet. What the browser
 * sends back is a hint: the numbers are asked of Meta anew.
 */
import { withTenant } from "../../../db/client.ts";
import { listConnectionRows, type Member } from "../../../db/queries/connections/connections.ts";
import { factsOf } from "../../../db/queries/connections/facts.ts";
import type { ChannelId } from "../catalog.ts";
import type { ReachableNumber } from "../channel.server.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";
import { type ConnectOutcome, connectNumber } from "./create-connection.server.ts";
import { keepReach, offerOf, openChoice, reachOfKeptGrant } from "./kept-grant.server.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** The person's own open choice, or null when there is none or it has expired. `unread`: Meta has not told yet. */
export async function pendingChoice(
  deps: IntegrationDeps,
  member: Member,
  channel: ChannelId,
): Promise<{ connectionId: string; numbers: ReachableNumber[]; unread: boolean } | null> {
  const row = await openChoice(deps, member, channel);
  if (!row) return null;
  const { numbers = [], unread = false } = factsOf(row).choices ?? {};
  return { connectionId: row.id, numbers, unread };
}

/** The latest that the person sees on a channel is an attempt of theirs, of today, that ended before it had a number. */
export async function lastAttemptEnded(
  { db, now }: Pick<IntegrationDeps, "db" | "now">,
  member: Member,
  channel: ChannelId,
): Promise<boolean> {
  const rows = await withTenant(db, member.tenantId, (tdb) => listConnectionRows(tdb, member, channel));
  const [last] = rows.sort((a, b) => b.updated_at.getTime() - a.updated_at.getTime());
  if (!last || now().getTime() - last.updated_at.getTime() > dayMs) return false;
  return last.phone_number_e164 === null && (last.status === "pending" || last.status === "revoked");
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
  return connectNumber(deps, actor, channel, { ...kept, token: kept.grant.accessToken, number });
}

/**
 * Asks Meta again what the kept grant reaches: a number may appear minutes after the sign-in that made it. One connects,
 * several are offered, none leaves the grant where it is (`no_number`).
 */
export async function lookForNumbers(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
): Promise<ConnectOutcome> {
  const kept = await reachOfKeptGrant(deps, actor, channel);
  if ("kind" in kept) return kept;
  const [only, ...others] = kept.reach.numbers;
  if (only && others.length === 0) {
    return connectNumber(deps, actor, channel, { ...kept, token: kept.grant.accessToken, number: only });
  }
  return kept.isNews ? keepReach(deps, actor, channel, kept) : offerOf(kept.reach);
}
