/** Finds deliveries that were left behind: stored and answered 200, and no job is going to process them. */
import type { Db } from "#db/client.ts";
import { enqueue } from "#db/jobs.ts";
import { clearDeadJobs } from "#db/queries/deliveries/jobs.ts";
import { hasDueDeliveries } from "#db/queries/deliveries/open-deliveries.ts";
import type { Log } from "../../platform/log.server.ts";

export interface ReconcileDeps {
  /** Role app_ingest. */
  db: Db;
  /** Role app_jobs. */
  jobsDb: Db;
  log: Log;
}

/**
 * Wakes the ingest when a delivery waits longer than `olderThanMs` and is due: its job may have been lost, or was put
 * off. Waking once too often is harmless, one job waits at most. Returns whether it did.
 */
export async function reconcileDeliveries(
  { db, jobsDb, log }: ReconcileDeps,
  { olderThanMs }: { olderThanMs: number },
): Promise<boolean> {
  const dead = await clearDeadJobs(jobsDb);
  if (dead.revived + dead.removed > 0) {
    log.warn("Jobs that had no attempt left were cleared", { count: dead.revived + dead.removed });
  }
  if (!(await hasDueDeliveries(db, olderThanMs))) return false;
  await enqueue(db, "process_deliveries", {});
  return true;
}
