/** The job tables, as supervision sees them. Role app_jobs, which owns them. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../../schema.ts";

/** Five more than a job is given when it is asked for. */
const mostAttempts = 30;

/**
 * Deals with jobs that no worker will take again: their process was killed during their last attempt, they failed in
 * it, or they were replaced while they ran. One that still holds its key gets one more attempt, so that it can record
 * its end. Five times at most: what cannot be done then either will not be by trying each minute, and what kills its
 * process would do so for ever; it stands until it is asked for anew. The rest is removed.
 */
export async function clearDeadJobs(jobs: Kysely<Schema>): Promise<{ revived: number; removed: number }> {
  const { rows } = await sql<{ revived: number; removed: number }>`
    with dead as materialized (
      select id, key, max_attempts from graphile_worker.jobs
       where attempts >= max_attempts and locked_at is null and (key is null or attempts < ${mostAttempts})),
    revived as (
      select d.id from dead d cross join lateral graphile_worker.reschedule_jobs(
        array[d.id], run_at := now(), max_attempts := d.max_attempts + 1) where d.key is not null),
    removed as (
      select id from graphile_worker.complete_jobs(array(select id from dead where key is null)))
    select (select count(*)::int from revived) as revived, (select count(*)::int from removed) as removed`.execute(
    jobs,
  );
  return rows[0] ?? { revived: 0, removed: 0 };
}
