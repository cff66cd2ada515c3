/** Finds deliveries that were left behind: stored and answered 200, and no job is going to process them. */
import type { Db } from "#db/client.ts";
import { enqueueDeliveries } from "#db/jobs.ts";
import { openLongerThan } from "#db/queries/inbox-deliveries.ts";
import { clearDeadJobs, deliveriesWithLiveJob } from "#db/queries/inbox-jobs.ts";
import type { Log } from "../platform/log.server.ts";

export interface ReconcileDeps {
  /** Role app_ingest. */
  db: Db;
  /** Role app_jobs. */
  jobsDb: Db;
  log: Log;
}

const mostAtOnce = 1_000;
const deliveriesInOneJob = 100;

/**
 * Enqueues those of the 1,000 oldest deliveries that wait longer than `olderThanMs` and have no live job; answers how
 * many. A job too many is harmless (processing is idempotent), so nothing is locked here.
 */
export async function reconcileDeliveries(
  { db, jobsDb, log }: ReconcileDeps,
  { olderThanMs }: { olderThanMs: number },
): Promise<number> {
  const dead = await clearDeadJobs(jobsDb);
  if (dead.revived + dead.removed > 0) {
    log.warn("Jobs that had no attempt left were cleared", { count: dead.revived + dead.removed });
  }
  const waiting = await openLongerThan(db, olderThanMs, mostAtOnce);
  if (waiting.length === 0) return 0;
  const live = await deliveriesWithLiveJob(jobsDb, waiting);
  const left = waiting.filter((id) => !live.has(id));
  for (let start = 0; start < left.length; start += deliveriesInOneJob) {
    await enqueueDeliveries(db, left.slice(start, start + deliveriesInOneJob));
  }
  if (left.length > 0) log.warn("Deliveries without a job were enqueued again", { count: left.length });
  return left.length;
}
