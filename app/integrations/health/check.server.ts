/**
 * Checking connections: is the token alive, does the grant still reach the number, do its deliveries come here.
 * A single refusal never changes what a tenant sees; two in a row do, and a token that does not open counts as one. What
 * arrives is stored whatever a check says.
 */
import { type Db, type TenantDb, withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import {
  type ConnectionRow,
  findConnection,
  lockConnected,
  markBroken,
} from "../../../db/queries/connections/connections.ts";
import {
  type Check,
  expireNumberChoices,
  type HealthRow,
  readHealth,
  saveCheck,
  takeDueChecks,
} from "../../../db/queries/connections/health.ts";
import { openMail } from "../../../db/queries/mail/outbox.ts";
import type { ChannelId } from "../catalog.ts";
import type { AccessReport } from "../channel.server.ts";
import { ChannelError } from "../channel-error.server.ts";
import { TokenVaultError } from "../crypto.server.ts";
import { type IntegrationDeps, openToken } from "../deps.server.ts";
import { type CheckableRow, recordNoticed, type Subject, takeUpReport } from "./apply-check.server.ts";

const hour = 3_600;
/** Every six hours, give or take a quarter, so that a thousand connections made in one day do not come up together. */
const regularSeconds = () => Math.round(6 * hour * (0.75 + Math.random() / 2));
const confirmSeconds = 60;
const laterSeconds = 15 * 60;
const refusalsThatCount = 2;
const warnAtDays = [1, 7, 14];

export interface ClockDeps extends IntegrationDeps {
  /** Role app_clock: across workspaces. */
  clockDb: Db;
}

/**
 * The clock's round: ends choices that nobody made, and asks for a check of every connection that is due, spread over the
 * next five minutes. Returns how many checks.
 */
export async function requestDueChecks(deps: ClockDeps, requestId: string): Promise<number> {
  const ended = await expireNumberChoices(deps.clockDb);
  if (ended > 0) deps.log.info("number choices expired", { count: ended });
  const due = await takeDueChecks(deps.clockDb, 500);
  for (const { tenantId, connectionId } of due) {
    await withTenant(deps.db, tenantId, (tdb) =>
      enqueue(
        tdb,
        "check_connection",
        { tenantId, connectionId, requestId },
        { inSeconds: Math.round(Math.random() * 300) },
      ),
    );
  }
  return due.length;
}

/**
 * Checks one connection and draws the consequences, all recorded as events: alive (clears an earlier verdict, warns
 * before the token's end, heals missing deliveries), refused (a second check follows in a minute; the second refusal in
 * a row makes the connection `error`), or not answered (changes nothing). Whoever connects anew or leaves while Meta is
 * asked is not concerned. Throws only when the database is away.
 */
export async function checkConnection(deps: IntegrationDeps, subject: Subject): Promise<void> {
  const { tenantId, connectionId } = subject;
  const found = await withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findConnection(tdb, tenantId, connectionId);
    if (!row || !isCheckable(row)) return undefined;
    return { row, health: await readHealth(tdb, tenantId, connectionId) };
  });
  if (!found) return;
  const verdict = await askPlatform(deps, found.row);
  await withTenant(deps.db, tenantId, async (tdb) => {
    const held = await lockConnected(tdb, tenantId, connectionId);
    // It was of another token, and that one's record is clean: a refusal of the earlier one is not the first of two.
    if (held?.access_token_enc !== found.row.access_token_enc) return;
    const outcome = await conclude(deps, tdb, subject, found, verdict);
    await saveCheck(tdb, tenantId, connectionId, outcome);
    if (outcome.nextInSeconds === confirmSeconds)
      await enqueue(tdb, "check_connection", subject, { inSeconds: confirmSeconds });
  });
}

/** Connected, and with everything that a check needs. */
export function isCheckable(row: ConnectionRow): row is CheckableRow {
  const connected = row.status === "active" || row.status === "error";
  return connected && row.access_token_enc !== null && row.waba_id !== null && row.phone_number_id !== null;
}

type Verdict =
  | { kind: "alive"; report: AccessReport }
  | { kind: "refused"; code: "token_rejected" | "permission_lost" | "token_unreadable" }
  | { kind: "unknown"; result: string };

async function askPlatform(deps: IntegrationDeps, row: CheckableRow): Promise<Verdict> {
  const connector = deps.connectors[row.provider as ChannelId];
  const asset = { accountId: row.waba_id, phoneNumberId: row.phone_number_id };
  try {
    const token = openToken(deps, row);
    const once = () => connector.checkAccess(token, asset);
    // Meta loses sight of an object for a moment now and then: a refused reading counts when it is refused twice.
    const report = await once().catch((error: unknown) => {
      if (error instanceof ChannelError && error.kind === "permission") return once();
      throw error;
    });
    return { kind: "alive", report };
  } catch (error) {
    if (error instanceof ChannelError && error.kind === "reconnect")
      return { kind: "refused", code: "token_rejected" };
    if (error instanceof ChannelError && error.kind === "permission")
      return { kind: "refused", code: "permission_lost" };
    if (error instanceof TokenVaultError) return { kind: "refused", code: "token_unreadable" };
    const { tenant_id, id: connection_id } = row;
    deps.log.warn("connection could not be checked", { tenant_id, connection_id, error });
    return { kind: "unknown", result: error instanceof ChannelError ? error.kind : "failed" };
  }
}

async function conclude(
  deps: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  { row, health }: { row: CheckableRow; health: HealthRow },
  verdict: Verdict,
): Promise<Check> {
  if (verdict.kind === "unknown") {
    return { ...health, result: verdict.result, nextInSeconds: laterSeconds };
  }
  if (verdict.kind === "alive") {
    await takeUpReport(deps, tdb, subject, row, verdict.report);
    const warnedDays = await warnBeforeTheEnd(deps, tdb, subject, row, health.warnedDays);
    const { deliveries, qualityRating = null, messagingLimit = null } = verdict.report;
    const answer = { deliveries, qualityRating, messagingLimit };
    return { result: "alive", refusals: 0, warnedDays, nextInSeconds: regularSeconds(), answer };
  }
  const refusals = health.refusals + 1;
  if (refusals < refusalsThatCount) {
    return { ...health, refusals, result: verdict.code, nextInSeconds: confirmSeconds };
  }
  const error = { code: verdict.code, at: deps.now().toISOString() };
  const isNews = await markBroken(tdb, row, error);
  if (isNews) await recordNoticed(tdb, subject, row, "access_lost", { code: verdict.code });
  return { ...health, refusals, result: verdict.code, nextInSeconds: regularSeconds() };
}

/** One event and one e-mail each time the token's end comes within 14, 7 and 1 days. Returns the shortest that was warned of. */
async function warnBeforeTheEnd(
  deps: IntegrationDeps,
  tdb: TenantDb,
  subject: Subject,
  row: CheckableRow,
  warned: number | null,
): Promise<number | null> {
  if (!row.token_expires_at) return null;
  const daysLeft = (row.token_expires_at.getTime() - deps.now().getTime()) / (24 * hour * 1000);
  const threshold = warnAtDays.find((days) => daysLeft <= days);
  if (threshold === undefined) return null;
  if (warned !== null && warned <= threshold) return warned;
  await recordNoticed(tdb, subject, row, "token_expiring", { days: Math.max(0, Math.floor(daysLeft)) });
  const incident = `token_expiring:${row.id}:${row.token_expires_at.toISOString()}:${threshold}`;
  const { tenantId, connectionId } = subject;
  await openMail(tdb, { tenantId, connectionId, kind: "token_expiring", incident });
  return threshold;
}
