/** Raw deliveries: taking them up and closing them. Role app_ingest. */
import { type Kysely, sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { DeliveryOutcome, Schema } from "../../schema.ts";
import { shares } from "./accept.ts";

/** A delivery that this transaction holds. */
export interface OpenDelivery {
  id: string;
  provider: string;
  requestId: string;
  /** Microseconds since 1970: a Date would cut them to milliseconds, and a handover may fall in between. */
  receivedAtUs: number;
  body: Buffer;
  /** It was processed before, and may have items in quarantine. */
  isReopened: boolean;
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
    select id, provider, request_id as "requestId", body, reopened_at is not null as "isReopened",
           (extract(epoch from received_at) * 1000000)::bigint as us
      from webhook_deliveries
     where id = any(${ids}::bigint[]) and processed_at is null
     order by id for no key update skip locked`.execute(trx);
  return rows.map(({ us, ...delivery }) => ({ ...delivery, receivedAtUs: Number(us) }));
}

export interface ClosedDelivery {
  id: string;
  outcome: DeliveryOutcome;
  /** Fields and lists that this build does not read; null for none. */
  ignoredFields: string[] | null;
}

/** Marks deliveries that this transaction holds as processed. */
export async function close(trx: Transaction<Schema>, deliveries: ClosedDelivery[]): Promise<void> {
  await sql`
    update webhook_deliveries d
       set processed_at = now(), outcome = o.outcome, ignored_fields = o."ignoredFields"
      from ${recordset(deliveries)}
        as o (id bigint, outcome text, "ignoredFields" text[])
     where d.id = o.id`.execute(trx);
}

/**
 * Opens up to `most` processed deliveries of a channel again, as if none of their attempts had been, in which a build
 * passed something by that is in `readNow`. Returns how many. Whatever processes them notes anew what it passes by, so
 * none is opened twice by the same build, however many ask at once. The sum keeps the planner from walking the whole table
 * in the order of its ids, where the note's own index knows at once that there is nothing.
 */
export async function reopenIgnored(
  trx: Transaction<Schema>,
  provider: string,
  { readNow, most }: { readNow: string[]; most: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with ignored as (
      select id from webhook_deliveries
       where provider = ${provider} and processed_at is not null
         and (ignored_fields is not null and ignored_fields && ${readNow}::text[]
              or outcome = 'ignored' and ignored_fields is null)
       order by id + 0 limit ${most} for no key update skip locked)
    update webhook_deliveries d
       set processed_at = null, outcome = null, reopened_at = now(), attempts = 0, retry_at = null
      from ignored where d.id = ignored.id`.execute(trx);
  return Number(numAffectedRows ?? 0);
}

const due = sql`processed_at is null and (retry_at is null or retry_at <= now())`;

/** Larger bodies are fetched on their own: five hundred of three megabytes each have no place in one answer. */
const smallBytes = 16_384;

const facts = sql`share, id, provider, request_id as "requestId", (extract(epoch from received_at) * 1000000)::bigint as us,
  reopened_at is not null as "isReopened", octet_length(body) as size,
  case when octet_length(body) <= ${sql.lit(smallBytes)} then body end as body`;

/**
 * Locks open deliveries that are due and that nobody else holds: about `count` of them at most, and no more than `bytes`
 * together, but at least one. Each share gives its oldest, some from all before more from the busy ones, so that a flood
 * for one account delays the others by a batch and not by its length. Those that are left out are free again after the
 * transaction.
 */
export async function takeNext(
  trx: Transaction<Schema>,
  { count, bytes }: { count: number; bytes: number },
): Promise<OpenDelivery[]> {
  const fromEach = Math.ceil(count / shares);
  const { rows } = await sql<Row>`
    with fair as materialized (
      select d.* from generate_series(0, ${shares - 1}) s (share) cross join lateral (
        select ${facts} from webhook_deliveries w
         where w.share = s.share and ${due} order by id limit ${fromEach} for no key update skip locked) d),
    busy as materialized (
      select share, max(id) as last from fair group by share having count(*) = ${fromEach}),
    room as materialized (
      select ceil((${count} - (select count(*) from fair))::float8 / greatest(count(*), 1))::int as each from busy),
    more as materialized (
      select d.* from busy b cross join lateral (
        select ${facts} from webhook_deliveries w
         where w.share = b.share and w.id > b.last and ${due} order by id
         limit greatest(0, (select each from room)) for no key update skip locked) d)
    select * from fair union all select * from more order by id`.execute(trx);
  const taken = withinBytes(rows, bytes);
  const large = taken.filter(({ body }) => body === null).map(({ id }) => id);
  const bodies = large.length > 0 ? await bodiesOf(trx, large) : new Map<string, Buffer>();
  return taken.map(({ us, size: _size, share: _share, body, ...delivery }) => ({
    ...delivery,
    receivedAtUs: Number(us),
    body: body ?? bodies.get(delivery.id) ?? Buffer.alloc(0),
  }));
}

type Row = Omit<OpenDelivery, "receivedAtUs" | "body"> & {
  share: number;
  us: string;
  size: number;
  body: Buffer | null;
};

/** The oldest of each share, then the second of each, and so on while there is room; in order of receipt. */
function withinBytes(rows: Row[], bytes: number): Row[] {
  const seen = new Map<number, number>();
  const ranked = rows.map((row) => {
    const rank = seen.get(row.share) ?? 0;
    seen.set(row.share, rank + 1);
    return { row, rank };
  });
  let room = bytes;
  const fitting = new Set<Row>();
  for (const { row } of ranked.sort((a, b) => a.rank - b.rank)) {
    room -= row.size;
    if (fitting.size > 0 && room < 0) break;
    fitting.add(row);
  }
  return rows.filter((row) => fitting.has(row));
}

async function bodiesOf(trx: Transaction<Schema>, ids: string[]): Promise<Map<string, Buffer>> {
  const { rows } = await sql<{ id: string; body: Buffer }>`
    select id, body from webhook_deliveries where id = any(${ids}::bigint[])`.execute(trx);
  return new Map(rows.map(({ id, body }) => [id, body]));
}

/** Whether anything open is due, in whosever hands. `olderThanMs`: received (or reopened) longer ago, by the database's clock. */
export async function hasDueDeliveries(db: Kysely<Schema>, olderThanMs = 0): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from webhook_deliveries
      where ${due} and coalesce(reopened_at, received_at) <= now() - ${olderThanMs} * interval '1 millisecond') as found`.execute(
    db,
  );
  return rows[0]?.found ?? false;
}

/** Puts a delivery off: a second at first, half an hour at most. Returns how often it has failed by now. */
export async function postpone(db: Kysely<Schema>, id: string): Promise<number> {
  const { rows } = await sql<{ attempts: number }>`
    update webhook_deliveries
       set attempts = attempts + 1, retry_at = now() + least(power(2, attempts), 1800) * interval '1 second'
     where id = ${id} and processed_at is null returning attempts`.execute(db);
  return rows[0]?.attempts ?? 0;
}

/** How many deliveries wait, and for how long the oldest has (0 when none waits). */
export async function backlog(db: Kysely<Schema>): Promise<{ unprocessed: number; oldestSeconds: number }> {
  const { rows } = await sql<{ unprocessed: number; oldestSeconds: number }>`
    select count(*)::int as unprocessed,
           coalesce(greatest(extract(epoch from now() - min(coalesce(reopened_at, received_at))), 0), 0)::float8 as "oldestSeconds"
      from webhook_deliveries where processed_at is null`.execute(db);
  return rows[0] ?? { unprocessed: 0, oldestSeconds: 0 };
}
