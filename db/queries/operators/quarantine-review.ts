/**
 * The quarantine as an operator looks at it. Nothing of what a message says but `bodyOfItem`. Role app_ingest;
 * `newestInQuarantine` and `countInQuarantine` also app_operator.
 */
import { type Kysely, sql } from "kysely";
import type { DeliveryOutcome, QuarantineReason, Schema } from "../../schema.ts";

export interface QuarantineLine {
  id: string;
  deliveryId: string;
  path: string;
  reason: QuarantineReason;
  phoneNumberId: string | null;
  detail: string | null;
  setAsideAt: Date;
}

export interface QuarantineFilter {
  reason?: QuarantineReason | undefined;
  phoneNumberId?: string | undefined;
}

/** The newest `most` items in quarantine, of those before the item `before`. */
export async function newestInQuarantine(
  db: Kysely<Schema>,
  { reason, phoneNumberId, before }: QuarantineFilter & { before?: string | undefined },
  most: number,
): Promise<QuarantineLine[]> {
  const { rows } = await sql<QuarantineLine>`
    select id, delivery_id as "deliveryId", item_path as path, reason, phone_number_id as "phoneNumberId", detail,
           created_at as "setAsideAt"
      from delivery_quarantine
     where ${inQuarantine({ reason, phoneNumberId })} and ${before ? sql`id < ${before}::bigint` : sql`true`}
     order by id desc limit ${most}`.execute(db);
  return rows;
}

/** Items in quarantine after the item `after`, counted up to `most`. */
export async function countInQuarantine(
  db: Kysely<Schema>,
  filter: QuarantineFilter,
  after: string,
  most: number,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select from delivery_quarantine where ${inQuarantine(filter)} and id > ${after}::bigint limit ${most}) found`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}

function inQuarantine({ reason, phoneNumberId }: QuarantineFilter) {
  return sql`replayed_at is null
    and ${phoneNumberId ? sql`phone_number_id = ${phoneNumberId}` : sql`true`}
    and ${reason ? sql`reason = ${reason}` : sql`true`}`;
}

export interface QuarantineItem extends QuarantineLine {
  replayedAt: Date | null;
  provider: string;
  requestId: string;
  receivedAt: Date;
  sizeBytes: number;
  /** Null while it is open. */
  outcome: DeliveryOutcome | null;
  reopenedAt: Date | null;
}

/** One item, replayed or not, with its delivery but for the body. */
export async function findItem(db: Kysely<Schema>, id: string): Promise<QuarantineItem | undefined> {
  const { rows } = await sql<QuarantineItem>`
    select q.id, q.delivery_id as "deliveryId", q.item_path as path, q.reason, q.phone_number_id as "phoneNumberId",
           q.detail, q.created_at as "setAsideAt", q.replayed_at as "replayedAt", d.provider,
           d.request_id as "requestId", d.received_at as "receivedAt", octet_length(d.body) as "sizeBytes", d.outcome,
           d.reopened_at as "reopenedAt"
      from delivery_quarantine q join webhook_deliveries d on d.id = q.delivery_id where q.id = ${id}`.execute(
    db,
  );
  return rows[0];
}

/** The bytes that the item stands in, as they were signed. */
export async function bodyOfItem(db: Kysely<Schema>, id: string): Promise<Buffer | undefined> {
  const { rows } = await sql<{ body: Buffer }>`
    select d.body from delivery_quarantine q join webhook_deliveries d on d.id = q.delivery_id
     where q.id = ${id}`.execute(db);
  return rows[0]?.body;
}

/** Those of `ids` that no item has. */
export async function unknownItems(db: Kysely<Schema>, ids: string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select w.id from unnest(${ids}::bigint[]) w (id)
     where not exists (select from delivery_quarantine q where q.id = w.id)`.execute(db);
  return rows.map(({ id }) => id);
}

export interface ReasonSummary {
  reason: QuarantineReason;
  items: number;
  deliveries: number;
  oldestReceivedAt: Date;
}

/** What is in quarantine, by reason. */
export async function quarantineByReason(db: Kysely<Schema>): Promise<ReasonSummary[]> {
  const { rows } = await sql<ReasonSummary>`
    select q.reason, count(*)::int as items, count(distinct q.delivery_id)::int as deliveries,
           min(d.received_at) as "oldestReceivedAt"
      from delivery_quarantine q join webhook_deliveries d on d.id = q.delivery_id
     where q.replayed_at is null group by q.reason order by items desc, q.reason`.execute(db);
  return rows;
}

/** The numbers that most items in quarantine are for, and how many items each has. */
export async function quarantineByNumber(
  db: Kysely<Schema>,
  most: number,
): Promise<{ phoneNumberId: string; items: number }[]> {
  const { rows } = await sql<{ phoneNumberId: string; items: number }>`
    select phone_number_id as "phoneNumberId", count(*)::int as items from delivery_quarantine
     where replayed_at is null and phone_number_id is not null
     group by 1 order by items desc, 1 limit ${most}`.execute(db);
  return rows;
}
