/** Reading one conversation, as a person sees it, and noting that it was read. */
import { type TenantDb, withTenant } from "../../../db/client.ts";
import { tellConversations } from "../../../db/queries/inbox/live.ts";
import {
  findMovedTo,
  findQuotedRows,
  findSenderRows,
  findThreadRow,
  listLaterMarks,
  listMessageRows,
  type MessageRow,
  markRead,
} from "../../../db/queries/inbox/threads.ts";
import type { ChannelMessages } from "../../integrations/channel.server.ts";
import type { MarketingWish } from "../../integrations/message.ts";
import { readRowId } from "../../platform/text.ts";
import {
  type ContactView,
  contactView,
  type InboxReading,
  keyOf,
  type Page,
  pageOf,
  pageSize,
  readCursor,
  readerOf,
  senderView,
} from "./conversations.server.ts";
import { referredIds, relate } from "./message-relations.server.ts";
import type { MessageView } from "./message-view.server.ts";
import { type OwnNumberView, readOwnNumbers } from "./own-numbers.server.ts";

export interface Thread {
  id: string;
  connectionId: string;
  contact: ContactView;
  /** Which of ours it is with; null while the workspace has one. */
  ownNumber: OwnNumberView | null;
  /** Whether the contact wants marketing messages; null where they never told. */
  marketing: MarketingWish | null;
  /** Oldest first. What is shown at the message it is about (a reaction, an edit) is no item of its own. */
  messages: Page<MessageView>;
}

export interface ThreadWish {
  conversationId: string;
  cursor: string | null;
  /** Somebody looks at it. Only the newest page counts: whoever reads older ones has come by it. */
  opened: boolean;
}

/**
 * One conversation with its newest 50 messages, or those before the cursor. When it has become part of another, that
 * one's id; null when this tenant has no such conversation.
 */
export async function readThread(
  deps: InboxReading,
  tenantId: string,
  { conversationId, cursor, opened }: ThreadWish,
): Promise<Thread | { movedTo: string } | null> {
  if (!readRowId(conversationId)) return null;
  const before = readCursor(cursor);
  return withTenant(deps.db, tenantId, async (tdb) => {
    const row = await findThreadRow(tdb, tenantId, conversationId);
    if (!row) {
      const movedTo = await findMovedTo(tdb, tenantId, conversationId);
      return movedTo ? { movedTo } : null;
    }
    const rows = await listMessageRows(tdb, tenantId, conversationId, { before, limit: pageSize + 1 });
    const { items, older } = pageOf(rows, (message) => message);
    const messages = await viewsOf(tdb, readerOf(deps, row), items, before !== undefined);
    // The time was read before the messages were: whatever it stands for is among them.
    if (opened && !before && row.unread_up_to) {
      const marked = await markRead(tdb, tenantId, { id: row.id, upTo: row.unread_up_to });
      // In the lists of the others it is no longer unread either.
      if (marked) await tellConversations(tdb, [tenantId]);
    }
    const own = await readOwnNumbers(tdb, tenantId, [row]);
    const ownNumber = own.get(row.connection_id) ?? null;
    return {
      id: row.id,
      connectionId: row.connection_id,
      contact: contactView(row),
      ownNumber,
      marketing: row.marketing,
      messages: { items: messages, older },
    };
  });
}

async function viewsOf(
  tdb: TenantDb,
  reader: ChannelMessages,
  rows: MessageRow[],
  hasNewer: boolean,
): Promise<MessageView[]> {
  const [newest] = rows;
  if (!newest) return [];
  const { tenant_id: tenantId, conversation_id: id } = newest;
  const { marks } = reader;
  const later = hasNewer ? await listLaterMarks(tdb, tenantId, id, { newest: keyOf(newest), marks }) : [];
  const providerMessageIds = referredIds(reader, rows);
  const quoted = await findQuotedRows(tdb, tenantId, id, { providerMessageIds, marks });
  const views = relate(reader, { rows: rows.toReversed(), later: later.toReversed(), quoted });
  const quotes = views.flatMap(({ quote }) => (quote === null || quote === "missing" ? [] : quote));
  const senderIds = new Set([...views, ...quotes].flatMap(({ senderId }) => senderId ?? []));
  const senders = await findSenderRows(tdb, tenantId, [...senderIds]);
  for (const view of [...views, ...quotes]) {
    const sender = view.senderId === null ? undefined : senders.get(view.senderId);
    if (sender) view.sender = senderView(sender);
  }
  return views;
}
