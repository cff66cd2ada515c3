/** The quarantine across workspaces, as platform staff see it, and having what is in it processed again. */
import {
  findDelivery,
  findQuarantineItem,
  type UnroutedNumber,
  unroutedNumbers,
} from "../../db/queries/operators/operations.ts";
import {
  type ActingOperator,
  beginReplay,
  type ReplayWish,
  replayPart,
} from "../../db/queries/operators/operator-acts.ts";
import { countInQuarantine, newestInQuarantine } from "../../db/queries/operators/quarantine-review.ts";
import { type DeliveryItem, type OperationsDeps, withHolders } from "./deliveries.server.ts";
import type { QuarantineNarrowing } from "./filters.ts";

const pageSize = 50;

/** Counting stops here. */
const mostCounted = 100_000;

export interface QuarantinePage {
  items: Omit<DeliveryItem, "replayedAt">[];
  older: string | null;
  /** Of the whole filter. */
  count: { items: number; orMore: boolean };
}

/** What is in quarantine, newest first, 50 at a time. */
export async function listQuarantine(
  { db }: OperationsDeps,
  filter: QuarantineNarrowing,
  before: string | undefined,
): Promise<QuarantinePage> {
  const [rows, count] = await Promise.all([
    newestInQuarantine(db, { ...filter, before }, pageSize + 1),
    countItems({ db }, filter),
  ]);
  const shown = rows.slice(0, pageSize);
  const older = rows.length > pageSize ? (shown.at(-1)?.id ?? null) : null;
  return { items: await withHolders(db, shown), older, count };
}

/** How many items a filter has after the item `after`, up to 100,000. */
export async function countItems(
  { db }: OperationsDeps,
  filter: QuarantineNarrowing,
  after = "0",
): Promise<QuarantinePage["count"]> {
  const items = await countInQuarantine(db, filter, after, mostCounted + 1);
  return { items: Math.min(items, mostCounted), orMore: items > mostCounted };
}

export interface QuarantineDetail {
  item: DeliveryItem;
  provider: string;
  receivedAt: Date;
  requestId: string;
}

/** Undefined when there is no such item. */
export async function readItem({ db }: OperationsDeps, id: string): Promise<QuarantineDetail | undefined> {
  const row = await findQuarantineItem(db, id);
  const delivery = row && (await findDelivery(db, row.deliveryId));
  if (!row || !delivery) return undefined;
  const [item] = await withHolders(db, [row]);
  const { provider, receivedAt, requestId } = delivery;
  return item && { item, provider, receivedAt, requestId };
}

/** Items of one transaction, and parts of one request: 20,000 items take some seconds. */
const itemsAtOnce = 1_000;
const partsAtOnce = 20;

export interface Replayed {
  items: number;
  deliveries: number;
  /** Where to go on when there was more than one request may take; null when all of it is done. */
  goOnAfter: string | null;
}

/**
 * Opens the deliveries of the wished-for items again, the oldest first, in transactions of 1,000 items, and wakes the
 * ingest. Who wished for it is written down before the first, and with each how many it were. An item that reaches
 * nobody again stays where it is. Throws (42501) for whoever is not platform staff, before anything happens.
 */
export async function replay(
  { db }: OperationsDeps,
  actor: ActingOperator,
  wish: ReplayWish,
  { most = itemsAtOnce, parts = partsAtOnce } = {},
): Promise<Replayed> {
  const id = await beginReplay(db, actor, wish);
  const done: Replayed = { items: 0, deliveries: 0, goOnAfter: ("after" in wish && wish.after) || "0" };
  for (let part = 0; part < parts && done.goOnAfter !== null; part++) {
    const { items, deliveries, goOnAfter } = await replayPart(db, id, done.goOnAfter, most);
    done.items += items;
    done.deliveries += deliveries;
    done.goOnAfter = goOnAfter;
  }
  return done;
}

export interface UnroutedPage {
  numbers: UnroutedNumber[];
  /** Set when this many of the newest items were looked at and there are more. */
  lookedAt: number | null;
}

/** Numbers that deliveries came for and that no workspace holds, at most 200, those with most items first. */
export async function listUnrouted({ db }: OperationsDeps): Promise<UnroutedPage> {
  const [numbers, { orMore }] = await Promise.all([
    unroutedNumbers(db, { lookedAt: mostCounted, most: 200 }),
    countItems({ db }, { reason: "unknown_number" }),
  ]);
  return { numbers, lookedAt: orMore ? mostCounted : null };
}
