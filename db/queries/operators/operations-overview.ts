/** The counts that platform staff begin with. Role app_operator. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../../schema.ts";

type Db = Kysely<Schema>;

export interface DayCounts {
  /** `exact` is false when they were too many to count: then by their ids, which now and then leave one out. */
  received: number;
  exact: boolean;
  /** Of these, still open or open again. */
  open: number;
  /** Of these, with items in quarantine. */
  quarantined: number;
}

/**
 * Of the last 24 hours, looking at no more than `most` deliveries and `most` index entries. Each part is in the order of
 * ids, or the planner would expect to meet as many sooner in the table itself and read all that is older.
 */
export async function countDay(db: Db, most: number): Promise<DayCounts> {
  const { rows } = await sql<DayCounts & { byIds: number; counted: number }>`
    with since as materialized (select app.delivery_id_at(now() - interval '24 hours') as id),
    last as (select id from webhook_deliveries order by id desc limit 1)
    select coalesce((select last.id - since.id from last), 0)::int as "byIds",
           (select count(*) from (select from webhook_deliveries d where d.id > since.id
             order by d.id limit ${most + 1}) n)::int
             as counted,
           (select count(*) from (select from webhook_deliveries d
             where d.id > since.id and d.processed_at is null order by d.id limit ${most}) n)::int as open,
           (select count(*) from (select distinct q.delivery_id from delivery_quarantine q
             where q.delivery_id > since.id and q.replayed_at is null order by 1 limit ${most}) n)::int as quarantined
      from since`.execute(db);
  const [row = { byIds: 0, counted: 0, open: 0, quarantined: 0 }] = rows;
  const { byIds, counted, open, quarantined } = row;
  const exact = counted <= most;
  return { received: exact ? counted : byIds, exact, open, quarantined };
}

/** Open deliveries, counted up to `most`, and since when the one that has waited longest of these waits. */
export async function countOpen(db: Db, most: number): Promise<{ open: number; oldestAt: Date | null }> {
  const { rows } = await sql<{ open: number; oldestAt: Date | null }>`
    select count(*)::int as open, min(coalesce(reopened_at, received_at)) as "oldestAt" from (
      select reopened_at, received_at from webhook_deliveries where processed_at is null order by id limit ${most}) o`.execute(
    db,
  );
  return rows[0] ?? { open: 0, oldestAt: null };
}

export interface TaskJobs {
  task: string;
  waiting: number;
  running: number;
  /** Of those waiting or running, tried before in vain. */
  failing: number;
  /** Not tried again. */
  givenUp: number;
  /** When the first of those waiting is due. */
  oldestRunAt: Date | null;
  lastError: string | null;
  lastFailedAt: Date | null;
}

/** The jobs of each task, without what they carry. */
export async function jobsByTask(db: Db): Promise<TaskJobs[]> {
  const { rows } = await sql<TaskJobs>`
    select task, waiting, running, failing, given_up as "givenUp", oldest_run_at as "oldestRunAt",
           last_error as "lastError", last_failed_at as "lastFailedAt" from app.job_overview()`.execute(db);
  return rows;
}

export interface GivenUpJob {
  id: string;
  task: string;
  tries: number;
  lastError: string | null;
  endedAt: Date;
}

/** The last `most` jobs that failed for good. */
export async function givenUpJobs(db: Db, most: number): Promise<GivenUpJob[]> {
  const { rows } = await sql<GivenUpJob>`
    select id, task, tries, last_error as "lastError", ended_at as "endedAt" from app.given_up_jobs(${most})`.execute(
    db,
  );
  return rows;
}
