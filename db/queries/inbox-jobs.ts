/** The job tables, as supervision sees them. Role app_jobs, which owns them. */
import { type Kysely, sql } from "kysely";
import type { Schema } from "../schema.ts";

/** Those of `deliveryIds` that a job will still process, or processes now. */
export async function deliveriesWithLiveJob(
  jobs: Kysely<Schema>,
  deliveryIds: string[],
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select distinct named.id
      from graphile_worker._private_jobs j
      join graphile_worker._private_tasks t on t.id = j.task_id and t.identifier = 'process_deliveries'
     cross join lateral json_array_elements_text(j.payload -> 'deliveryIds') as named (id)
     where (j.attempts < j.max_attempts or j.locked_at is not null)
       and named.id = any(${deliveryIds}::text[])`.execute(jobs);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Deals with jobs that no worker will take again: their process was killed during their last attempt, or they were
 * replaced while they ran. One that still holds its key gets one more attempt, so that it can record its end; the rest
 * is removed. Left in the table they would slow down every search for a job.
 */
export async function clearDeadJobs(jobs: Kysely<Schema>): Promise<{ revived: number; removed: number }> {
  const { rows } = await sql<{ revived: number; removed: number }>`
    with dead as materialized (
      select id, key, max_attempts from graphile_worker.jobs where attempts >= max_attempts and locked_at is null),
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
