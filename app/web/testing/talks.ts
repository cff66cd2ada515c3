/** Conversations and messages as ingest would have left them. For tests of the inbox's pages. */
import type { TestDatabase } from "../../../db/testing/test-database.ts";

interface Talk {
  name?: string | null;
  waId?: string | null;
  username?: string | null;
}

export interface Said {
  type?: string;
  body?: string | null;
  content?: object;
  outbound?: string;
  error?: object;
  at?: string;
  sentBy?: "business_app" | "agent" | "other_app";
  /** As Meta names it. */
  wamid?: string;
}

export function talks(database: () => TestDatabase) {
  let last = 0;

  /** A conversation without messages, newer than those before it; returns its id. */
  async function conversation(tenantId: string, { name = null, waId = null, username = null }: Talk = {}) {
    last += 1;
    const [row] = await database().sql<{ id: string }>(
      `with line as (insert into channel_connections (tenant_id, provider, status) values ($1, 'meta_whatsapp', 'pending') returning id),
         person as (insert into contacts (tenant_id, provider, profile_name, wa_id, username, user_id)
           values ($1, 'meta_whatsapp', $2, $3, $4, 'MX.' || $5::int) returning id)
       insert into conversations (tenant_id, connection_id, contact_id, last_message_at)
       select $1, line.id, person.id, timestamptz '2026-11-01' + make_interval(mins => $5::int) from line, person returning id`,
      [tenantId, name, waId, username, last],
    );
    if (!row) throw new Error("no conversation");
    return row.id;
  }

  /** One message. It moves the time of what came in last, and the conversation's place in the list stays. */
  async function say(tenantId: string, conversationId: string, said: Said = {}): Promise<string> {
    last += 1;
    const { type = "text", body = null, content = {}, outbound, error, at = "2026-11-22T18:20:00Z" } = said;
    const step = outbound && outbound !== "received" ? `, ${outbound}_at` : "";
    const [row] = await database().sql<{ id: string }>(
      `with told as (update conversations set last_inbound_at = greatest(last_inbound_at, $9) where id = $2 and $4 = 'inbound')
       insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content,
         occurred_at, error, sent_by${step})
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11${step ? ", '2026-11-22T19:00:00Z'" : ""}) returning id`,
      [
        tenantId,
        conversationId,
        said.wamid ?? `wamid.${last}`,
        outbound ? "outbound" : "inbound",
        type,
        outbound ?? "received",
        body,
        JSON.stringify(content),
        at,
        error ? JSON.stringify(error) : null,
        said.sentBy ?? null,
      ],
    );
    if (!row) throw new Error("no message");
    return row.id;
  }

  return { conversation, say };
}
