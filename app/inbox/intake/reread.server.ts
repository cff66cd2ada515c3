/** Gives what an earlier build could not read to the build that can. */
import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "#db/client.ts";
import { enqueue } from "#db/jobs.ts";
import { reopenIgnored } from "#db/queries/deliveries/open-deliveries.ts";
import type { Log } from "../../platform/log.server.ts";
import type { WebhookReaders } from "../ingest/routing.server.ts";

export interface RereadDeps {
  /** Role app_ingest. */
  db: Db;
  readers: WebhookReaders;
  log: Log;
}

/** Deliveries of one transaction. */
const deliveriesAtOnce = 1_000;

/** Between two parts: what has waited for weeks must not keep live traffic waiting. */
const pauseMs = 1_000;

/** The clock comes again in a minute. */
const mostParts = 50;

/**
 * Reopens deliveries in which an earlier build passed by what this one reads, 1,000 in a transaction that also wakes the
 * ingest, and up to 50,000 in a run. May be ended at any moment and run beside itself: each is opened once, as whoever
 * processes it notes anew what of it is not read. Returns how many were reopened.
 */
export async function rereadDeliveries(
  { db, readers, log }: RereadDeps,
  { isStopping = () => false, most = deliveriesAtOnce }: { isStopping?: () => boolean; most?: number } = {},
): Promise<number> {
  let count = 0;
  for (const [provider, reader] of Object.entries(readers)) {
    const readNow = [...(reader?.reads ?? [])];
    for (let part = 0; part < mostParts && !isStopping(); part++) {
      if (part > 0) await pause(pauseMs);
      const reopened = await db.transaction().execute(async (trx) => {
        const opened = await reopenIgnored(trx, provider, { readNow, most });
        if (opened > 0) await enqueue(trx, "process_deliveries", {});
        return opened;
      });
      count += reopened;
      if (reopened < most) break;
    }
  }
  if (count > 0) log.info("Deliveries that an earlier build could not read are processed again", { count });
  return count;
}
