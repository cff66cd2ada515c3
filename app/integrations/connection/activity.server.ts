/** What happened to a workspace's connections: who, what, when, under which request. */
import { withTenant } from "../../../db/client.ts";
import {
  type ActivityRow,
  type ActivityWanted,
  hasMoreActivityThan,
  listActivityRows,
  listLoggedNumbers,
} from "../../../db/queries/connections/activity.ts";
import { inGroups } from "../../platform/phone-number.server.ts";
import { readRowId } from "../../platform/text.ts";
import type { ChannelId } from "../catalog.ts";
import { isReasonCode, type ReasonCode } from "../connect/reasons.ts";
import { progressOf, type SetupProgress } from "../connect/setup-progress.server.ts";
import { type ConnectStep, connectSteps } from "../connect/setup-steps.ts";
import type { IntegrationDeps } from "../deps.server.ts";
import { type ActivityFilter, kindsIn } from "./activity-filter.ts";

export interface ActivityView {
  id: string;
  kind: string;
  at: Date;
  /** E-mail of the person; null for what we or Meta did, and for somebody who has left the workspace. */
  actor: string | null;
  byPerson: boolean;
  phoneNumber: string | null;
  requestId: string | null;
  /** Why an attempt failed. */
  reason: ReasonCode | null;
  /** The step at which an attempt ended; null for everything else, and for attempts whose steps nobody kept. */
  stoppedAt: ConnectStep | null;
}

type Deps = Pick<IntegrationDeps, "db" | "now">;

/** Whose log it is, and who reads it. */
export interface ActivityReader {
  tenantId: string;
  userId: string;
}

const pageSize = 50;
const dayMs = 24 * 60 * 60 * 1000;

/** A number of the log, for choosing it. */
export interface LoggedNumber {
  connectionId: string;
  number: string;
}

/**
 * Newest first, 50 at a time, of what the filter lets through; `before` is the cursor of an earlier page, and what is no
 * cursor starts anew. With the numbers that the log may speak of.
 */
export async function listActivity(
  deps: Deps,
  reader: ActivityReader,
  channel: ChannelId,
  { filter, before }: { filter: ActivityFilter; before: string | null },
): Promise<{ items: ActivityView[]; older: string | null; numbers: LoggedNumber[] }> {
  const { tenantId } = reader;
  const beforeId = readRowId(before);
  const wanted = { ...wantedBy(deps, reader, filter), beforeId, limit: pageSize + 1 };
  const [rows, numbers] = await withTenant(deps.db, tenantId, async (tdb) => [
    await listActivityRows(tdb, tenantId, channel, wanted),
    await listLoggedNumbers(tdb, tenantId, channel),
  ]);
  const shown = rows.slice(0, pageSize);
  return {
    items: viewsOf(shown),
    older: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null,
    numbers: numbers.map(({ connectionId, phoneNumberE164 }) => ({
      connectionId,
      number: inGroups(phoneNumberE164),
    })),
  };
}

/** The latest five things that happened to a connection, newest first. */
export async function latestActivity(
  { db }: Pick<Deps, "db">,
  tenantId: string,
  channel: ChannelId,
  connectionId: string,
): Promise<ActivityView[]> {
  const wanted = { connectionId, limit: 5 };
  return viewsOf(await withTenant(db, tenantId, (tdb) => listActivityRows(tdb, tenantId, channel, wanted)));
}

const stepSize = 200;

/**
 * The newest `most` of what the filter lets through, 200 at a time; `more` when that is not all. Between two steps no
 * connection is held, however slowly they are asked for.
 */
export async function exportActivity(
  deps: Deps,
  reader: ActivityReader,
  channel: ChannelId,
  { filter, most }: { filter: ActivityFilter; most: number },
): Promise<{ more: boolean; steps: AsyncGenerator<ActivityView[]> }> {
  const { tenantId } = reader;
  const wanted = wantedBy(deps, reader, filter);
  const more = await withTenant(deps.db, tenantId, (tdb) =>
    hasMoreActivityThan(tdb, tenantId, channel, most, wanted),
  );
  return { more, steps: inSteps(deps, tenantId, channel, { ...wanted, limit: most }) };
}

async function* inSteps(
  { db }: Pick<Deps, "db">,
  tenantId: string,
  channel: ChannelId,
  { limit: most, ...wanted }: ActivityWanted,
): AsyncGenerator<ActivityView[]> {
  let beforeId: string | undefined;
  for (let left = most; left > 0; left -= stepSize) {
    const step = { ...wanted, beforeId, limit: Math.min(left, stepSize) };
    const rows = await withTenant(db, tenantId, (tdb) => listActivityRows(tdb, tenantId, channel, step));
    if (rows.length > 0) yield viewsOf(rows);
    if (rows.length < step.limit) return;
    beforeId = rows.at(-1)?.id;
  }
}

function wantedBy(
  deps: Deps,
  { userId }: ActivityReader,
  { group, connectionId, actor, days }: ActivityFilter,
): Omit<ActivityWanted, "limit"> {
  const actors = { me: { is: userId }, others: { isNot: userId }, automatic: "nobody" } as const;
  return {
    since: new Date(deps.now().getTime() - days * dayMs),
    kinds: kindsIn(group) ?? undefined,
    connectionId: connectionId ?? undefined,
    actor: actor ? actors[actor] : undefined,
  };
}

/** Thousands of rows speak of a few numbers. */
function viewsOf(rows: ActivityRow[]): ActivityView[] {
  const known = new Map<string, string>();
  const grouped = (e164: string) => {
    const groups = known.get(e164) ?? inGroups(e164);
    known.set(e164, groups);
    return groups;
  };
  return rows.map((row) => viewOf(row, row.phoneNumberE164 && grouped(row.phoneNumberE164)));
}

function viewOf(row: ActivityRow, phoneNumber: string | null): ActivityView {
  const reason = typeof row.detail.reason === "string" ? row.detail.reason : null;
  return {
    id: row.id,
    kind: row.kind,
    at: row.at,
    actor: row.actorEmail,
    byPerson: row.byPerson,
    phoneNumber,
    requestId: row.requestId,
    reason: isReasonCode(reason) ? reason : null,
    stoppedAt: row.kind === "connect_failed" ? stoppedAt(progressOf(row.detail)) : null,
  };
}

/** The step that failed; when none did, the one that would have been next (the person cancelled before it, say). */
function stoppedAt(progress: SetupProgress): ConnectStep | null {
  if (Object.keys(progress).length === 0) return null;
  return connectSteps.find((step) => progress[step]?.result !== "done") ?? null;
}
