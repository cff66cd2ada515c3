/** Turns stored deliveries into contacts, conversations and messages, for all tenants at once. */
import { setTimeout as pause } from "node:timers/promises";
import type { Transaction } from "kysely";
import type { Db } from "#db/client.ts";
import { enqueue, enqueueEach } from "#db/jobs.ts";
import {
  type ClosedDelivery,
  close,
  type OpenDelivery,
  sizesOfOpen,
  takeNext,
  takeUp,
} from "#db/queries/deliveries/open-deliveries.ts";
import {
  markReplayed,
  type QuarantinedItem,
  quarantine,
  reopenNameless,
} from "#db/queries/deliveries/quarantine.ts";
import { inRetriedTransaction } from "#db/queries/deliveries/transactions.ts";
import { markAgents, markFirstEvents } from "#db/queries/numbers/number-owners.ts";
import type { DeliveryOutcome, QuarantineReason, Schema } from "#db/schema.ts";
import type { Log } from "../../platform/log.server.ts";
import type { Refusal } from "./message-folding.server.ts";
import { asideFor, type RoutedEvent, routeDeliveries, type WebhookReaders } from "./routing.server.ts";
import { isFaultOfTheData, storeEvents, storeOneByOne } from "./store-events.server.ts";

export interface InboxDeps {
  /** Role app_ingest. */
  db: Db;
  readers: WebhookReaders;
  log: Log;
}

/** What became of the deliveries and items of one call, for counting. Holds committed effects only. */
export interface IngestReport {
  outcomes: DeliveryOutcome[];
  quarantined: QuarantineReason[];
  /** Fields and lists that were passed by, each once for a delivery; left out where there are none. */
  ignored?: string[];
}

/** Deliveries that another transaction holds: it may finish them, or be what a killed process left behind. */
export class DeliveriesHeld extends Error {
  override name = "DeliveriesHeld";
}

/**
 * Processes those of `deliveryIds` that are open. All effects of a delivery and its mark `processed_at` are one
 * transaction, so a crash at any moment leaves it either done or untouched; and effects are idempotent, so doing it
 * again changes nothing. An item that cannot be stored is set aside alone. When it returns, all of them are closed.
 * Throws when others hold some of them for longer than 1.5 s (`DeliveriesHeld`), when the database is away, or when
 * something is wrong that no item is to blame for: try again.
 */
export async function processDeliveries(deps: InboxDeps, deliveryIds: string[]): Promise<IngestReport> {
  const parts: IngestReport[] = [];
  for (let round = 0; round < 6; round++) {
    const open = await sizesOfOpen(deps.db, deliveryIds);
    const ofRound: IngestReport[] = [];
    for (const ids of inBatches(open)) ofRound.push(await processBatch(deps, ids));
    parts.push(...ofRound);
    if (together(ofRound).outcomes.length === open.length) return together(parts);
    // The other may finish them, or not: they are not ours to call done.
    if (round < 5) await pause(50 * 2 ** round);
  }
  throw new DeliveriesHeld();
}

export interface Batch {
  /** What was taken up; empty when nothing is open, or all of it in other hands. */
  ids: string[];
  report: IngestReport;
  /** Why nothing of it was done. */
  error?: unknown;
}

/**
 * Takes up open deliveries that nobody holds, the oldest of each share (`takeNext`), up to 500 or about 4 MB, and
 * processes them. Never throws.
 */
export async function ingestNext(deps: InboxDeps): Promise<Batch> {
  let ids: string[] = [];
  const take = async (trx: Transaction<Schema>) => {
    const deliveries = await takeNext(trx, { count: 500, bytes: batchBytes });
    ids = deliveries.map(({ id }) => id);
    return deliveries;
  };
  try {
    return { report: await ingest(deps, take, storeEvents), ids };
  } catch (error) {
    if (!isFaultOfTheData(error)) return { ids, report: nothing, error };
    return processDeliveries(deps, ids).then(
      (report) => ({ ids, report }),
      (second: unknown) => ({ ids, report: nothing, error: second }),
    );
  }
}

const nothing: IngestReport = { outcomes: [], quarantined: [] };

function together(parts: IngestReport[]): IngestReport {
  return reportOf(
    parts.flatMap(({ outcomes }) => outcomes),
    parts.flatMap(({ quarantined }) => quarantined),
    parts.flatMap(({ ignored }) => ignored ?? []),
  );
}

function reportOf(
  outcomes: DeliveryOutcome[],
  quarantined: QuarantineReason[],
  ignored: string[],
): IngestReport {
  return { outcomes, quarantined, ...(ignored.length > 0 && { ignored }) };
}

/**
 * Closes those of `deliveryIds` that are still open as `failed`, with one quarantine row for the whole body. For what has
 * failed too often: the bytes are kept, and nothing waits for them any more.
 */
export async function giveUpDeliveries(deps: InboxDeps, deliveryIds: string[]): Promise<IngestReport> {
  const given = await inRetriedTransaction(deps.db, async (trx) => {
    const deliveries = await takeUp(trx, deliveryIds);
    await quarantine(
      trx,
      deliveries.map(({ id }) => ({ ...whole, deliveryId: id, reason: "failed" as const })),
    );
    await close(
      trx,
      deliveries.map(({ id }) => ({ id, outcome: "failed" as const, ignoredFields: null })),
    );
    return deliveries;
  });
  for (const { id, requestId } of given) {
    deps.log.error("Delivery given up after its last attempt", { delivery_id: id, request_id: requestId });
  }
  return { outcomes: given.map(() => "failed"), quarantined: given.map(() => "failed") };
}

const whole = { path: "body", phoneNumberId: null, detail: "last attempt failed" };

/** Bodies of one transaction are in memory together, and each may have three megabytes. */
const batchBytes = 4_000_000;

function inBatches(deliveries: { id: string; size: number }[]): string[][] {
  const batches: string[][] = [];
  let room = 0;
  for (const { id, size } of deliveries) {
    if (batches.length === 0 || size > room) {
      batches.push([]);
      room = batchBytes;
    }
    batches.at(-1)?.push(id);
    room -= size;
  }
  return batches;
}

type StoreEvents = (trx: Transaction<Schema>, events: RoutedEvent[]) => Promise<Refusal[]>;

/** Together; when the data is at fault one delivery at a time; and in the one at fault, one item at a time. */
async function processBatch(deps: InboxDeps, ids: string[]): Promise<IngestReport> {
  try {
    return await ingest(deps, (trx) => takeUp(trx, ids), storeEvents);
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    const [only, ...others] = ids;
    if (only && others.length === 0) return ingest(deps, (trx) => takeUp(trx, [only]), storeOneByOne);
    const parts: IngestReport[] = [];
    for (const id of ids) parts.push(await processBatch(deps, [id]));
    return together(parts);
  }
}

type TakeDeliveries = (trx: Transaction<Schema>) => Promise<OpenDelivery[]>;

async function ingest(deps: InboxDeps, take: TakeDeliveries, store: StoreEvents): Promise<IngestReport> {
  const { deliveries, setAside, outcomes } = await inRetriedTransaction(deps.db, async (trx) => {
    const deliveries = await take(trx);
    if (deliveries.length === 0) return { deliveries, setAside: [], outcomes: [] };
    const { routed, told, setAside, firsts, agents, ignored } = await routeDeliveries(
      trx,
      deps.readers,
      deliveries,
    );
    for (const { item, reason, detail } of await store(trx, routed)) {
      setAside.push(asideFor(item.deliveryId, item.event, reason, detail));
    }
    await enqueueEach(trx, "apply_account_event", told);
    await markFirstEvents(trx, firsts);
    await markAgents(trx, agents);
    await quarantine(trx, setAside);
    const reopened = deliveries.filter(({ isReopened }) => isReopened);
    await markReplayed(
      trx,
      reopened.map(({ id }) => id),
      setAside,
    );
    const outcomes = outcomesOf(deliveries, [...routed, ...told], setAside, ignored);
    await close(trx, outcomes);
    // What came before its placeholder, and did not say whose it is, can be told now. What waits is tried once for each.
    const again = await reopenNameless(
      trx,
      numbersOfPlaceholders(routed, new Set(reopened.map(({ id }) => id))),
    );
    if (again > 0) await enqueue(trx, "process_deliveries", {});
    return { deliveries, setAside, outcomes };
  });
  warnOfQuarantine(deps.log, deliveries, setAside);
  return reportOf(
    outcomes.map(({ outcome }) => outcome),
    setAside.map(({ reason }) => reason),
    outcomes.flatMap(({ ignoredFields }) => ignoredFields ?? []),
  );
}

/** Those of which a placeholder came just now, and not with a delivery that was opened again. */
function numbersOfPlaceholders(routed: RoutedEvent[], reopened: ReadonlySet<string>): string[] {
  const numbers = routed.flatMap(({ event, deliveryId }) =>
    event.kind === "message" && event.isPlaceholder && !reopened.has(deliveryId) ? [event.phoneNumberId] : [],
  );
  return [...new Set(numbers)];
}

function outcomesOf(
  deliveries: OpenDelivery[],
  taken: { deliveryId: string }[],
  setAside: QuarantinedItem[],
  ignored: ReadonlyMap<string, ReadonlySet<string>>,
): ClosedDelivery[] {
  const used = new Set(taken.map(({ deliveryId }) => deliveryId));
  const quarantined = new Set(setAside.map(({ deliveryId }) => deliveryId));
  return deliveries.map(({ id }) => {
    const outcome = quarantined.has(id) ? "quarantined" : used.has(id) ? "processed" : "ignored";
    const names = [...(ignored.get(id) ?? [])];
    // An empty note says that there was nothing to note; none at all, that nobody looked.
    return { id, outcome, ignoredFields: outcome === "ignored" || names.length > 0 ? names : null };
  });
}

/** One line for each delivery and number: a thousand items for a number that nobody connected are one fact. */
function warnOfQuarantine(log: Log, deliveries: OpenDelivery[], setAside: QuarantinedItem[]): void {
  const requestIdOf = new Map(deliveries.map(({ id, requestId }) => [id, requestId]));
  const groups = Map.groupBy(
    setAside,
    ({ deliveryId, reason, phoneNumberId }) => `${deliveryId} ${reason} ${phoneNumberId}`,
  );
  for (const items of groups.values()) {
    const [first] = items;
    if (!first) continue;
    log.warn("Items of a delivery were set aside", {
      request_id: requestIdOf.get(first.deliveryId),
      delivery_id: first.deliveryId,
      item_path: first.path,
      reason: first.reason,
      phone_number_id: first.phoneNumberId ?? undefined,
      count: items.length,
    });
  }
}
