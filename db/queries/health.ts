/** `connection_health`: when each connection is looked after and what the last look found. */
import { sql } from "kysely";
import type { Db, TenantDb } from "../client.ts";

export interface HealthRow {
  refusals: number;
  warnedDays: number | null;
}

/** Connections of all tenants that are due, each put off by ten minutes, so that no two clocks take up the same. */
export async function takeDueChecks(
  db: Db,
  most: number,
): Promise<{ tenantId: string; connectionId: string }[]> {
  const { rows } = await sql<{ tenantId: string; connectionId: string }>`
    select tenant_id as "tenantId", connection_id as "connectionId"
      from app.take_due_checks(${most}, interval '10 minutes')`.execute(db);
  return rows;
}

/** Ends choices between numbers that nobody made in time, and destroys their tokens. Answers how many. */
export async function expireNumberChoices(db: Db): Promise<number> {
  const { rows } = await sql<{ ended: number }>`select app.expire_number_choices() as ended`.execute(db);
  return rows[0]?.ended ?? 0;
}

export async function readHealth(tdb: TenantDb, tenantId: string, connectionId: string): Promise<HealthRow> {
  const row = await tdb
    .selectFrom("connection_health")
    .select(["refusals", "warned_days"])
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .executeTakeFirst();
  return { refusals: row?.refusals ?? 0, warnedDays: row?.warned_days ?? null };
}

export interface Look {
  result: string;
  refusals: number;
  warnedDays: number | null;
  nextInSeconds: number;
}

export async function saveLook(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  { result, refusals, warnedDays, nextInSeconds }: Look,
): Promise<void> {
  const columns = {
    checked_at: sql<Date>`now()`,
    next_check_at: sql<Date>`now() + ${nextInSeconds} * interval '1 second'`,
    refusals,
    last_result: result,
    warned_days: warnedDays,
  };
  await tdb
    .insertInto("connection_health")
    .values({ tenant_id: tenantId, connection_id: connectionId, ...columns })
    .onConflict((oc) => oc.column("connection_id").doUpdateSet(columns))
    .execute();
}

/** A new token starts with a clean record. */
export async function forgetLooks(tdb: TenantDb, tenantId: string, connectionId: string): Promise<void> {
  await tdb
    .updateTable("connection_health")
    .set({ refusals: 0, warned_days: null, next_check_at: sql<Date>`now() + interval '1 hour'` })
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
