/** Drops deliveries that nobody needs any more. */
import type { Db } from "#db/client.ts";
import { dropDeliveries } from "#db/queries/deliveries/retention.ts";
import type { Log } from "../../platform/log.server.ts";

export interface RetentionDeps {
  /** Role app_ingest. */
  db: Db;
  log: Log;
  /** Deliveries are kept this long after they were received; at least 8 days, because Meta repeats for 7. */
  retentionDays: number;
}

/** One transaction each: short enough to keep nobody waiting. */
const rowsAtOnce = 1_000;
/** With a run every minute this keeps up with 5,000 deliveries a second; what is over waits for the next run. */
const mostRounds = 300;

/**
 * Drops processed deliveries older than `retentionDays`, the oldest first, a thousand in a transaction and up to
 * 300,000 in all. Deliveries that are open, or have an item in quarantine that was not replayed, stay. May be ended at
 * any moment and run beside itself. Returns how many went.
 */
export async function dropOutlivedDeliveries({ db, log, retentionDays }: RetentionDeps): Promise<number> {
  let count = 0;
  for (let round = 0; round < mostRounds; round++) {
    const { dropped, more } = await dropDeliveries(db, retentionDays, rowsAtOnce);
    count += dropped;
    if (!more) break;
  }
  if (count > 0) log.info("Outlived deliveries were dropped", { count });
  return count;
}
