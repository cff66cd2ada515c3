/** Reading the inbox: a tenant's conversations and threads, as a person sees them. Nothing here writes. */
import { type Db, withTenant } from "../../db/client.ts";
import {
  type ContactRow,
  type ConversationRow,
  findConversationRow,
  listConversationRows,
  listMessageRows,
  type PageKey,
} from "../../db/queries/conversations.ts";
import { inGroups } from "../platform/phone-number.server.ts";
import {
  contentView,
  type MessageContentView,
  type MessageView,
  messageView,
} from "./message-view.server.ts";

export type { MessageContentView, MessageView } from "./message-view.server.ts";

export interface ContactView {
  /** The name they gave themselves, else their username; null when they gave neither. */
  name: string | null;
  /** As people read it: `+52 55 1234 5678`; null when Meta has not told it. */
  phoneNumber: string | null;
}

export interface ConversationView {
  id: string;
  contact: { name: string | null; lastDigits: string | null };
  lastMessageAt: Date;
  preview: (MessageContentView & { direction: "inbound" | "outbound"; failed: boolean }) | null;
}

export interface Page<Item> {
  items: Item[];
  /** Cursor of the page of older items; null when there is none. */
  older: string | null;
}

const pageSize = 50;

/** The tenant's conversations, the one with the newest message first, 50 at a time. A cursor that is no cursor starts anew. */
export async function listConversations(
  deps: { db: Db },
  tenantId: string,
  cursor: string | null,
): Promise<Page<ConversationView>> {
  const after = readCursor(cursor);
  const rows = await withTenant(deps.db, tenantId, (tdb) =>
    listConversationRows(tdb, tenantId, { after, limit: pageSize + 1 }),
  );
  return pageOf(rows, conversationView);
}

export interface Thread {
  id: string;
  contact: ContactView;
  /** Oldest first. */
  messages: Page<MessageView>;
}

/** One conversation with its newest 50 messages (or those before the cursor); null when this tenant has no such one. */
export async function readThread(
  deps: { db: Db },
  tenantId: string,
  conversationId: string,
  cursor: string | null,
): Promise<Thread | null> {
  if (!/^[1-9]\d{0,17}$/.test(conversationId)) return null;
  const before = readCursor(cursor);
  return withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findConversationRow(tdb, tenantId, conversationId);
    if (!row) return null;
    const rows = await listMessageRows(tdb, tenantId, conversationId, { before, limit: pageSize + 1 });
    const page = pageOf(rows, messageView);
    return { id: row.id, contact: contactView(row), messages: { ...page, items: page.items.reverse() } };
  });
}

function pageOf<Row extends { id: string; page_at: string }, Item>(
  rows: Row[],
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    older: rows.length > pageSize && last ? `${last.page_at}_${last.id}` : null,
  };
}

function readCursor(cursor: string | null): PageKey | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)_(\d{1,18})$/.exec(cursor ?? "");
  const [, at, id] = parts ?? [];
  return at && id && !Number.isNaN(Date.parse(at)) ? { at, id } : undefined;
}

function contactView(row: ContactRow): ContactView {
  return {
    name: row.profile_name?.trim() || (row.username ? `@${row.username}` : null),
    phoneNumber: row.wa_id && /^\d{5,20}$/.test(row.wa_id) ? inGroups(`+${row.wa_id}`) : row.wa_id,
  };
}

function conversationView(row: ConversationRow): ConversationView {
  const { name, phoneNumber } = contactView(row);
  const { message_type: type, message_direction: direction } = row;
  return {
    id: row.id,
    contact: { name, lastDigits: phoneNumber?.replaceAll(/\D/g, "").slice(-4) ?? null },
    lastMessageAt: row.last_message_at,
    preview:
      type && direction
        ? {
            ...contentView(type, row.message_body, row.message_content ?? {}),
            direction,
            failed: row.message_status === "failed",
          }
        : null,
  };
}
