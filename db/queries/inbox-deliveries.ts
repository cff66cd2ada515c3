/** Raw deliveries: taking them up, finding whose they are, and closing them. Role app_ingest. */
import { type Kysely, sql, type Transaction } from "kysely";
import type { DeliveryOutcome, QuarantineReason, Schema } from "../schema.ts";

/** A delivery that this transaction holds. */
export interface OpenDelivery {
  id: string;
  provider: string;
  requestId: string;
  /** Microseconds since 1970: a Date would cut them to milliseconds, and a handover may fall in between. */
  receivedAtUs: number;
  body: Buffer;
}

/** Sizes in bytes of those of `ids` that are not processed yet, without reading their bodies. */
export async function sizesOfOpen(
  db: Kysely<Schema>,
  ids: string[],
): Promise<{ id: string; size: number }[]> {
  const { rows } = await sql<{ id: string; size: number }>`
    select id, octet_length(body) as size from webhook_deliveries
     where id = any(${ids}::bigint[]) and processed_at is null order by id`.execute(db);
  return rows;
}

/** Locks the unprocessed ones of `ids`. One that another transaction holds is left to that one. */
export async function takeUp(trx: Transaction<Schema>, ids: string[]): Promise<OpenDelivery[]> {
  const { rows } = await sql<Omit<OpenDelivery, "receivedAtUs"> & { us: string }>`
    select id, provider, request_id as "requestId", body,
           (extract(epoch from received_at) * 1000000)::bigint as us
      from webhook_deliveries
     where id = any(${ids}::bigint[]) and processed_at is null
     order by id for no key update skip locked`.execute(trx);
  return rows.map(({ us, ...delivery }) => ({ ...delivery, receivedAtUs: Number(us) }));
}

export interface Owner {
  deliveryId: string;
  phoneNumberId: string;
  tenantId: string;
  connectionId: string;
  claimId: string;
  /** Nothing had come for the number yet since it was claimed. */
  isFirst: boolean;
}

/** Who owned each number at the moment its delivery was received. A number that nobody owned then is left out. */
export async function ownersWhenReceived(
  trx: Transaction<Schema>,
  wanted: { deliveryId: string; phoneNumberId: string }[],
): Promise<Owner[]> {
  const { rows } = await sql<Owner>`
    select w."deliveryId", w."phoneNumberId", c.tenant_id as "tenantId", c.connection_id as "connectionId",
           c.id as "claimId", c.first_event_at is null as "isFirst"
      from json_to_recordset(${JSON.stringify(wanted)}::json) as w ("deliveryId" bigint, "phoneNumberId" text)
      join webhook_deliveries d on d.id = w."deliveryId"
     cross join lateral (
       select id, tenant_id, connection_id, first_event_at from number_claims c
        where c.provider = d.provider and c.phone_number_id = w."phoneNumberId"
          and c.claimed_at <= d.received_at and (c.released_at is null or d.received_at < c.released_at)
        order by c.claimed_at desc limit 1) c`.execute(trx);
  return rows;
}

/** Remembers on each claim when its first delivery was received; one that another transaction is at is left to it. */
export async function markFirstEvents(
  trx: Transaction<Schema>,
  firsts: { claimId: string; deliveryId: string }[],
): Promise<void> {
  if (firsts.length === 0) return;
  await sql`
    with first as (
      select f."claimId" as id, min(d.received_at) as at
        from json_to_recordset(${JSON.stringify(firsts)}::json) as f ("claimId" bigint, "deliveryId" bigint)
        join webhook_deliveries d on d.id = f."deliveryId" group by 1),
    held as (
      select c.id, first.at from number_claims c join first on first.id = c.id
       where c.first_event_at is null order by c.id for no key update of c skip locked)
    update number_claims c set first_event_at = held.at from held where c.id = held.id`.execute(trx);
}

export interface QuarantinedItem {
  deliveryId: string;
  path: string;
  reason: QuarantineReason;
  phoneNumberId: string | null;
  detail: string | null;
}

/** Sets items aside, each once for its place in the delivery. */
export async function quarantine(trx: Transaction<Schema>, items: QuarantinedItem[]): Promise<void> {
  if (items.length === 0) return;
  await sql`
    insert into delivery_quarantine (delivery_id, item_path, reason, phone_number_id, detail)
    select i."deliveryId", i.path, i.reason, i."phoneNumberId", i.detail
      from json_to_recordset(${JSON.stringify(items)}::json)
        as i ("deliveryId" bigint, path text, reason text, "phoneNumberId" text, detail text)
     order by 1, 2
        on conflict (delivery_id, item_path) do nothing`.execute(trx);
}

/** Marks deliveries that this transaction holds as processed. */
export async function close(
  trx: Transaction<Schema>,
  outcomes: { id: string; outcome: DeliveryOutcome }[],
): Promise<void> {
  await sql`
    update webhook_deliveries d set processed_at = now(), outcome = o.outcome
      from json_to_recordset(${JSON.stringify(outcomes)}::json) as o (id bigint, outcome text)
     where d.id = o.id`.execute(trx);
}

/** Unprocessed deliveries that were received more than `ageMs` ago by the database's clock, oldest first. */
export async function openLongerThan(db: Kysely<Schema>, ageMs: number, most: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from webhook_deliveries
     where processed_at is null and received_at < now() - ${ageMs} * interval '1 millisecond'
     order by id limit ${most}`.execute(db);
  return rows.map(({ id }) => id);
}

/** How many deliveries wait, and for how long the oldest has (0 when none waits). */
export async function backlog(db: Kysely<Schema>): Promise<{ unprocessed: number; oldestSeconds: number }> {
  const { rows } = await sql<{ unprocessed: number; oldestSeconds: number }>`
    select count(*)::int as unprocessed,
           coalesce(greatest(extract(epoch from now() - min(received_at)), 0), 0)::float8 as "oldestSeconds"
      from webhook_deliveries where processed_at is null`.execute(db);
  return rows[0] ?? { unprocessed: 0, oldestSeconds: 0 };
}
