/** What happened to a workspace's connections: who, what, when, under which request. */
import { withTenant } from "../../db/client.ts";
import { type ActivityRow, listActivityRows } from "../../db/queries/activity.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import type { ChannelId } from "./catalog.ts";
import type { IntegrationDeps } from "./deps.server.ts";
import { isReasonCode, type ReasonCode } from "./errors.ts";
import { type ConnectStep, connectSteps } from "./steps.ts";
import { type Trail, trailOf } from "./trail.server.ts";

export interface ActivityView {
  id: string;
  kind: string;
  at: Date;
  /** E-mail of the person; null for what we or Meta did. */
  actor: string | null;
  phoneNumber: string | null;
  requestId: string | null;
  /** Why an attempt failed. */
  reason: ReasonCode | null;
  /** The step at which an attempt ended; null for everything else, and for attempts whose steps nobody kept. */
  stoppedAt: ConnectStep | null;
}

const pageSize = 50;

/** Newest first, 50 at a time; `before` is the cursor of an earlier page, and what is no cursor starts anew. */
export async function listActivity(
  deps: Pick<IntegrationDeps, "db">,
  tenantId: string,
  channel: ChannelId,
  before: string | null,
): Promise<{ items: ActivityView[]; older: string | null }> {
  const beforeId = /^[1-9]\d{0,17}$/.test(before ?? "") ? (before ?? undefined) : undefined;
  const rows = await withTenant(deps.db, tenantId, (tdb) =>
    listActivityRows(tdb, tenantId, channel, { beforeId, limit: pageSize + 1 }),
  );
  const shown = rows.slice(0, pageSize);
  return { items: shown.map(viewOf), older: rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null };
}

function viewOf(row: ActivityRow): ActivityView {
  const reason = typeof row.detail.reason === "string" ? row.detail.reason : null;
  return {
    id: row.id,
    kind: row.kind,
    at: row.at,
    actor: row.actorEmail,
    phoneNumber: row.phoneNumberE164 && inGroups(row.phoneNumberE164),
    requestId: row.requestId,
    reason: isReasonCode(reason) ? reason : null,
    stoppedAt: row.kind === "connect_failed" ? stoppedAt(trailOf(row.detail)) : null,
  };
}

/** The step that failed; when none did, the one that would have been next (the person cancelled before it, say). */
function stoppedAt(trail: Trail): ConnectStep | null {
  if (Object.keys(trail).length === 0) return null;
  return connectSteps.find((step) => trail[step]?.result !== "done") ?? null;
}
