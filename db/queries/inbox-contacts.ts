/** Contacts and conversations as ingest writes them: many tenants in one statement. Role app_ingest. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../schema.ts";

export interface ContactRow {
  tenantId: string;
  provider: string;
  waId: string | null;
  userId: string | null;
  username: string | null;
  profileName: string | null;
  /** When the event occurred that last changed this row: an older one takes no name back. */
  seenAt: Date;
}

export type StoredContact = ContactRow & { id: string };

/** What a contact is found by. */
export type Names = Pick<ContactRow, "tenantId" | "provider" | "waId" | "userId">;

const columns = sql`c.id, c.tenant_id as "tenantId", c.provider, c.wa_id as "waId", c.user_id as "userId",
  c.username, c.profile_name as "profileName", c.updated_at as "seenAt"`;

/** Every contact that carries one of the ids. A wa_id and a user_id may lead to two of them, or twice to one. */
export async function findContacts(trx: Transaction<Schema>, names: Names[]): Promise<StoredContact[]> {
  const { rows } = await sql<StoredContact>`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(names)}::json)
        as w ("tenantId" uuid, provider text, "waId" text, "userId" text))
    select ${columns} from wanted w join contacts c
        on c.tenant_id = w."tenantId" and c.provider = w.provider and c.wa_id = w."waId"
     union all
    select ${columns} from wanted w join contacts c
        on c.tenant_id = w."tenantId" and c.provider = w.provider and c.user_id = w."userId"`.execute(trx);
  return rows;
}

/**
 * Adds contacts. One that another transaction added in the meantime is left out: by now it is committed, and finding
 * again shows it.
 */
export async function addContacts(trx: Transaction<Schema>, contacts: ContactRow[]): Promise<void> {
  // Sorted, so that two transactions that add the same people wait for each other and never in a circle.
  await sql`
    insert into contacts (tenant_id, provider, wa_id, user_id, username, profile_name, updated_at)
    select r."tenantId", r.provider, r."waId", r."userId", r.username, r."profileName", r."seenAt"
      from json_to_recordset(${JSON.stringify(contacts)}::json)
        as r ("tenantId" uuid, provider text, "waId" text, "userId" text, username text, "profileName" text,
              "seenAt" timestamptz)
     order by 1, 2, 3, 4
        on conflict do nothing`.execute(trx);
}

/**
 * Fills in an id that a contact lacks and takes newer names. An id is never changed once set. Fails with 23505 when
 * another transaction gave that id to another contact in the meantime.
 */
export async function fillInContacts(trx: Transaction<Schema>, contacts: StoredContact[]): Promise<void> {
  if (contacts.length === 0) return;
  await sql`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(contacts)}::json)
        as r (id bigint, "waId" text, "userId" text, username text, "profileName" text, "seenAt" timestamptz)),
    held as materialized (
      select c.id from contacts c join wanted w on w.id = c.id order by c.id for no key update of c)
    update contacts c
       set wa_id = coalesce(c.wa_id, w."waId"),
           user_id = coalesce(c.user_id, w."userId"),
           username = case when w."seenAt" >= c.updated_at then coalesce(w.username, c.username)
                           else coalesce(c.username, w.username) end,
           profile_name = case when w."seenAt" >= c.updated_at then coalesce(w."profileName", c.profile_name)
                               else coalesce(c.profile_name, w."profileName") end,
           updated_at = greatest(c.updated_at, w."seenAt")
      from wanted w join held h on h.id = w.id
     where c.id = w.id`.execute(trx);
}

export interface ConversationKey {
  tenantId: string;
  connectionId: string;
  contactId: string;
}

export type StoredConversation = ConversationKey & { id: string };

/** Finds or begins each conversation; `keys` hold no duplicates. Answers them all, whoever began them. */
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
  return sql`json_to_recordset(${JSON.stringify(keys)}::json)
    as k ("tenantId" uuid, "connectionId" uuid, "contactId" bigint)`;
}

export interface ConversationTimes {
  id: string;
  lastMessageAt: Date;
  lastInboundAt: Date | null;
}

/** Moves the times of conversations forward, never back. */
export async function advanceConversations(
  trx: Transaction<Schema>,
  times: ConversationTimes[],
): Promise<void> {
  if (times.length === 0) return;
  await sql`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(times)}::json)
        as r (id bigint, "lastMessageAt" timestamptz, "lastInboundAt" timestamptz)),
    held as materialized (
      select c.id from conversations c join wanted w on w.id = c.id
       where w."lastMessageAt" > coalesce(c.last_message_at, '-infinity')
          or w."lastInboundAt" > coalesce(c.last_inbound_at, '-infinity')
       order by c.id for no key update of c)
    update conversations c
       set last_message_at = greatest(c.last_message_at, w."lastMessageAt"),
           last_inbound_at = greatest(c.last_inbound_at, w."lastInboundAt")
      from wanted w join held h on h.id = w.id
     where c.id = w.id`.execute(trx);
}
