/** Deliveries as platform staff see them: what came, when, and what became of it. Bodies only one at a time, written down. */
import type { Db } from "../../db/client.ts";
import {
  type DeliveryLine,
  deliverySizes,
  endOfStretch,
  findDelivery,
  holdersOf,
  itemsOfDelivery,
  newestDeliveries,
  type QuarantineRecord,
} from "../../db/queries/operators/operations.ts";
import { type ActingOperator, readBody } from "../../db/queries/operators/operator-acts.ts";
import type { DeliveryOutcome } from "../../db/schema.ts";
import type { DeliveryNarrowing } from "./filters.ts";
import { readable } from "./readable-body.server.ts";

export interface OperationsDeps {
  /** Role app_operator. */
  db: Db;
}

export interface DeliveryView {
  id: string;
  provider: string;
  requestId: string;
  receivedAt: Date;
  sizeBytes: number;
  state: DeliveryOutcome | "open";
  processedAt: Date | null;
  /** From its receipt, or from being opened again; null while it is open. */
  tookMs: number | null;
  reopenedAt: Date | null;
  attempts: number;
  /** When it is due again; null unless it was put off. */
  retryAt: Date | null;
}

const pageSize = 50;

/** A rare outcome is looked for this far at a time. */
const stretchLength = 20_000;

export interface DeliveriesPage {
  items: DeliveryView[];
  /** Where the next page begins; null at the end. */
  older: string | null;
  /** Set when the page is short because this many were looked at, and there are more. */
  lookedAt: number | null;
}

/** Newest first, 50 at a time, looking at no more than 20,000 deliveries for one page. */
export async function listDeliveries(
  { db }: OperationsDeps,
  filter: DeliveryNarrowing,
  before: string | undefined,
  lookedAt = stretchLength,
): Promise<DeliveriesPage> {
  const rows = await newestDeliveries(db, filter, { before, most: pageSize + 1, lookedAt });
  const shown = rows.slice(0, pageSize);
  const items = await withSizes(db, shown);
  if (rows.length > pageSize) return { items, older: shown.at(-1)?.id ?? null, lookedAt: null };
  const isWhole = (!filter.outcome && !filter.provider) || filter.outcome === "open";
  const end = isWhole ? undefined : await endOfStretch(db, { before, lookedAt });
  return { items, older: end ?? null, lookedAt: end ? lookedAt : null };
}

export interface DeliveryItem extends QuarantineRecord {
  /** The workspace that holds the number now. */
  holder: string | null;
}

export interface DeliveryDetail {
  delivery: DeliveryView;
  /** What was set aside of it, at most 200. */
  items: DeliveryItem[];
}

const mostItems = 200;

/** Undefined when there is no such delivery. */
export async function readDelivery({ db }: OperationsDeps, id: string): Promise<DeliveryDetail | undefined> {
  const row = await findDelivery(db, id);
  if (!row) return undefined;
  const [[delivery], items] = await Promise.all([withSizes(db, [row]), itemsOfDelivery(db, id, mostItems)]);
  return delivery && { delivery, items: await withHolders(db, items) };
}

/** Adds the names of the workspaces that hold the items' numbers now. */
export async function withHolders<Item extends { phoneNumberId: string | null }>(
  db: Db,
  items: Item[],
): Promise<(Item & { holder: string | null })[]> {
  const numbers = [...new Set(items.flatMap(({ phoneNumberId }) => phoneNumberId ?? []))];
  const holders = numbers.length > 0 ? await holdersOf(db, numbers) : new Map();
  return items.map((item) => ({ ...item, holder: holders.get(item.phoneNumberId)?.tenantName ?? null }));
}

export interface BodyView {
  /** Laid out when it is whole and JSON; nothing in it is invisible. */
  text: string;
  sizeBytes: number;
  /** Bytes that are shown, when those are not all. */
  cutAt: number | null;
}

/**
 * The body of a delivery, of which at most its first 200 kB, and in the same statement a line in the record that says who
 * looked. Undefined when there is no such delivery. Throws (42501) for whoever is not platform staff.
 */
export async function showBody(
  { db }: OperationsDeps,
  actor: ActingOperator,
  id: string,
): Promise<BodyView | undefined> {
  const read = await readBody(db, actor, id);
  if (!read) return undefined;
  const { beginning, sizeBytes } = read;
  const cutAt = beginning.byteLength < sizeBytes ? beginning.byteLength : null;
  return { text: readable(beginning), sizeBytes, cutAt };
}

async function withSizes(db: Db, rows: DeliveryLine[]): Promise<DeliveryView[]> {
  const sizes =
    rows.length > 0
      ? await deliverySizes(
          db,
          rows.map(({ id }) => id),
        )
      : new Map();
  return rows.map(({ outcome, ...row }) => ({
    ...row,
    sizeBytes: sizes.get(row.id) ?? 0,
    state: outcome ?? "open",
    // What was put off and then processed keeps the time; nothing is due any more.
    retryAt: outcome ? null : row.retryAt,
    tookMs: row.processedAt && row.processedAt.getTime() - (row.reopenedAt ?? row.receivedAt).getTime(),
  }));
}
