/** Contacts and conversations as ingest writes them: many tenants in one statement. Role app_ingest. */
import { sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import type { Schema } from "../../schema.ts";

export interface ContactRow {
  tenantId: string;
  provider: string;
  /** As the platform sent it. */
  waId: string | null;
  /** What `waId` is compared by: the same for every spelling of one line. */
  numberKey: string | null;
  userId: string | null;
  /** Of a group, which has no other id. */
  groupId: string | null;
  username: string | null;
  profileName: string | null;
  /** What the business itself calls them; null when nothing. */
  savedName?: string | null;
  /** When that was decided; null when it was never told. */
  savedNameAt?: Date | null;
  /** When the event occurred that last changed the names: an older one takes none back. */
  seenAt: Date;
  /** When the event occurred that told the present wa_id, and the present user_id. */
  waIdAt: Date;
  userIdAt: Date;
}

export type StoredContact = ContactRow & { id: string };

export type IdKind = "waId" | "userId";

/** A contact, and the former id that led to it if one did: of a number its key. */
export type FoundContact = StoredContact &
  ({ kind: IdKind; formerId: string; heldUntil: Date } | { kind?: null; formerId?: null; heldUntil?: null });

/** What a contact is found by. */
export type Names = Pick<ContactRow, "tenantId" | "provider" | "waId" | "userId" | "groupId">;

export interface FoundContacts {
  contacts: FoundContact[];
  /** What a number that was asked for is compared by; it stands here where that is not the number itself. */
  keys: Map<string, string>;
}

const columns = sql`c.id, c.tenant_id as "tenantId", c.provider, c.wa_id as "waId", c.number_key as "numberKey",
  c.user_id as "userId", c.group_id as "groupId", c.username, c.profile_name as "profileName",
  c.saved_name as "savedName", c.saved_name_at as "savedNameAt", c.updated_at as "seenAt", c.wa_id_at as "waIdAt",
  c.user_id_at as "userIdAt"`;

/** Contacts as a table `r` of a statement, under the names that they have here; those without an id have null. */
export function asContacts(contacts: ContactRow[]) {
  return sql`${recordset(contacts)}
    as r (id bigint, "tenantId" uuid, provider text, "waId" text, "numberKey" text, "userId" text, "groupId" text,
          username text, "profileName" text, "savedName" text, "savedNameAt" timestamptz, "seenAt" timestamptz,
          "waIdAt" timestamptz, "userIdAt" timestamptz)`;
}

/**
 * Every contact that carries one of the ids, in whatever spelling, or once did. The same one may be found in several
 * ways. `offset 0` keeps the planner from doing anything but a look into the index for each id: a table that has just
 * grown looks empty to it.
 */
export async function findContacts(trx: Transaction<Schema>, names: Names[]): Promise<FoundContacts> {
  const { rows } = await sql<FoundContact | (Names & { id: null; numberKey: string })>`
    with wanted as materialized (
      select w.*, app.number_key(w."waId") as key from ${recordset(names)}
        as w ("tenantId" uuid, provider text, "waId" text, "userId" text, "groupId" text))
    select ${columns}, null as kind, null as "formerId", null::timestamptz as "heldUntil"
      from wanted w join contacts c
        on c.tenant_id = w."tenantId" and c.provider = w.provider and c.number_key = w.key
     union all
    select ${columns}, null, null, null
      from wanted w join contacts c
        on c.tenant_id = w."tenantId" and c.provider = w.provider and c.user_id = w."userId"
       and (w.key is null or c.number_key is distinct from w.key)
     union all
    select ${columns}, a.kind, a.former_id, a.held_until
      from wanted w cross join (values ('waId'), ('userId')) as k (kind)
     cross join lateral (
       select * from contact_aliases a
        where a.tenant_id = w."tenantId" and a.provider = w.provider and a.kind = k.kind
          and a.former_id = case k.kind when 'waId' then w.key else w."userId" end offset 0) a
     cross join lateral (
       select * from contacts c where c.tenant_id = a.tenant_id and c.id = a.contact_id offset 0) c
    ${names.some(({ groupId }) => groupId !== null) ? groups : sql``}
     union all
    select null, null, null, w."waId", w.key, null, null, null, null, null, null, null, null, null, null, null, null
      from wanted w where w.key <> w."waId"`.execute(trx);
  const keys = new Map<string, string>();
  const contacts: FoundContact[] = [];
  for (const row of rows) {
    if (row.id !== null) contacts.push(row);
    else if (row.waId !== null) keys.set(row.waId, row.numberKey);
  }
  return { contacts, keys };
}

const groups = sql`
     union all
    select ${columns}, null, null, null
      from wanted w join contacts c
        on c.tenant_id = w."tenantId" and c.provider = w.provider and c.group_id = w."groupId"`;

/**
 * Adds contacts. One that another transaction added in the meantime is left out: by now it is committed, and finding
 * again shows it.
 */
export async function addContacts(trx: Transaction<Schema>, contacts: ContactRow[]): Promise<void> {
  // Sorted, so that two transactions that add the same people wait for each other and never in a circle.
  await sql`
    insert into contacts
      (tenant_id, provider, wa_id, user_id, group_id, username, profile_name, updated_at, wa_id_at, user_id_at,
       saved_name, saved_name_at)
    select r."tenantId", r.provider, r."waId", r."userId", r."groupId", r.username, r."profileName", r."seenAt",
           r."waIdAt", r."userIdAt", r."savedName", r."savedNameAt"
      from ${asContacts(contacts)}
     order by r."tenantId", r.provider, r."numberKey", r."userId", r."groupId"
        on conflict do nothing`.execute(trx);
}

/**
 * Fills in an id that a contact lacks and takes newer names; a set id is left as it is. False when another transaction
 * changed a contact's ids in the meantime, so that what was known of it no longer holds. Fails with 23505 when another
 * one gave such an id to another contact.
 */
export async function fillInContacts(trx: Transaction<Schema>, contacts: StoredContact[]): Promise<boolean> {
  if (contacts.length === 0) return true;
  const { rows } = await sql<{ asKnown: boolean }>`
    with wanted as materialized (select * from ${asContacts(contacts)}),
    held as materialized (
      select c.id from contacts c join wanted w on w.id = c.id order by c.id for no key update of c)
    update contacts c
       set wa_id = coalesce(c.wa_id, w."waId"),
           user_id = coalesce(c.user_id, w."userId"),
           wa_id_at = case when c.wa_id is null then w."waIdAt" else c.wa_id_at end,
           user_id_at = case when c.user_id is null then w."userIdAt" else c.user_id_at end,
           username = case when w."seenAt" >= c.updated_at then coalesce(w.username, c.username)
                           else coalesce(c.username, w.username) end,
           profile_name = case when w."seenAt" >= c.updated_at then coalesce(w."profileName", c.profile_name)
                               else coalesce(c.profile_name, w."profileName") end,
           saved_name = case when ${isSavedLater} then w."savedName" else c.saved_name end,
           saved_name_at = greatest(c.saved_name_at, w."savedNameAt"),
           updated_at = greatest(c.updated_at, w."seenAt")
      from wanted w join held h on h.id = w.id
     where c.id = w.id
    returning c.number_key is not distinct from w."numberKey"
          and c.user_id is not distinct from w."userId" as "asKnown"`.execute(trx);
  return rows.length === contacts.length && rows.every(({ asKnown }) => asKnown);
}

/** As the contact book decides it. */
const isSavedLater = sql`(w."savedNameAt", coalesce(w."savedName", '') collate "C")
  > (coalesce(c.saved_name_at, '-infinity'), coalesce(c.saved_name, ''))`;

export interface ConversationKey {
  tenantId: string;
  connectionId: string;
  contactId: string;
}

export type StoredConversation = ConversationKey & { id: string };

/** Finds or begins each conversation; `keys` hold no duplicates. Returns them all, whoever began them. */
export async function openConversations(
  trx: Transaction<Schema>,
  keys: ConversationKey[],
): Promise<StoredConversation[]> {
  if (keys.length === 0) return [];
  const found = await findConversations(trx, keys);
  if (found.length === keys.length) return found;
  await sql`
    insert into conversations (tenant_id, connection_id, contact_id)
    select k."tenantId", k."connectionId", k."contactId" from ${asKeys(keys)}
     order by 1, 2, 3
        on conflict (tenant_id, connection_id, contact_id) do nothing`.execute(trx);
  return findConversations(trx, keys);
}

async function findConversations(
  trx: Transaction<Schema>,
  keys: ConversationKey[],
): Promise<StoredConversation[]> {
  const { rows } = await sql<StoredConversation>`
    select c.id, c.tenant_id as "tenantId", c.connection_id as "connectionId", c.contact_id as "contactId"
      from ${asKeys(keys)} join conversations c
        on c.tenant_id = k."tenantId" and c.connection_id = k."connectionId"
       and c.contact_id = k."contactId"`.execute(trx);
  return rows;
}

function asKeys(keys: ConversationKey[]) {
  return sql`${recordset(keys)}
    as k ("tenantId" uuid, "connectionId" uuid, "contactId" bigint)`;
}

export interface ConversationTimes {
  tenantId: string;
  id: string;
  lastMessageAt: Date;
  lastInboundAt: Date | null;
}

/** Moves the times of conversations forward, never back. In the order of ids, as every other batch does. */
export async function advanceConversations(
  trx: Transaction<Schema>,
  times: ConversationTimes[],
): Promise<void> {
  if (times.length === 0) return;
  await sql`
    with wanted as materialized (
      select * from ${recordset(times)}
        as r ("tenantId" uuid, id bigint, "lastMessageAt" timestamptz, "lastInboundAt" timestamptz)
       order by id)
    update conversations c
       set last_message_at = greatest(c.last_message_at, w."lastMessageAt"),
           last_inbound_at = greatest(c.last_inbound_at, w."lastInboundAt")
      from wanted w
     where c.tenant_id = w."tenantId" and c.id = w.id
       and (w."lastMessageAt" > coalesce(c.last_message_at, '-infinity')
            or w."lastInboundAt" > coalesce(c.last_inbound_at, '-infinity'))`.execute(trx);
}

export interface MarketingNote {
  tenantId: string;
  conversationId: string;
  marketing: "wanted" | "unwanted";
  at: Date;
}

/** Notes what contacts told of marketing messages: what was told last stays, and of one second the refusal. */
export async function noteMarketing(trx: Transaction<Schema>, notes: MarketingNote[]): Promise<void> {
  if (notes.length === 0) return;
  await sql`
    with told as materialized (
      select distinct on (v.contact_id) v.tenant_id, v.contact_id, n.marketing, n.at
        from ${recordset(notes)}
          as n ("tenantId" uuid, "conversationId" bigint, marketing text, at timestamptz)
        join conversations v on v.tenant_id = n."tenantId" and v.id = n."conversationId"
       order by v.contact_id, n.at desc, n.marketing),
    held as materialized (
      select c.id from contacts c join told t on t.tenant_id = c.tenant_id and t.contact_id = c.id
       order by c.id for no key update of c)
    update contacts c set marketing = t.marketing, marketing_at = t.at
      from told t join held h on h.id = t.contact_id
     where c.tenant_id = t.tenant_id and c.id = t.contact_id
       and (c.marketing_at is null or t.at > c.marketing_at
            or t.at = c.marketing_at and t.marketing = 'unwanted' and c.marketing = 'wanted')`.execute(trx);
}
