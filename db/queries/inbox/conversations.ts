/** A tenant's conversations, newest first, page by page on the key of the last row, all of them or those a search finds. */
import { sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { MessageStatus } from "../../schema.ts";

/** Where a page ended: a time with microseconds, which a Date would cut off, and the row's id. */
export interface PageKey {
  at: string;
  /** Of a message. */
  deliveryId?: string;
  id: string;
}

export interface ContactRow {
  /** The channel that the contact, and so the conversation, is on. */
  provider: string;
  /** What the business calls them itself. */
  saved_name: string | null;
  profile_name: string | null;
  username: string | null;
  wa_id: string | null;
  /** Set for a group. */
  group_id: string | null;
}

/** Who of a group said something. */
export type SenderRow = Pick<ContactRow, "saved_name" | "profile_name" | "username" | "wa_id">;

export interface ConversationRow extends ContactRow {
  id: string;
  connection_id: string;
  last_message_at: Date;
  /** `last_message_at` for a PageKey. */
  page_at: string;
  /** Messages of the customer that came after what was opened last; counted up to `mostUnread`. */
  unread: number;
  message_type: string | null;
  message_direction: "inbound" | "outbound" | null;
  message_status: MessageStatus | null;
  message_sent_by: "business_app" | "agent" | "other_app" | null;
  message_body: string | null;
  message_content: Record<string, unknown> | null;
  sender_id: string | null;
  sender_saved_name: string | null;
  sender_profile_name: string | null;
  sender_username: string | null;
  sender_wa_id: string | null;
}

export interface PageWish {
  after: PageKey | undefined;
  limit: number;
  /** What the contact's name or number has to hold, all of it; undefined for every conversation. */
  terms?: string[] | undefined;
}

/** Beyond it nobody counts. */
const mostUnread = 100;

/** At most `limit` conversations after `after`, each with its latest message. Those without any message are left out. */
export async function listConversationRows(
  tdb: TenantDb,
  tenantId: string,
  { after, limit, terms }: PageWish,
): Promise<ConversationRow[]> {
  let query = withContact(tdb, tenantId)
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom("messages as m")
          .select(["m.type as message_type", "m.direction as message_direction"])
          .select("m.sent_by as message_sent_by")
          .select(["m.status as message_status", "m.body as message_body", "m.content as message_content"])
          .select("m.sender_contact_id as sender_id")
          .whereRef("m.tenant_id", "=", "c.tenant_id")
          .whereRef("m.conversation_id", "=", "c.id")
          .orderBy(newestMessageFirst)
          .limit(1)
          .as("last"),
      (join) => join.onTrue(),
    )
    .leftJoin("contacts as s", (join) =>
      join.onRef("s.tenant_id", "=", "c.tenant_id").onRef("s.id", "=", "last.sender_id"),
    )
    .select([
      "s.saved_name as sender_saved_name",
      "s.profile_name as sender_profile_name",
      "s.username as sender_username",
      "s.wa_id as sender_wa_id",
    ])
    .selectAll("last")
    .select((eb) => eb.ref("c.last_message_at").$notNull().as("last_message_at"))
    .select([pageTime("c.last_message_at").as("page_at"), unread.as("unread")])
    .where("c.last_message_at", "is not", null)
    .orderBy(sql`c.last_message_at desc nulls last`)
    .orderBy("c.id", "desc")
    .limit(limit);
  if (terms) query = query.where(found(terms, after, limit));
  else if (after) query = query.where(isBefore(after));
  return query.execute();
}

/**
 * Meta tells the second and no less: what came in one second stands as it arrived (`upsertMessages`). The index of a
 * thread has this order.
 */
export const newestMessageFirst = sql`m.occurred_at desc, m.delivery_id desc, m.id desc`;

/** There is a message of the customer that came after what was opened last. */
export const isUnread = sql<boolean>`c.last_inbound_at > coalesce(c.read_up_to, '-infinity')`;

/** Counted in the rows that are shown only, along the index of the thread. */
const unread = sql<number>`
  case when ${isUnread} then greatest(1, (
    select count(*)::int from (
      select from messages u
       where u.tenant_id = c.tenant_id and u.conversation_id = c.id and u.direction = 'inbound' and u.counts_unread
         and u.occurred_at > coalesce(c.read_up_to, '-infinity') limit ${sql.lit(mostUnread)}) counted))
  else 0 end`;

/** The function looks in the workspace that the transaction names, and returns the ids of one page. */
function found(terms: string[], after: PageKey | undefined, limit: number) {
  return sql<boolean>`c.id = any(array(
    select app.search_conversations(${terms}::text[], ${after?.at ?? null}::timestamptz, ${after?.id ?? null}::bigint,
      ${limit}::int)))`;
}

export function withContact(tdb: TenantDb, tenantId: string) {
  return tdb
    .selectFrom("conversations as c")
    .innerJoin("contacts as p", (join) =>
      join.onRef("p.tenant_id", "=", "c.tenant_id").onRef("p.id", "=", "c.contact_id"),
    )
    .select([
      "c.id",
      "c.connection_id",
      "p.provider",
      "p.saved_name",
      "p.profile_name",
      "p.username",
      "p.wa_id",
      "p.group_id",
    ])
    .where("c.tenant_id", "=", tenantId);
}

/** Older than the key, as one comparison of rows: an index on both columns goes straight to it. */
function isBefore({ at, id }: PageKey) {
  return sql<boolean>`(c.last_message_at, c.id) < (${at}::timestamptz, ${id}::bigint)`;
}

export function pageTime(column: string) {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
