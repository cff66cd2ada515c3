/** `connection_health`: when each connection is checked and what the last check found. */
import { sql } from "kysely";
import type { Db, TenantDb } from "../../client.ts";

export interface HealthRow {
  refusals: number;
  warnedDays: number | null;
}

/**
 * Connections of all tenants that are due, each put off by ten minutes, so that no two clocks take up the same. Role
 * app_clock.
 */
export async function takeDueChecks(
  db: Db,
  most: number,
): Promise<{ tenantId: string; connectionId: string }[]> {
  const { rows } = await sql<{ tenantId: string; connectionId: string }>`
    select tenant_id as "tenantId", connection_id as "connectionId"
      from app.take_due_checks(${most}, interval '10 minutes')`.execute(db);
  return rows;
}

/** Ends choices between numbers that nobody made in time, and destroys their tokens. Returns how many. Role app_clock. */
export async function expireNumberChoices(db: Db): Promise<number> {
  const { rows } = await sql<{ ended: number }>`select app.expire_number_choices() as ended`.execute(db);
  return rows[0]?.ended ?? 0;
}

/** What checks have found of the connection; nothing, for one that none has asked about. */
export async function readHealth(tdb: TenantDb, tenantId: string, connectionId: string): Promise<HealthRow> {
  const row = await tdb
    .selectFrom("connection_health")
    .select(["refusals", "warned_days"])
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .executeTakeFirst();
  return { refusals: row?.refusals ?? 0, warnedDays: row?.warned_days ?? null };
}

export interface Check {
  result: string;
  refusals: number;
  warnedDays: number | null;
  nextInSeconds: number;
  /** Set when Meta answered; without it, what an earlier check brought stays known. */
  answer?: AccessAnswer;
}

/** `qualityRating`, `messagingLimit`: Meta's own code words; null for what it did not say. */
export interface AccessAnswer {
  deliveries: "ours" | "missing" | "elsewhere";
  qualityRating: string | null;
  messagingLimit: string | null;
}

/** Keeps the result of a check, and when the next is due. */
export async function saveCheck(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  { result, refusals, warnedDays, nextInSeconds, answer }: Check,
): Promise<void> {
  const columns = {
    checked_at: sql<Date>`now()`,
    next_check_at: sql<Date>`now() + ${nextInSeconds} * interval '1 second'`,
    refusals,
    last_result: result,
    warned_days: warnedDays,
    ...(answer && {
      answered_at: sql<Date>`now()`,
      deliveries: answer.deliveries,
      quality_rating: answer.qualityRating,
      messaging_limit: answer.messagingLimit,
    }),
  };
  await tdb
    .insertInto("connection_health")
    .values({ tenant_id: tenantId, connection_id: connectionId, ...columns })
    .onConflict((oc) => oc.column("connection_id").doUpdateSet(columns))
    .execute();
}

export interface LastCheck {
  /** Null before the first one. */
  checkedAt: Date | null;
  result: string | null;
  /** When a person last asked for one. */
  requestedAt: Date | null;
  /** One was asked for and is not done: `underWay` for two minutes, then `late`. */
  progress: "underWay" | "late" | null;
  /** A person asked less than 30 seconds ago. */
  isFresh: boolean;
  /** What Meta last answered, and when; null while it has not. */
  answer: (AccessAnswer & { at: Date }) | null;
}

export async function readLastCheck(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
): Promise<LastCheck | undefined> {
  const row = await tdb
    .selectFrom("connection_health")
    .select(["checked_at", "last_result", "check_requested_at"])
    .select(["answered_at", "deliveries", "quality_rating", "messaging_limit"])
    .select(sql<boolean>`coalesce(${isOpen}, false)`.as("is_open"))
    .select(sql<boolean>`check_requested_at < now() - ${patience}`.as("is_late"))
    .select(sql<boolean>`coalesce(check_requested_at > now() - ${restBetween}, false)`.as("is_fresh"))
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    checkedAt: row.checked_at,
    result: row.last_result,
    requestedAt: row.check_requested_at,
    progress: row.is_open ? (row.is_late ? "late" : "underWay") : null,
    isFresh: row.is_fresh,
    answer:
      row.answered_at && row.deliveries
        ? {
            at: row.answered_at,
            deliveries: row.deliveries,
            qualityRating: row.quality_rating,
            messagingLimit: row.messaging_limit,
          }
        : null,
  };
}

/** Asked for, and nothing has been checked since. */
const isOpen = sql<boolean>`check_requested_at is not null and (checked_at is null or checked_at < check_requested_at)`;
const restBetween = sql`interval '30 seconds'`;
/** After that long nobody is believed to be at it any more. */
const patience = sql`interval '2 minutes'`;

/** Marks a check as asked for. False while one that was asked for is under way, and for 30 seconds after it was asked for. */
export async function markCheckRequested(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
): Promise<boolean> {
  const marked = await sql`
    insert into connection_health as h (tenant_id, connection_id, check_requested_at)
    values (${tenantId}, ${connectionId}, now())
        on conflict (connection_id) do update set check_requested_at = now()
     where h.check_requested_at is null
        or (h.check_requested_at < now() - ${restBetween}
            and (h.checked_at >= h.check_requested_at or h.check_requested_at < now() - ${patience}))
    returning 1 as marked`.execute(tdb);
  return marked.rows.length > 0;
}

/** A new token starts with a clean record: what was found with the earlier one says nothing of it. */
export async function forgetChecks(tdb: TenantDb, tenantId: string, connectionId: string): Promise<void> {
  await tdb
    .updateTable("connection_health")
    .set({
      refusals: 0,
      warned_days: null,
      checked_at: null,
      last_result: null,
      check_requested_at: null,
      answered_at: null,
      deliveries: null,
      quality_rating: null,
      messaging_limit: null,
      next_check_at: sql<Date>`now() + interval '1 hour'`,
    })
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .execute();
}

/** How lively a connection was in the fortnight before its last message, and when that came. */
export async function readRhythm(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
): Promise<{ lastInboundAt: Date | null; lively: number }> {
  const { rows } = await sql<{ lastInboundAt: Date | null; lively: number }>`
    with last as (
      select max(last_inbound_at) as at from conversations
       where tenant_id = ${tenantId} and connection_id = ${connectionId})
    select last.at as "lastInboundAt",
           (select count(*)::int from conversations c
             where c.tenant_id = ${tenantId} and c.connection_id = ${connectionId}
               and c.last_inbound_at > last.at - interval '14 days') as lively
      from last`.execute(tdb);
  return rows[0] ?? { lastInboundAt: null, lively: 0 };
}
