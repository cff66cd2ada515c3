/**
 * Where signed webhook bodies enter. Deliveries that arrive while a commit is under way are committed together by the
 * next one: each add_job notifies, and notifying serialises commits, so one transaction for many is what keeps up with
 * Meta's fastest numbers. A lone delivery never waits for company, but for the few milliseconds after a burst in which more
 * of it is expected.
 */
import { setTimeout as pause } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { Db } from "../../../db/client.ts";
import { type NewDelivery, shares, storeDeliveries } from "../../../db/queries/deliveries/accept.ts";

export interface DeliveryIntake {
  /** Resolves only after the COMMIT that holds the delivery and its job; rejects when it may not have been stored. */
  accept(delivery: Delivery): Promise<void>;
}

type Delivery = Omit<NewDelivery, "share">;

interface Waiting {
  delivery: Delivery;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Bounds one transaction, not the queue: what is over goes into the next. */
const groupCount = 200;
const groupBytes = 16 * 1024 * 1024;
/** After a group of this size more are on their way: collecting them for a moment halves the number of commits. */
const busyCount = 8;
const collectMs = 3;

/** `lanes` commits may be under way at once; with one, a slow commit would hold up everybody. */
export function createDeliveryIntake(db: Db, lanes = 2): DeliveryIntake {
  const queue: Waiting[] = [];
  const idle = Array.from({ length: lanes }, (_, lane) => lane);

  async function drain(lane: number): Promise<void> {
    while (queue.length > 0) {
      const group = nextGroup(queue);
      await commit(db, lane, group);
      if (group.length >= busyCount) await pause(collectMs);
    }
    idle.push(lane);
  }

  return {
    accept(delivery) {
      return new Promise((resolve, reject) => {
        queue.push({ delivery, resolve, reject });
        const lane = idle.shift();
        if (lane !== undefined) void drain(lane);
      });
    },
  };
}

function nextGroup(queue: Waiting[]): Waiting[] {
  let bytes = 0;
  let count = 0;
  for (const { delivery } of queue) {
    bytes += delivery.body.byteLength;
    if (count > 0 && (bytes > groupBytes || count >= groupCount)) break;
    count++;
  }
  return queue.splice(0, count);
}

async function commit(db: Db, lane: number, group: Waiting[]): Promise<void> {
  try {
    await storeDeliveries(
      db,
      lane,
      group.map(({ delivery }) => ({ ...delivery, share: shareOf(delivery.body) })),
    );
    for (const { resolve } of group) resolve();
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** The first id in a body is the account's: `{"object": …, "entry": [{"id": "…"`. */
const accountId = /"id"\s*:\s*"(\d{1,30})"/;

/** Which share of the work a delivery falls into: one for each account as far as they go, and the first for what names none. */
export function shareOf(body: Buffer): number {
  const [, id = ""] = accountId.exec(body.toString("latin1", 0, 256)) ?? [];
  return crc32(id) % shares;
}
