/** Deliveries and quarantine across workspaces, without bodies. Role app_operator. */
import { type Kysely, sql } from "kysely";
import type { DeliveryOutcome, QuarantineReason, Schema } from "../../schema.ts";
import type { QuarantineLine } from "./quarantine-review.ts";

type Db = Kysely<Schema>;

export interface DeliveryLine {
  id: string;
  provider: string;
  requestId: string;
  receivedAt: Date;
  /** Null while it is open. */
  outcome: DeliveryOutcome | null;
  processedAt: Date | null;
  reopenedAt: Date | null;
  attempts: number;
  retryAt: Date | null;
}

const deliveryColumns = sql`id, provider, request_id as "requestId", received_at as "receivedAt", outcome,
  processed_at as "processedAt", reopened_at as "reopenedAt", attempts, retry_at as "retryAt"`;

export interface DeliveryFilter {
  outcome?: DeliveryOutcome | "open" | undefined;
  provider?: string | undefined;
}

/**
 * The newest deliveries before `before` that pass the filter: at most `most`, found among the next `lookedAt`. No index
 * knows outcomes, so a rare one is looked for along the primary key, a stretch at a time; open ones have an index.
 */
export async function newestDeliveries(
  db: Db,
  { outcome, provider }: DeliveryFilter,
  { before, most, lookedAt }: { before: string | undefined; most: number; lookedAt: number },
): Promise<DeliveryLine[]> {
  const { rows } = await sql<DeliveryLine>`
    select ${deliveryColumns} from (
      select id, provider, request_id, received_at, outcome, processed_at, reopened_at, attempts, retry_at
        from webhook_deliveries
       where ${before ? sql`id < ${before}::bigint` : sql`true`}
         and ${outcome === "open" ? sql`processed_at is null` : sql`true`}
       order by id desc limit ${lookedAt}) looked_at
     where ${outcomeIs(outcome)} and ${provider ? sql`provider = ${provider}` : sql`true`}
     order by id desc limit ${most}`.execute(db);
  return rows;
}

function outcomeIs(outcome: DeliveryFilter["outcome"]) {
  if (outcome === undefined) return sql`true`;
  return outcome === "open" ? sql`processed_at is null` : sql`outcome = ${outcome}`;
}

/** The last of the `lookedAt` deliveries before `before`; undefined when there are no more behind it. */
export async function endOfStretch(
  db: Db,
  { before, lookedAt }: { before: string | undefined; lookedAt: number },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_deliveries where ${before ? sql`id < ${before}::bigint` : sql`true`}
     order by id desc offset ${lookedAt - 1} limit 2`.execute(db);
  return rows.length === 2 ? rows[0]?.id : undefined;
}

export async function findDelivery(db: Db, id: string): Promise<DeliveryLine | undefined> {
  const { rows } = await sql<DeliveryLine>`
    select ${deliveryColumns} from webhook_deliveries where id = ${id}::bigint`.execute(db);
  return rows[0];
}

/** Bytes of each body. */
export async function deliverySizes(db: Db, ids: string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; size: number }>`
    select id, size_bytes as size from app.delivery_sizes(${ids}::bigint[])`.execute(db);
  return new Map(rows.map(({ id, size }) => [id, size]));
}

export interface QuarantineRecord extends QuarantineLine {
  replayedAt: Date | null;
}

const itemColumns = sql`id, delivery_id as "deliveryId", item_path as path, reason, phone_number_id as "phoneNumberId",
  detail, created_at as "setAsideAt", replayed_at as "replayedAt"`;

/** Items that were set aside of a delivery, replayed or not. */
export async function itemsOfDelivery(db: Db, deliveryId: string, most: number): Promise<QuarantineRecord[]> {
  const { rows } = await sql<QuarantineRecord>`
    select ${itemColumns} from delivery_quarantine where delivery_id = ${deliveryId}::bigint
     order by id limit ${most}`.execute(db);
  return rows;
}

export async function findQuarantineItem(db: Db, id: string): Promise<QuarantineRecord | undefined> {
  const { rows } = await sql<QuarantineRecord>`
    select ${itemColumns} from delivery_quarantine where id = ${id}::bigint`.execute(db);
  return rows[0];
}

export interface Holder {
  tenantId: string;
  tenantName: string;
}

/** The workspaces that hold these numbers now. */
export async function holdersOf(db: Db, phoneNumberIds: string[]): Promise<Map<string, Holder>> {
  const { rows } = await sql<Holder & { phoneNumberId: string }>`
    select phone_number_id as "phoneNumberId", tenant_id as "tenantId", tenant_name as "tenantName"
      from app.number_holders(${phoneNumberIds}::text[])`.execute(db);
  return new Map(rows.map(({ phoneNumberId, ...holder }) => [phoneNumberId, holder]));
}

export interface UnroutedNumber {
  phoneNumberId: string;
  items: number;
  firstAt: Date;
  lastAt: Date;
}

/** Of the newest `lookedAt` items that no number's owner was found for: the numbers that nobody holds now, busiest first. */
export async function unroutedNumbers(
  db: Db,
  { lookedAt, most }: { lookedAt: number; most: number },
): Promise<UnroutedNumber[]> {
  const receivedAt = (item: "first" | "last") => sql`(
    select d.received_at from delivery_quarantine q join webhook_deliveries d on d.id = q.delivery_id
     where q.id = ${sql.ref(`busiest.${item}`)})`;
  const { rows } = await sql<UnroutedNumber>`
    with parked as (
      select id, phone_number_id from delivery_quarantine
       where replayed_at is null and reason = 'unknown_number' and phone_number_id is not null
       order by id desc limit ${lookedAt}),
    numbers as materialized (
      select phone_number_id, count(*)::int as items, min(id) as first, max(id) as last from parked group by 1),
    busiest as (
      select * from numbers where phone_number_id not in (
        select h.phone_number_id from app.number_holders((select array_agg(phone_number_id) from numbers)) h)
       order by items desc, last desc limit ${most})
    select phone_number_id as "phoneNumberId", items, ${receivedAt("first")} as "firstAt",
           ${receivedAt("last")} as "lastAt"
      from busiest order by items desc, last desc`.execute(db);
  return rows;
}

/** Items in quarantine by reason, among the newest `lookedAt`. */
export async function itemsByReason(
  db: Db,
  lookedAt: number,
): Promise<{ reason: QuarantineReason; items: number }[]> {
  const { rows } = await sql<{ reason: QuarantineReason; items: number }>`
    select reason, count(*)::int as items from (
      select reason from delivery_quarantine where replayed_at is null order by id desc limit ${lookedAt}) newest
     group by reason order by items desc, reason`.execute(db);
  return rows;
}
