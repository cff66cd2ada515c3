/** Reading a tenant's conversations and their messages, newest first, page by page on the key of the last row. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../client.ts";
import type { MessageStatus, Schema } from "../schema.ts";

/** Where a page ended: a time with microseconds, which a Date would cut off, and the row's id. */
export interface PageKey {
  at: string;
  id: string;
}

export interface ContactRow {
  profile_name: string | null;
  username: string | null;
  wa_id: string | null;
}

export interface ConversationRow extends ContactRow {
  id: string;
  connection_id: string;
  last_message_at: Date;
  /** `last_message_at` for a PageKey. */
  page_at: string;
  message_type: string | null;
  message_direction: "inbound" | "outbound" | null;
  message_status: MessageStatus | null;
  message_body: string | null;
  message_content: Record<string, unknown> | null;
}

/** At most `limit` conversations after `after`, each with its latest message. Those without any message are left out. */
export async function listConversationRows(
  tdb: TenantDb,
  tenantId: string,
  { after, limit }: { after: PageKey | undefined; limit: number },
): Promise<ConversationRow[]> {
  let query = withContact(tdb, tenantId)
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom("messages as m")
          .select(["m.type as message_type", "m.direction as message_direction"])
          .select(["m.status as message_status", "m.body as message_body", "m.content as message_content"])
          .whereRef("m.tenant_id", "=", "c.tenant_id")
          .whereRef("m.conversation_id", "=", "c.id")
          .orderBy("m.occurred_at", "desc")
          .orderBy("m.id", "desc")
          .limit(1)
          .as("last"),
      (join) => join.onTrue(),
    )
    .selectAll("last")
    .select((eb) => eb.ref("c.last_message_at").$notNull().as("last_message_at"))
    .select(pageTime("c.last_message_at").as("page_at"))
    .where("c.last_message_at", "is not", null)
    .orderBy(sql`c.last_message_at desc nulls last`)
    .orderBy("c.id", "desc")
    .limit(limit);
  if (after) {
    query = query.where(
      sql<boolean>`(c.last_message_at, c.id) < (${after.at}::timestamptz, ${after.id}::bigint)`,
    );
  }
  return query.execute();
}

/** The conversation with its contact, or undefined: there is none, or it is another tenant's. */
export async function findConversationRow(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<(ContactRow & { id: string; connection_id: string }) | undefined> {
  return withContact(tdb, tenantId).where("c.id", "=", id).executeTakeFirst();
}

function withContact(tdb: TenantDb, tenantId: string) {
  return tdb
    .selectFrom("conversations as c")
    .innerJoin("contacts as p", (join) =>
      join.onRef("p.tenant_id", "=", "c.tenant_id").onRef("p.id", "=", "c.contact_id"),
    )
    .select(["c.id", "c.connection_id", "p.profile_name", "p.username", "p.wa_id"])
    .where("c.tenant_id", "=", tenantId);
}

export type MessageRow = Selectable<Schema["messages"]> & { page_at: string };

/** At most `limit` messages of a conversation that are older than `before`, the newest first. */
export async function listMessageRows(
  tdb: TenantDb,
  tenantId: string,
  conversationId: string,
  { before, limit }: { before: PageKey | undefined; limit: number },
): Promise<MessageRow[]> {
  let query = tdb
    .selectFrom("messages as m")
    .selectAll("m")
    .select(pageTime("m.occurred_at").as("page_at"))
    .where("m.tenant_id", "=", tenantId)
    .where("m.conversation_id", "=", conversationId)
    .orderBy("m.occurred_at", "desc")
    .orderBy("m.id", "desc")
    .limit(limit);
  if (before) {
    query = query.where(
      sql<boolean>`(m.occurred_at, m.id) < (${before.at}::timestamptz, ${before.id}::bigint)`,
    );
  }
  return query.execute();
}

function pageTime(column: string) {
  return sql<string>`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
