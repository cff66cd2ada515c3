/** Whom an event about an account concerns. Role app_ingest. */
import { sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { Schema } from "../../schema.ts";

export interface AccountKey {
  provider: string;
  accountId: string | null;
  /** E.164; when set, only this number is meant. */
  e164: string | null;
}

export interface Concerned {
  /** Place of its key in the list that was asked for. */
  index: number;
  tenantId: string;
  connectionId: string;
}

/**
 * Connections of all tenants that are now connected (`active`, `error`) to each key's account, or to its number, in
 * whatever spelling. A number may sit under several WABAs, of which Meta may name another than ours: one under the named
 * WABA goes first.
 */
export async function connectionsConcerned(
  trx: Transaction<Schema>,
  keys: AccountKey[],
): Promise<Concerned[]> {
  if (keys.length === 0) return [];
  const wanted = keys.map((key, index) => ({ index, ...key }));
  const { rows } = await sql<Concerned>`
    with wanted as (
      select * from ${recordset(wanted)}
        as w (index int, provider text, "accountId" text, e164 text)),
    found as (
      select w.index, c.id, c.tenant_id, true as exact
        from wanted w join channel_connections c on c.provider = w.provider and c.waba_id = w."accountId"
       where w.e164 is null and c.status in ('active', 'error')
      union all
      select w.index, c.id, c.tenant_id, c.waba_id is not distinct from w."accountId"
        from wanted w join channel_connections c on c.provider = w.provider
             and app.number_key(c.phone_number_e164) = app.number_key(w.e164)
       where c.status in ('active', 'error'))
    select index, tenant_id as "tenantId", id as "connectionId" from found f
     where exact or not exists (select from found better where better.index = f.index and better.exact)
     order by index, id`.execute(trx);
  return rows;
}
