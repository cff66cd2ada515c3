/** Whose a number was, or became, when something came for it. Role app_ingest. */
import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { Schema } from "../../schema.ts";

export interface Owner {
  deliveryId: string;
  phoneNumberId: string;
  tenantId: string;
  connectionId: string;
  claimId: string;
  /** Nothing had come for the number yet since it was claimed, or connected anew, and this was received after it. */
  isFirst: boolean;
}

export interface NumberOfDelivery {
  deliveryId: string;
  phoneNumberId: string;
}

/**
 * The claim that what a delivery `d` holds for `number` belongs to, as a lateral row or none: the one that held the
 * number when the delivery was received; in a gap the next one, unless another tenant held the number before the gap.
 * So what arrives moments before a connect, or between a workspace's own disconnect and reconnect, is not lost, and
 * what was received between two workspaces never crosses. Once found it stays: later claims change nothing.
 */
export const claimFor = (number: RawBuilder<unknown>) => sql`lateral (
  select coalesce(next.id, last.id) as id, coalesce(next.tenant_id, last.tenant_id) as tenant_id,
         coalesce(next.connection_id, last.connection_id) as connection_id,
         next.id is null and last.first_event_at is null
           and (last.reconnected_at is null or last.reconnected_at <= d.received_at) as is_first
    from (values (1)) one
    left join lateral (
      select * from number_claims c
       where c.provider = d.provider and c.phone_number_id = ${number} and c.claimed_at <= d.received_at
       order by c.claimed_at desc limit 1) last on true
    left join lateral (
      select * from number_claims c
       where (last.id is null or last.released_at <= d.received_at)
         and c.provider = d.provider and c.phone_number_id = ${number} and c.claimed_at > d.received_at
       order by c.claimed_at limit 1) next on true
   where case when next.id is null then last.released_at is null and last.id is not null
                                        or last.released_at > d.received_at
              else last.id is null or last.tenant_id = next.tenant_id end)`;

/** Whose each number was, or became, for what its delivery holds (`claimFor`). A number of nobody is left out. */
export async function ownersOf(trx: Transaction<Schema>, wanted: NumberOfDelivery[]): Promise<Owner[]> {
  if (wanted.length === 0) return [];
  const { rows } = await sql<Owner>`
    select w."deliveryId", w."phoneNumberId", c.tenant_id as "tenantId", c.connection_id as "connectionId",
           c.id as "claimId", c.is_first as "isFirst"
      from ${recordset(wanted)} as w ("deliveryId" bigint, "phoneNumberId" text)
      join webhook_deliveries d on d.id = w."deliveryId"
     cross join ${claimFor(sql`w."phoneNumberId"`)} c`.execute(trx);
  return rows;
}

/** The lock of a number. They share 64: a body may name any number of them, and the server's lock table is finite. */
const lockClass = 4208;

/**
 * Until the transaction ends, `untilSetAside` waits for it. Whoever is about to set items of these numbers aside calls
 * it and then looks for an owner once more: a claim is then either seen by that look, or its replay sees the items.
 */
export async function announceSetAside(trx: Transaction<Schema>, phoneNumberIds: string[]): Promise<void> {
  await sql`
    select pg_advisory_xact_lock_shared(${lockClass}::int, bucket)
      from (select distinct hashtext(n) & 63 as bucket from unnest(${phoneNumberIds}::text[]) n order by 1) b`.execute(
    trx,
  );
}

/** Returns when no transaction is left that announced to set items of this number aside before this was called. */
export async function untilSetAside(db: Kysely<Schema>, phoneNumberId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockClass}::int, hashtext(${phoneNumberId}) & 63)`.execute(db);
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
        from ${recordset(firsts)} as f ("claimId" bigint, "deliveryId" bigint)
        join webhook_deliveries d on d.id = f."deliveryId" group by 1),
    held as (
      select c.id, first.at from number_claims c join first on first.id = c.id
       where c.first_event_at is null and (c.reconnected_at is null or c.reconnected_at <= first.at)
       order by c.id for no key update of c skip locked)
    update number_claims c set first_event_at = held.at from held where c.id = held.id`.execute(trx);
}

/** That the platform's assistant took part in a conversation of a claimed number. */
export interface AgentSign {
  claimId: string;
  at: Date;
}

/**
 * Remembers on each claim when its assistant was last seen: once in six hours and not with every message, so a page that
 * asks whether one answers has to reckon with that. A claim that another transaction is at is left to it.
 */
export async function markAgents(trx: Transaction<Schema>, signs: AgentSign[]): Promise<void> {
  if (signs.length === 0) return;
  await sql`
    with sign as (
      select s."claimId" as id, least(max(s.at), now()) as at
        from ${recordset(signs)} as s ("claimId" bigint, at timestamptz) group by 1),
    held as (
      select c.id, sign.at from number_claims c join sign on sign.id = c.id
       where c.agent_seen_at is null or c.agent_seen_at < sign.at - interval '6 hours'
       order by c.id for no key update of c skip locked)
    update number_claims c set agent_seen_at = held.at from held where c.id = held.id`.execute(trx);
}
