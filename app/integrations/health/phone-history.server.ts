/**
 * The contacts and chats of a number that lives on in an app on somebody's phone. The platform shares them once, and only
 * when it is asked within a day of the sign-up; what it shares arrives as deliveries.
 */
import { type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordEvent } from "../../../db/queries/connections/connection-events.ts";
import {
  type ConnectionRow,
  findConnection,
  lockConnected,
  noteOnConnection,
} from "../../../db/queries/connections/connections.ts";
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";
import { factsOf, type HistoryFacts } from "../../../db/queries/connections/facts.ts";
import type { Secret } from "../../platform/secret.server.ts";
import type { ChannelId } from "../catalog.ts";
import type { PhoneHistory } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type IntegrationDeps, isSealed, openToken } from "../deps.server.ts";
import { askForCheck, type Run } from "./provisioning.server.ts";

const windowMs = 24 * 60 * 60 * 1000;

interface Subject extends Run {
  connectionId: string;
}

type Asked = NonNullable<HistoryFacts["chats"]>;

/**
 * Asks the platform for the contacts and for the chats of the connection's number, each once after a connect, as soon as
 * deliveries are on: what is sent once must not be sent before. What was asked before counts as asked. While the platform
 * is away it is asked again until the day is over; any other refusal is kept with the connection and ends the job.
 */
export async function requestHistory(deps: IntegrationDeps, subject: Subject): Promise<void> {
  const { tenantId, connectionId } = subject;
  const row = await withTenant(deps.db, tenantId, (tdb) => findConnection(tdb, tenantId, connectionId));
  if (row?.status !== "active" || !row.phone_number_id || !isSealed(row)) return;
  const { phoneHistory } = deps.connectors[row.provider as ChannelId];
  const { history, deliveries } = factsOf(row);
  if (!phoneHistory || (history?.contacts && history.chats)) return;
  if (deliveries?.state !== "on" && !isOver(deps, row)) return askLater(deps, subject, row);
  const { phone_number_id: phoneNumberId } = row;
  try {
    const token = openToken(deps, row);
    // The contacts first, so that whoever appears with the chats has their name already.
    for (const part of ["contacts", "chats"] as const) {
      if (history?.[part]) continue;
      const asked = await ask(deps, phoneHistory, { token, row, phoneNumberId, part });
      await conclude(deps, subject, part, asked);
    }
  } catch (error) {
    // What does not open does not open by trying again.
    if (error instanceof TokenVaultError) return askForCheck(deps, subject);
    if (!(error instanceof ChannelError) || !error.mayPass) throw error;
    await askLater(deps, subject, row);
  }
}

interface Question {
  token: Secret;
  row: ConnectionRow;
  phoneNumberId: string;
  part: "contacts" | "chats";
}

/** Throws what may pass by itself. */
async function ask(
  deps: IntegrationDeps,
  phoneHistory: PhoneHistory,
  { token, row, phoneNumberId, part }: Question,
): Promise<Asked> {
  const at = deps.now().toISOString();
  if (isOver(deps, row)) return { result: "too_late", at };
  try {
    await phoneHistory.request(token, phoneNumberId, part);
    return { result: "asked", at };
  } catch (error) {
    if (!(error instanceof ChannelError) || error.mayPass) throw error;
    const refusal = phoneHistory.refusalOf(error);
    if (refusal === "asked_before") return { result: "asked", at, code: refusal };
    return refusal === "too_late" ? { result: refusal, at } : { result: "refused", at, code: error.kind };
  }
}

function isOver({ now }: IntegrationDeps, row: ConnectionRow): boolean {
  return now().getTime() - connectedAt(row) >= windowMs;
}

function connectedAt(row: ConnectionRow): number {
  return Date.parse(factsOf(row).connected_at ?? row.created_at.toISOString());
}

/** After a quarter of the time that has passed since the connect, between five seconds and half an hour. */
async function askLater(deps: IntegrationDeps, subject: Subject, row: ConnectionRow): Promise<void> {
  const { tenantId, connectionId, requestId } = subject;
  const passedMs = deps.now().getTime() - connectedAt(row);
  const inSeconds = Math.min(Math.max(Math.round(passedMs / 4000), 5), 1800);
  await withTenant(deps.db, tenantId, (tdb) =>
    enqueue(tdb, "request_history", { tenantId, connectionId, requestId }, { inSeconds }),
  );
}

async function conclude(
  deps: IntegrationDeps,
  { tenantId, connectionId, requestId }: Subject,
  part: Question["part"],
  asked: Asked,
): Promise<void> {
  await withTenant(deps.db, tenantId, async (tdb) => {
    const row = await lockConnected(tdb, tenantId, connectionId);
    // Disconnected meanwhile.
    if (!row) return;
    const { history = {} } = factsOf(row);
    await noteOnConnection(tdb, tenantId, connectionId, { history: { ...history, [part]: asked } });
    if (part === "contacts") return;
    if (asked.result === "asked") await record(tdb, row, requestId, "history_asked", {});
    else await record(tdb, row, requestId, "history_refused", { code: asked.code ?? asked.result });
  });
}

/**
 * Notes how far the history has come, which only grows, or that its owner keeps it back. For a row that is held; any
 * order and any repetition end the same.
 */
export async function noteHistoryNews(
  tdb: TenantDb,
  row: ConnectionRow,
  { detail, occurredAt, requestId }: { detail: Record<string, unknown>; occurredAt: Date; requestId: string },
): Promise<void> {
  const { history = {} } = factsOf(row);
  const at = occurredAt.toISOString();
  const { progress } = detail;
  if (progress === "declined") {
    if (history.declined_at) return;
    await noteOnConnection(tdb, row.tenant_id, row.id, { history: { ...history, declined_at: at } });
    await record(tdb, row, requestId, "history_declined", {});
  } else if (typeof progress === "number" && progress > (history.progress ?? -1)) {
    await noteOnConnection(tdb, row.tenant_id, row.id, {
      history: { ...history, progress, progress_at: at },
    });
    if (progress >= 100) await record(tdb, row, requestId, "history_complete", {});
  }
}

async function record(
  tdb: TenantDb,
  { tenant_id: tenantId, id: connectionId, provider }: ConnectionRow,
  requestId: string,
  kind: EventKind,
  detail: Record<string, string>,
): Promise<void> {
  await recordEvent(tdb, { tenantId, connectionId, provider, kind, actorUserId: null, requestId, detail });
}
