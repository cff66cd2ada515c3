/** One conversation of a tenant: its messages page by page, what they refer to, and that somebody has opened it. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { Schema } from "../../schema.ts";
import {
  type ContactRow,
  isUnread,
  newestMessageFirst,
  type PageKey,
  pageTime,
  type SenderRow,
  withContact,
} from "./conversations.ts";

export interface ThreadRow extends ContactRow {
  id: string;
  connection_id: string;
  /** Whether the contact wants marketing messages; null where they never told. */
  marketing: "wanted" | "unwanted" | null;
  /** Time of the newest message of the customer when it is one that nobody has opened, else null. */
  unread_up_to: string | null;
}

/** The conversation with its contact, or undefined: there is none, or it is another tenant's. */
export async function findThreadRow(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<ThreadRow | undefined> {
  return withContact(tdb, tenantId)
    .select("p.marketing")
    .select(
      sql<string | null>`case when ${isUnread} then ${pageTime("c.last_inbound_at")} end`.as("unread_up_to"),
    )
    .where("c.id", "=", id)
    .executeTakeFirst();
}

/** The conversation that this one became part of, if it did. */
export async function findMovedTo(tdb: TenantDb, tenantId: string, id: string): Promise<string | undefined> {
  const alias = await tdb
    .selectFrom("conversation_aliases")
    .select("conversation_id")
    .where("tenant_id", "=", tenantId)
    .where("former_id", "=", id)
    .executeTakeFirst();
  return alias?.conversation_id;
}

/**
 * Notes that everything up to `upTo` was opened; never takes back what was noted. A row that ingest holds is left alone,
 * so that no page waits for it: a newer message is then about to arrive, and the conversation is unread anyway. Returns
 * whether there was something to note.
 */
export async function markRead(
  tdb: TenantDb,
  tenantId: string,
  { id, upTo }: { id: string; upTo: string },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update conversations set read_up_to = ${upTo}::timestamptz
     where tenant_id = ${tenantId} and id = (
       select id from conversations
        where tenant_id = ${tenantId} and id = ${id} and coalesce(read_up_to, '-infinity') < ${upTo}::timestamptz
          for no key update skip locked)`.execute(tdb);
  return numAffectedRows === 1n;
}

export type MessageRow = Selectable<Schema["messages"]> & {
  page_at: string;
  /** Of one to a group: what those who have it are compared by, under the names that its steps give them. */
  participant_keys: Record<string, string> | null;
};

const participantKeys = sql<MessageRow["participant_keys"]>`
  case when m.status_detail is not null then (
    select jsonb_object_agg(step.value ->> 'participant', app.number_key(step.value ->> 'participant'))
      from jsonb_each(m.status_detail) step where jsonb_typeof(step.value -> 'participant') = 'string') end`;

function messagesOf(tdb: TenantDb, tenantId: string, conversationId: string) {
  return tdb
    .selectFrom("messages as m")
    .selectAll("m")
    .select(pageTime("m.occurred_at").as("page_at"))
    .select(participantKeys.as("participant_keys"))
    .where("m.tenant_id", "=", tenantId)
    .where("m.conversation_id", "=", conversationId)
    .orderBy(newestMessageFirst);
}

const place = sql`(m.occurred_at, m.delivery_id, m.id)`;

function placeOf({ at, deliveryId = "0", id }: PageKey) {
  return sql`(${at}::timestamptz, ${deliveryId}::bigint, ${id}::bigint)`;
}

/** At most `limit` messages of a conversation that are older than `before`, the newest first. */
export async function listMessageRows(
  tdb: TenantDb,
  tenantId: string,
  conversationId: string,
  { before, limit }: { before: PageKey | undefined; limit: number },
): Promise<MessageRow[]> {
  const query = messagesOf(tdb, tenantId, conversationId).limit(limit);
  return (before ? query.where(sql<boolean>`${place} < ${placeOf(before)}`) : query).execute();
}

/** Those of these contacts of the tenant that are there, by id. */
export async function findSenderRows(
  tdb: TenantDb,
  tenantId: string,
  ids: string[],
): Promise<Map<string, SenderRow>> {
  if (ids.length === 0) return new Map();
  const rows = await tdb
    .selectFrom("contacts")
    .select(["id", "saved_name", "profile_name", "username", "wa_id"])
    .where("tenant_id", "=", tenantId)
    .where("id", "in", ids)
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}

/** How a channel stores what is said about another message: a reaction, an edit, a deletion. */
export interface MarkTypes {
  /** All of them. */
  types: string[];
  /** Of a deletion: its type, and where in `content` the id of the deleted message stands. Null: nobody can delete. */
  deletion: { type: string; idPath: string[] } | null;
  /** After so many days a message is neither edited nor deleted any more. */
  withinDays: number;
}

/** Marks of the days after a page of older messages, the newest first: they may be about messages on it. */
export async function listLaterMarks(
  tdb: TenantDb,
  tenantId: string,
  conversationId: string,
  { newest, marks }: { newest: PageKey; marks: MarkTypes },
): Promise<MessageRow[]> {
  if (marks.types.length === 0) return [];
  return messagesOf(tdb, tenantId, conversationId)
    .where("m.type", "in", marks.types)
    .where(
      sql<boolean>`${place} > ${placeOf(newest)}
        and m.occurred_at <= ${newest.at}::timestamptz + make_interval(days => ${marks.withinDays})`,
    )
    .limit(200)
    .execute();
}

export type QuotedRow = Pick<
  MessageRow,
  | "id"
  | "delivery_id"
  | "provider_message_id"
  | "direction"
  | "sender_contact_id"
  | "type"
  | "body"
  | "content"
  | "page_at"
> & {
  /** By whoever had sent it. */
  is_deleted: boolean;
};

/** Those of the messages, named by the platform's ids, that belong to this conversation. */
export async function findQuotedRows(
  tdb: TenantDb,
  tenantId: string,
  conversationId: string,
  { providerMessageIds, marks: { deletion, withinDays } }: { providerMessageIds: string[]; marks: MarkTypes },
): Promise<QuotedRow[]> {
  if (providerMessageIds.length === 0) return [];
  return tdb
    .selectFrom("messages as m")
    .select(["m.id", "m.provider_message_id", "m.direction", "m.type", "m.body", "m.content"])
    .select(["m.delivery_id", "m.sender_contact_id", pageTime("m.occurred_at").as("page_at")])
    .select(
      sql<boolean>`exists (
        select from messages r
         where r.tenant_id = m.tenant_id and r.conversation_id = m.conversation_id and r.direction = m.direction
           and r.sender_contact_id is not distinct from m.sender_contact_id
           and r.type = ${deletion?.type ?? null}::text
           and r.content #>> ${deletion?.idPath ?? []}::text[] = m.provider_message_id
           and r.occurred_at between m.occurred_at and m.occurred_at + make_interval(days => ${withinDays}))`.as(
        "is_deleted",
      ),
    )
    .where("m.provider_message_id", "in", providerMessageIds)
    .where("m.tenant_id", "=", tenantId)
    .where("m.conversation_id", "=", conversationId)
    .execute();
}
