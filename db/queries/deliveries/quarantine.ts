/** Items of deliveries that reached nobody: set aside, and given another chance. Role app_ingest. */
import { type Kysely, sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { QuarantineReason, Schema } from "../../schema.ts";
import { claimFor } from "../numbers/number-owners.ts";

export interface QuarantinedItem {
  deliveryId: string;
  path: string;
  reason: QuarantineReason;
  phoneNumberId: string | null;
  detail: string | null;
}

/**
 * Sets items aside, each once for its place in the delivery. One that was set aside before keeps its row, with the
 * newest reason; one that had been replayed since is in quarantine again.
 */
export async function quarantine(trx: Transaction<Schema>, items: QuarantinedItem[]): Promise<void> {
  if (items.length === 0) return;
  await sql`
    insert into delivery_quarantine as q (delivery_id, item_path, reason, phone_number_id, detail)
    select i."deliveryId", i.path, i.reason, i."phoneNumberId", i.detail
      from ${recordset(items)}
        as i ("deliveryId" bigint, path text, reason text, "phoneNumberId" text, detail text)
     order by 1, 2
        on conflict (delivery_id, item_path) do update
       set reason = excluded.reason, detail = excluded.detail, replayed_at = null
     where q.replayed_at is not null
        or (q.reason, q.detail) is distinct from (excluded.reason, excluded.detail)`.execute(trx);
}

/**
 * Marks the items of reopened deliveries that were not set aside again: they have reached their owner, or turned out
 * to be nothing that is shown. To be called after `quarantine`, with reopened deliveries only: others have no items
 * in quarantine, and nothing is asked for them.
 */
export async function markReplayed(
  trx: Transaction<Schema>,
  reopenedIds: string[],
  setAside: QuarantinedItem[],
): Promise<void> {
  if (reopenedIds.length === 0) return;
  await sql`
    update delivery_quarantine q set replayed_at = now()
     where q.delivery_id = any(${reopenedIds}::bigint[]) and q.replayed_at is null
       and not exists (
         select from unnest(${setAside.map((item) => item.deliveryId)}::bigint[],
                            ${setAside.map((item) => item.path)}::text[]) again (delivery_id, path)
          where again.delivery_id = q.delivery_id and again.path = q.item_path)`.execute(trx);
}

/** Items that `replay` is about. Without any of the three: every item in quarantine. */
export interface ItemsWanted {
  ids?: string[];
  phoneNumberId?: string;
  reason?: QuarantineReason;
}

export interface ReplayedPart {
  items: number;
  /** Those that were not open already. */
  deliveries: number;
  /** The last item of this part; null when there are no more. */
  goOnAfter: string | null;
}

/** Opens the deliveries of the next `most` wanted items in quarantine again and wakes the ingest, in one transaction. */
export async function replayNextItems(
  db: Kysely<Schema>,
  wanted: ItemsWanted,
  after: string,
  most: number,
): Promise<ReplayedPart> {
  const { rows } = await sql<ReplayedPart>`
    select items, deliveries, go_on_after as "goOnAfter"
      from app.replay_items(${JSON.stringify(wanted)}::jsonb, ${after}::bigint, ${most})`.execute(db);
  return rows[0] ?? { items: 0, deliveries: 0, goOnAfter: null };
}

/** A part of what is parked for a number, in the order of the items' ids. */
interface ParkedPart {
  deliveryIds: string[];
  /** The last item's id; the next part comes after it. Undefined when there are no more. */
  goOnAfter: string | undefined;
}

/**
 * Of the next `most` items that a number's lack of an owner put into quarantine, those that have one by now
 * (`claimFor`). What has none is passed by, and costs a look each time.
 */
export async function parkedItemsWithOwner(
  db: Kysely<Schema>,
  { provider, phoneNumberId }: { provider: string; phoneNumberId: string },
  after: string,
  most: number,
): Promise<ParkedPart> {
  const { rows } = await sql<{ deliveryIds: string[] | null; seen: number; lastId: string | null }>`
    with part as materialized (
      select id, delivery_id from delivery_quarantine
       where phone_number_id = ${phoneNumberId} and replayed_at is null and reason = 'unknown_number'
         and id > ${after}::bigint order by id limit ${most}),
    owned as (
      select part.delivery_id from part join webhook_deliveries d on d.id = part.delivery_id
       cross join ${claimFor(sql`${phoneNumberId}::text`)} c where d.provider = ${provider})
    select (select count(*)::int from part) as seen, (select max(id) from part) as "lastId",
           (select array_agg(distinct delivery_id) from owned) as "deliveryIds"`.execute(db);
  const [row = { deliveryIds: null, lastId: null, seen: 0 }] = rows;
  return {
    deliveryIds: row.deliveryIds ?? [],
    goOnAfter: row.seen === most && row.lastId ? row.lastId : undefined,
  };
}

/** Why an item is in quarantine that says whose it is by nothing but its message's id, which nobody has told of yet. */
export const namesNobody = "names nobody, and its message is not known";

/** Opens the deliveries again in which something of these numbers waits for its message; returns how many. */
export async function reopenNameless(trx: Transaction<Schema>, phoneNumberIds: string[]): Promise<number> {
  if (phoneNumberIds.length === 0) return 0;
  const { rows } = await sql`
    select from app.reopen_deliveries(array(
      select distinct delivery_id from delivery_quarantine
       where phone_number_id = any(${phoneNumberIds}::text[]) and replayed_at is null
         and reason = 'unreadable' and detail = ${namesNobody} limit 1000))`.execute(trx);
  return rows.length;
}

/** Opens processed deliveries again, as if none of their attempts had been; returns which. An open one is left as it is. */
export async function reopenDeliveries(trx: Transaction<Schema>, deliveryIds: string[]): Promise<string[]> {
  if (deliveryIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from app.reopen_deliveries(${deliveryIds}::bigint[]) as r (id)`.execute(trx);
  return rows.map(({ id }) => id);
}
