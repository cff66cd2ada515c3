/** How a number is doing: the last day, what the last check at Meta has brought, and asking for a check at once. */
import { withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import { findConnection } from "../../../db/queries/connections/connections.ts";
import { type LastCheck, markCheckRequested, readLastCheck } from "../../../db/queries/connections/health.ts";
import {
  type LatestMessage,
  latestMessagesOf,
  readTraffic,
  type Traffic,
} from "../../../db/queries/numbers/number-facts.ts";
import type { ChannelId } from "../catalog.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";
import { isCheckable } from "./check.server.ts";

export type { LatestMessage } from "../../../db/queries/numbers/number-facts.ts";

/** Counts stop here: one more is told as “more than”. */
export const countedUpTo = 10_000;

export interface NumberHealth {
  /** Of the last 24 hours; `countedUpTo + 1` stands for anything above it. */
  traffic: Traffic;
  /** Null before the first check. */
  lastCheck: LastCheck | null;
}

/** Zeroes and null for a connection of another workspace. Reads a bounded part of the inbox, however large it is. */
export async function numberHealth(
  { db }: Pick<IntegrationDeps, "db">,
  tenantId: string,
  connectionId: string,
): Promise<NumberHealth> {
  return withTenant(db, tenantId, async (tdb) => ({
    traffic: await readTraffic(tdb, tenantId, connectionId, countedUpTo + 1),
    lastCheck: (await readLastCheck(tdb, tenantId, connectionId)) ?? null,
  }));
}

/**
 * By connection, the latest message of the one named, else of every number on the channel that was not disconnected. One
 * that has none is left out.
 */
export async function latestMessages(
  { db }: Pick<IntegrationDeps, "db">,
  tenantId: string,
  channel: ChannelId,
  connectionId?: string,
): Promise<Map<string, LatestMessage>> {
  return withTenant(db, tenantId, (tdb) => latestMessagesOf(tdb, tenantId, channel, connectionId));
}

/** `refused`: one is under way, or was asked for less than 30 seconds ago. `none`: nothing here that could be checked. */
export type CheckAnswer = "asked" | "refused" | "none";

/**
 * Has the worker check a connection now rather than at its turn. However many ask at once, one check is asked for; the
 * others are refused. Atomic: the mark, the job and the event exist together or not at all.
 */
export async function requestCheck(
  { db }: Pick<IntegrationDeps, "db">,
  { tenantId, userId, requestId }: Actor,
  { channel, connectionId }: { channel: ChannelId; connectionId: string },
): Promise<CheckAnswer> {
  return withTenant(db, tenantId, async (tdb) => {
    const row = await findConnection(tdb, tenantId, connectionId);
    if (row?.provider !== channel || !isCheckable(row)) return "none";
    if (!(await markCheckRequested(tdb, tenantId, connectionId))) return "refused";
    await enqueue(tdb, "check_connection", { tenantId, connectionId, requestId });
    const event = { tenantId, connectionId, provider: channel, actorUserId: userId, requestId };
    await recordEvent(tdb, { ...event, kind: "check_requested" });
    return "asked";
  });
}
