/** Messages as ingest writes them: one statement for all of a job, in which order and repetition do not matter. */
import { sql, type Transaction } from "kysely";
import { recordset } from "../../recordset.ts";
import { type MessageStatus, messageStatuses, type Schema } from "../../schema.ts";

export interface StoredMessage {
  providerMessageId: string;
  tenantId: string;
  conversationId: string;
  direction: "inbound" | "outbound";
}

/**
 * How much of a message there is: only statuses of it, a placeholder, a copy from a history, the message as it came. Of a
 * call: that it began, that it was answered or declined, its end.
 */
export type Completeness = 0 | 1 | 2 | 3;

export type KnownMessage = StoredMessage & { completeness: Completeness };

/** What we already have of these messages, whoever's they are. */
export async function findMessages(trx: Transaction<Schema>, ids: string[]): Promise<KnownMessage[]> {
  const { rows } = await sql<KnownMessage>`
    select provider_message_id as "providerMessageId", tenant_id as "tenantId",
           conversation_id as "conversationId", direction, completeness
      from messages where provider_message_id = any(${ids}::text[])`.execute(trx);
  return rows;
}

/**
 * Who sent it when it was not us, the least sure first: what is told as another app's may be told again as the
 * assistant's, and of the business's phone only its own words say so.
 */
export const senders = ["other_app", "agent", "business_app"] as const;

export interface MessageRow extends StoredMessage {
  /** In a group: who of it said it. */
  senderContactId: string | null;
  type: string;
  status: MessageStatus;
  sentBy: (typeof senders)[number] | null;
  countsUnread: boolean;
  completeness: Completeness;
  body: string | null;
  /** Empty for a message of which only statuses are known. */
  content: Record<string, unknown>;
  occurredAt: Date;
  sentAt: Date | null;
  deliveredAt: Date | null;
  readAt: Date | null;
  playedAt: Date | null;
  failedAt: Date | null;
  error: Record<string, unknown> | null;
  /** A set: each thing told with a step, under a digest of itself. */
  statusDetail: Record<string, unknown> | null;
  deliveryId: string;
  receivedAtUs: number;
}

/**
 * Stores messages and statuses; `rows` hold each message once. Whatever order rows of the same message come in, and
 * however often, its row ends the same: what is more complete replaces what is less, and never the other way; the status
 * is the highest in rank; each step keeps its earliest time and a failure its error; `status_detail` holds all that was
 * told; `delivery_id` is the first delivery that spoke of it. New rows get ascending ids in the order of `rows`. A row
 * of another tenant, or of the other direction, is left as it is. Returns the ids it wrote.
 */
export async function upsertMessages(trx: Transaction<Schema>, rows: MessageRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const { rows: written } = await sql<{ id: string }>`
    insert into messages as m (id, tenant_id, conversation_id, provider_message_id, direction, type, status, body,
      content, occurred_at, sent_at, delivered_at, read_at, played_at, failed_at, error, status_detail, delivery_id,
      sent_by, counts_unread, completeness, sender_contact_id, received_at) overriding system value
    select r.id, r."tenantId", r."conversationId", r."providerMessageId", r.direction, r.type, r.status, r.body, r.content,
           r."occurredAt", r."sentAt", r."deliveredAt", r."readAt", r."playedAt", r."failedAt", r.error,
           r."statusDetail", r."deliveryId", r."sentBy", r."countsUnread", r.completeness,
           r."senderContactId",
           timestamptz 'epoch' + r."receivedAtUs" * interval '1 microsecond'
      from (select nextval('messages_id_seq') as id, j.* from ${recordset(rows)} as j (
        "tenantId" uuid, "conversationId" bigint, "providerMessageId" text, direction text, type text, status text,
        body text, content jsonb, "occurredAt" timestamptz, "sentAt" timestamptz, "deliveredAt" timestamptz,
        "readAt" timestamptz, "playedAt" timestamptz, "failedAt" timestamptz, error jsonb, "statusDetail" jsonb,
        "deliveryId" bigint, "sentBy" text, "countsUnread" boolean, completeness smallint, "senderContactId" bigint, "receivedAtUs" bigint)) r
     order by r."providerMessageId"
        on conflict (provider_message_id) do update set ${merged}
     where m.tenant_id = excluded.tenant_id and m.direction = excluded.direction and (${isNews})
    returning provider_message_id as id`.execute(trx);
  return new Set(written.map(({ id }) => id));
}

const isMoreComplete = sql.raw("excluded.completeness > m.completeness");
const onlyStatuses = sql.raw("m.completeness = 0");
const becomesUnread = sql.raw("excluded.counts_unread and not m.counts_unread");
const sureness = (sender: string) => `coalesce(array_position('{${senders}}'::text[], ${sender}), 0)`;
/** As much is told of it, by somebody who knows better who sent it. */
const isSurer = sql.raw(
  `excluded.completeness = m.completeness and ${sureness("excluded.sent_by")} > ${sureness("m.sent_by")}`,
);
/** As much is told of it, and something besides that was not told before. */
const bringsMore = sql.raw(
  "excluded.completeness = m.completeness and not m.content ?& array(select jsonb_object_keys(excluded.content))",
);
const rank = (status: string) => sql.raw(`array_position('{${messageStatuses}}'::text[], ${status})`);
/** Two failures in one second: the lower code stays, whichever came first. */
const sameFailure = sql.raw(`excluded.failed_at = m.failed_at`);
const steps = ["sent_at", "delivered_at", "read_at", "played_at"];

/** What comes with the message itself, and not with its statuses. */
const contents = ["conversation_id", "type", "body", "completeness", "sender_contact_id"];

function takenOver(column: string) {
  return sql`${sql.ref(column)} = case when ${isMoreComplete} then ${sql.ref(`excluded.${column}`)} else ${sql.ref(`m.${column}`)} end`;
}

const merged = sql`
  ${sql.join(contents.map((column) => takenOver(column)))},
  content = case when ${isMoreComplete} then excluded.content
                 when ${bringsMore} then excluded.content || m.content
                 else m.content end,
  sent_by = case when ${isMoreComplete} or ${isSurer} then excluded.sent_by else m.sent_by end,
  occurred_at = case when ${isMoreComplete} then excluded.occurred_at
                     when ${onlyStatuses} then least(m.occurred_at, excluded.occurred_at)
                     else m.occurred_at end,
  counts_unread = case when ${onlyStatuses} then excluded.counts_unread else m.counts_unread or excluded.counts_unread end,
  status = case when ${rank("excluded.status")} > ${rank("m.status")} then excluded.status else m.status end,
  ${sql.raw(steps.map((step) => `${step} = least(m.${step}, excluded.${step})`).join(", "))},
  failed_at = least(m.failed_at, excluded.failed_at),
  error = case when excluded.failed_at < coalesce(m.failed_at, 'infinity') then excluded.error
               when ${sameFailure} and excluded.error -> 'code' < m.error -> 'code' then excluded.error
               else m.error end,
  status_detail = case when excluded.status_detail is null then m.status_detail
                       else coalesce(m.status_detail, '{}') || excluded.status_detail end,
  delivery_id = least(m.delivery_id, excluded.delivery_id),
  received_at = least(m.received_at, excluded.received_at)`;

/** A repetition must not write: it would only make dead rows. */
const isNews = sql`
  ${isMoreComplete} or ${becomesUnread} or ${isSurer} or ${bringsMore}
  or ${rank("excluded.status")} > ${rank("m.status")}
  or ${onlyStatuses} and excluded.occurred_at < m.occurred_at
  or ${sql.raw(steps.map((step) => `excluded.${step} < coalesce(m.${step}, 'infinity')`).join(" or "))}
  or excluded.failed_at < coalesce(m.failed_at, 'infinity')
  or ${sameFailure} and excluded.error -> 'code' < m.error -> 'code'
  or not coalesce(m.status_detail, '{}') @> excluded.status_detail
  or excluded.delivery_id < m.delivery_id or excluded.received_at < m.received_at`;
