/** A stored message as a person sees it, by the reader of its channel. */
import type { MessageRow } from "../../../db/queries/inbox/threads.ts";
import type { MessageStatus } from "../../../db/schema.ts";
import type { ChannelId } from "../../integrations/catalog.ts";
import type { ChannelMessages } from "../../integrations/channel.server.ts";
import type {
  MessageFailure,
  MessageParts,
  MessageSummary,
  OutsideSender,
} from "../../integrations/message.ts";

/** The channel has words of its own for some kinds. */
export interface MessageContentView extends MessageSummary {
  channel: ChannelId;
}

export interface QuoteView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  /** Cursor of the page that ends with it; null when it stands on the same page. */
  before: string | null;
}

export interface MessageView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  /** Null for what the customer said, and for what went out from here. */
  sentBy: OutsideSender | null;
  at: Date;
  /** A person would call it a new message: the customer said something, and it came when it was said. */
  isNew: boolean;
  status: MessageStatus;
  statusAt: Date;
  /** Why it was not delivered. */
  failure: MessageFailure | null;
  parts: MessageParts;
  edited: boolean;
  /** What the two sides put on it: one of each at most. */
  reactions: { emoji: string; direction: "inbound" | "outbound" }[];
  /** The message it answers or is about; `missing` when that never reached us. */
  quote: QuoteView | "missing" | null;
}

/** Statuses come with the time of that step, or of the message where the platform told none. */
export function messageView(reader: ChannelMessages, row: MessageRow): MessageView {
  return {
    ...reader.read(row),
    channel: reader.channel,
    id: row.id,
    direction: row.direction,
    sentBy: row.sent_by,
    at: row.occurred_at,
    isNew: row.direction === "inbound" && row.counts_unread,
    status: row.status,
    statusAt: statusTime(row),
    failure: row.status === "failed" ? reader.failureOf(row.error) : null,
    edited: false,
    reactions: [],
    quote: null,
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
