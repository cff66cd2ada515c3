/** The inbox as a list: a tenant's conversations, as a person sees them. Nothing here writes. */
import { type Db, withTenant } from "../../../db/client.ts";
import {
  type ContactRow,
  type ConversationRow,
  listConversationRows,
  type PageKey,
  type SenderRow,
} from "../../../db/queries/inbox/conversations.ts";
import { type ChannelId, isChannelId } from "../../integrations/catalog.ts";
import type { ChannelMessages } from "../../integrations/channel.server.ts";
import type { OutsideSender } from "../../integrations/message.ts";
import { inGroups } from "../../platform/phone-number.server.ts";
import { isBlank, readMoment, readRowId } from "../../platform/text.ts";
import { conversationSearch } from "./conversation-search.server.ts";
import type { MessageContentView } from "./message-view.server.ts";
import { type OwnNumberView, readOwnNumbers } from "./own-numbers.server.ts";

/** What reading the inbox takes. */
export interface InboxReading {
  db: Db;
  messageReaders: Record<ChannelId, ChannelMessages>;
}

export interface ContactView {
  /** The name the business gave them, else the one they gave themselves, else their username; null when they gave neither. */
  name: string | null;
  /** As people read it: `+52 55 1234 5678`; null when Meta has not told it. */
  phoneNumber: string | null;
  /** Several people talk there. */
  isGroup?: true;
}

export interface ConversationView {
  id: string;
  /** The number is left out where a name stands for it, unless numbers are what was searched for. */
  contact: ContactView;
  /** Which of ours it is with; null while the workspace has one. */
  ownNumber: OwnNumberView | null;
  lastMessageAt: Date;
  /** Messages that nobody of the workspace has opened; 100 stands for more. */
  unread: number;
  preview:
    | (MessageContentView & {
        direction: "inbound" | "outbound";
        sentBy: OutsideSender | null;
        failed: boolean;
        /** In a group: who of it said it. */
        sender: ContactView | null;
      })
    | null;
}

export interface Page<Item> {
  items: Item[];
  /** Cursor of the page of older items; null when there is none. */
  older: string | null;
}

export const pageSize = 50;

/**
 * The tenant's conversations, or those whose contact `search` finds, the one with the newest message first, 50 at a
 * time. A cursor that is no cursor starts anew.
 */
export async function listConversations(
  deps: InboxReading,
  tenantId: string,
  { cursor, search }: { cursor: string | null; search: string },
): Promise<Page<ConversationView>> {
  const wanted = conversationSearch(search);
  const wish = { after: readCursor(cursor), limit: pageSize + 1, terms: wanted?.terms };
  const { rows, own } = await withTenant(deps.db, tenantId, async (tdb) => {
    const rows = await listConversationRows(tdb, tenantId, wish);
    return { rows, own: await readOwnNumbers(tdb, tenantId, rows) };
  });
  return pageOf(rows, (row) => ({
    ...conversationView(readerOf(deps, row), row, wanted?.byNumber ?? false),
    ownNumber: own.get(row.connection_id) ?? null,
  }));
}

/** The reader of the channel that the contact is on. */
export function readerOf({ messageReaders }: InboxReading, { provider }: ContactRow): ChannelMessages {
  if (!isChannelId(provider)) throw new Error("A contact of a channel that is not in the catalogue.");
  return messageReaders[provider];
}

/** What a PageKey is made of; only a message has a delivery. */
interface PageRow {
  id: string;
  page_at: string;
  delivery_id?: string;
}

/** One row more than a page was asked for: it says that there are older ones. */
export function pageOf<Row extends PageRow, Item>(rows: Row[], view: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, pageSize);
  const last = shown.at(-1);
  return {
    items: shown.map(view),
    older: rows.length > pageSize && last ? cursorOf(keyOf(last)) : null,
  };
}

export function keyOf({ page_at, delivery_id, id }: PageRow): PageKey {
  return { at: page_at, ...(delivery_id && { deliveryId: delivery_id }), id };
}

export function cursorOf({ at, deliveryId, id }: PageKey): string {
  return [at, deliveryId, id].filter(Boolean).join("_");
}

/** What `cursorOf` made; undefined for anything else, among it a day that no calendar has. */
export function readCursor(cursor: string | null): PageKey | undefined {
  const [time, ...ids] = (cursor ?? "").split("_", 4);
  const at = readMoment(time);
  const id = readRowId(ids.at(-1));
  // Only a message has a delivery; one that is older than deliveries has 0.
  const deliveryId = ids.length === 1 || ids[0] === "0" ? "0" : readRowId(ids[0]);
  return at && id && deliveryId && ids.length <= 2 ? { at, deliveryId, id } : undefined;
}

export function contactView(row: ContactRow): ContactView {
  return { ...senderView(row), ...(row.group_id !== null && { isGroup: true }) };
}

export function senderView({ saved_name, profile_name, username, wa_id }: SenderRow): ContactView {
  const shown = (name: string | null) => (name !== null && !isBlank(name) ? name.trim() : null);
  const digits = wa_id !== null && /^\+?[\d\s().-]+$/.test(wa_id) ? wa_id.replace(/\D/g, "") : "";
  return {
    name: shown(saved_name) ?? shown(profile_name) ?? (username ? `@${username}` : null),
    phoneNumber: /^\d{5,20}$/.test(digits) ? inGroups(`+${digits}`) : wa_id,
  };
}

function conversationView(
  reader: ChannelMessages,
  row: ConversationRow,
  withNumber: boolean,
): Omit<ConversationView, "ownNumber"> {
  const contact = contactView(row);
  const { name, phoneNumber } = contact;
  const { message_type: type, message_direction: direction } = row;
  return {
    id: row.id,
    contact: { ...contact, phoneNumber: name && !withNumber ? null : phoneNumber },
    lastMessageAt: row.last_message_at,
    unread: row.unread,
    preview:
      type && direction
        ? {
            ...reader.summarize({ type, body: row.message_body, content: row.message_content ?? {} }),
            channel: reader.channel,
            direction,
            sentBy: row.message_sent_by,
            sender: senderOf(row),
            failed: row.message_status === "failed",
          }
        : null,
  };
}

function senderOf(row: ConversationRow): ContactView | null {
  if (row.sender_id === null) return null;
  return senderView({
    saved_name: row.sender_saved_name,
    profile_name: row.sender_profile_name,
    username: row.sender_username,
    wa_id: row.sender_wa_id,
  });
}
