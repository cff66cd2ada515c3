/** Gives what is in quarantine another chance: by itself when a number is connected, and when an operator asks. */
import type { Db } from "#db/client.ts";
import { enqueue, type JobPayload } from "#db/jobs.ts";
import {
  type ItemsWanted,
  parkedItemsWithOwner,
  type ReplayedPart,
  reopenDeliveries,
  replayNextItems,
} from "#db/queries/deliveries/quarantine.ts";
import { untilSetAside } from "#db/queries/numbers/number-owners.ts";
import type { Log } from "../../platform/log.server.ts";

export interface ReplayDeps {
  /** Role app_ingest. */
  db: Db;
  log: Log;
}

/** Items of one transaction. */
const itemsAtOnce = 1_000;

/** Between two parts of one number: a number that was parked for weeks must not keep live traffic waiting. */
const pauseSeconds = 1;

/**
 * Reopens the deliveries of up to 1,000 items that a number's lack of an owner put into quarantine and that have one
 * by now, wakes the ingest, and asks for itself again while there are more, all in one transaction. To be run after the
 * commit of the claim: every item that was set aside without seeing the claim is then seen here, whatever was under
 * way. Doing it again is harmless: processing is idempotent, and what has reached its owner is not looked at again.
 * Returns how many deliveries were reopened.
 */
export async function replayParked(
  { db, log }: ReplayDeps,
  { provider, phoneNumberId, afterItem, requestId }: JobPayload<"replay_parked">,
  most = itemsAtOnce,
): Promise<number> {
  await untilSetAside(db, phoneNumberId);
  const reopened = await db.transaction().execute(async (trx) => {
    const part = await parkedItemsWithOwner(trx, { provider, phoneNumberId }, afterItem, most);
    const ids = await reopenDeliveries(trx, part.deliveryIds);
    if (ids.length > 0) await enqueue(trx, "process_deliveries", {});
    if (part.goOnAfter) {
      const next = { provider, phoneNumberId, afterItem: part.goOnAfter, requestId };
      await enqueue(trx, "replay_parked", next, { inSeconds: pauseSeconds });
    }
    return ids.length;
  });
  if (reopened > 0) {
    log.info("Parked deliveries are processed again", { phone_number_id: phoneNumberId, count: reopened });
  }
  return reopened;
}

/**
 * Reopens the deliveries of all `wanted` items in quarantine, 1,000 items in a transaction, and wakes the ingest; those
 * set aside meanwhile are left out. Returns how many items and deliveries that were: an item that reaches nobody again
 * stays where it is.
 */
export async function replayItems(
  db: Db,
  wanted: ItemsWanted,
  most = itemsAtOnce,
): Promise<{ items: number; deliveries: number }> {
  const total = { items: 0, deliveries: 0 };
  for (let after: string | null = "0"; after !== null; ) {
    const part: ReplayedPart = await replayNextItems(db, wanted, after, most);
    total.items += part.items;
    total.deliveries += part.deliveries;
    after = part.goOnAfter;
  }
  return total;
}
