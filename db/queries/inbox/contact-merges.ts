/** Contacts whose ids change hands, and contacts that become one. Seldom needed. Role app_ingest. */
import { sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { Schema } from "../../schema.ts";
import { asContacts, type IdKind, type StoredContact } from "./contacts.ts";

export interface FormerId {
  tenantId: string;
  provider: string;
  kind: IdKind;
  formerId: string;
  contactId: string;
  heldUntil: Date;
}

export interface IdentityMoves {
  merged: { tenantId: string; kept: string; gone: string }[];
  /** With all ids as they are to be. */
  rewritten: StoredContact[];
  formers: FormerId[];
  /** Every contact that is named above. */
  concerned: string[];
}

/** Until the transaction ends nobody else changes these contacts or begins a conversation of theirs. */
export async function holdContacts(trx: Transaction<Schema>, ids: string[]): Promise<void> {
  await sql`select from contacts where id = any(${ids}::bigint[]) order by id for update`.execute(trx);
}

/** Carries the moves out. The contacts concerned are held, and the moves were found after they were. */
export async function moveIdentities(trx: Transaction<Schema>, moves: IdentityMoves): Promise<void> {
  for (const { tenantId, kept, gone } of moves.merged) {
    await sql`select app.merge_contacts(${tenantId}, ${kept}, ${gone})`.execute(trx);
  }
  await rewrite(trx, moves.rewritten);
  await keepFormers(trx, moves.formers);
}

async function rewrite(trx: Transaction<Schema>, contacts: StoredContact[]): Promise<void> {
  if (contacts.length === 0) return;
  const ids = contacts.map(({ id }) => id);
  // First nobody has them: an id may go from one of these contacts to another.
  await sql`update contacts set wa_id = null, user_id = null where id = any(${ids}::bigint[])`.execute(trx);
  await sql`
    update contacts c
       set wa_id = r."waId", wa_id_at = r."waIdAt", user_id = r."userId", user_id_at = r."userIdAt",
           username = r.username, profile_name = r."profileName", updated_at = r."seenAt",
           saved_name = r."savedName", saved_name_at = r."savedNameAt"
      from ${asContacts(contacts)}
     where c.id = r.id`.execute(trx);
}

async function keepFormers(trx: Transaction<Schema>, formers: FormerId[]): Promise<void> {
  if (formers.length === 0) return;
  await sql`
    insert into contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
    select r."tenantId", r.provider, r.kind, r."formerId", r."contactId", max(r."heldUntil")
      from ${recordset(formers)}
        as r ("tenantId" uuid, provider text, kind text, "formerId" text, "contactId" bigint, "heldUntil" timestamptz)
     group by 1, 2, 3, 4, 5
     order by 1, 2, 3, 4, 5
        on conflict (tenant_id, provider, kind, former_id, contact_id)
        do update set held_until = greatest(contact_aliases.held_until, excluded.held_until)`.execute(trx);
}
