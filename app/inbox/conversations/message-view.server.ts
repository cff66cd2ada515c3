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
import type { ContactView } from "./conversations.server.ts";

/** The channel has words of its own for some kinds. */
export interface MessageContentView extends MessageSummary {
  channel: ChannelId;
}

export interface QuoteView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  /** In a group: who of it said it. */
  senderId: string | null;
  sender: ContactView | null;
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
  /** What the two sides put on it, in a group each of those on the other: one of each at most. */
  reactions: { emoji: string; direction: "inbound" | "outbound"; senderId: string | null }[];
  /** In a group: who of it said it. */
  senderId: string | null;
  sender: ContactView | null;
  /** Of one to a group: how many of it have it, and have read it, where that is told of each. */
  cameTo: { delivered: number; read: number } | null;
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
    senderId: row.sender_contact_id,
    sender: null,
    cameTo: cameTo(row),
    quote: null,
  };
}

const ofEach: Record<string, "delivered" | "read"> = { delivered: "delivered", read: "read", played: "read" };

/** Each person once, in however many spellings their steps name them. */
function cameTo({ status_detail, participant_keys }: MessageRow): MessageView["cameTo"] {
  const delivered = new Set<string>();
  const read = new Set<string>();
  for (const step of Object.values(status_detail ?? {})) {
    const { participant, status } = (step ?? {}) as { participant?: unknown; status?: unknown };
    const came = typeof status === "string" ? ofEach[status] : undefined;
    if (typeof participant !== "string" || !came) continue;
    const person = participant_keys?.[participant] ?? participant;
    delivered.add(person);
    if (came === "read") read.add(person);
  }
  return delivered.size > 0 ? { delivered: delivered.size, read: read.size } : null;
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
