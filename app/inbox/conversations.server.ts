/** Reading the inbox: a tenant's conversations and threads, as a person sees them. Nothing here writes. */
import { type Db, withTenant } from "../../db/client.ts";
import {
  type ContactRow,
  type ConversationRow,
  findConversationRow,
  listConversationRows,
  listMessageRows,
  type MessageRow,
  type PageKey,
} from "../../db/queries/conversations.ts";
import type { MessageStatus } from "../../db/schema.ts";
import type { MessageKind } from "./message-kinds.ts";

export interface ContactView {
  /** The name they gave themselves, else their username; null when they gave neither. */
  name: string | null;
  /** E.164 with a leading +; null when Meta has not told it. */
  phoneNumber: string | null;
}

export interface MessageContentView {
  kind: MessageKind;
  /** Their words: text, caption, title of a reply, a place's name. Plain text, never markup. */
  text: string | null;
  /** What else helps to recognise it: a file's name, coordinates, how many items. */
  detail: string | null;
}

export interface ConversationView {
  id: string;
  contact: { name: string | null; lastDigits: string | null };
  lastMessageAt: Date;
  preview: (MessageContentView & { direction: "inbound" | "outbound"; failed: boolean }) | null;
}

export interface MessageView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  at: Date;
  status: MessageStatus;
  statusAt: Date;
  /** Meta's own words for a failure. */
  failure: string | null;
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
    phoneNumber: row.wa_id && /^\d{5,20}$/.test(row.wa_id) ? `+${row.wa_id}` : row.wa_id,
  };
}

function conversationView(row: ConversationRow): ConversationView {
  const { name, phoneNumber } = contactView(row);
  const { message_type: type, message_direction: direction } = row;
  return {
    id: row.id,
    contact: { name, lastDigits: phoneNumber?.slice(-4) ?? null },
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

function messageView(row: MessageRow): MessageView {
  return {
    ...contentView(row.type, row.body, row.content),
    id: row.id,
    direction: row.direction,
    at: row.occurred_at,
    status: row.status,
    statusAt: statusTime(row),
    failure: row.status === "failed" ? textAt(row.error, "title") : null,
  };
}

function statusTime(row: MessageRow): Date {
  const times: Record<MessageStatus, Date | null> = {
    received: row.received_at,
    sent: row.sent_at,
    delivered: row.delivered_at,
    read: row.read_at,
    played: row.played_at,
    failed: row.failed_at,
  };
  return times[row.status] ?? row.occurred_at;
}

const plainKinds = new Map<string, MessageKind>([
  ...(["text", "image", "video", "audio", "document", "sticker", "location", "contacts"] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ...(["order", "template", "system", "edit", "revoke", "unknown"] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ["interactive", "reply"],
  ["button", "reply"],
  ["request_welcome", "welcome"],
]);

/** What to show of a message of Meta's `type`. Content is as Meta sent it, so nothing about its shape is taken for granted. */
export function contentView(
  type: string,
  body: string | null,
  content: Record<string, unknown>,
): MessageContentView {
  const item = content[type];
  if (type === "reaction") return { kind: body ? "reaction" : "reaction_removed", text: body, detail: null };
  if (type === "audio") {
    const isVoice = (item as { voice?: unknown } | undefined)?.voice === true;
    return { kind: isVoice ? "voice" : "audio", text: body, detail: null };
  }
  const kind = plainKinds.get(type) ?? "unsupported";
  const filename = kind === "document" ? textAt(item, "filename") : null;
  const detail = filename !== body ? filename : null;
  return { kind, text: body, detail: kind === "location" && !body ? coordinates(item) : detail };
}

function coordinates(item: unknown): string | null {
  const { latitude, longitude } = (item ?? {}) as { latitude?: unknown; longitude?: unknown };
  return typeof latitude === "number" && typeof longitude === "number"
    ? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
    : null;
}

function textAt(value: unknown, name: string): string | null {
  const text = (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof text === "string" && text !== "" ? text.slice(0, 200) : null;
}
