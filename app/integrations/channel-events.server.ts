/** What arrives on a channel, as its reader tells it. A platform's ids are opaque text; the terms stand in README.md. */
import type { ChannelId } from "./catalog.ts";
import type { MarketingWish, OutsideSender } from "./message.ts";

/** How a channel's deliveries are read. Pure: same bytes, same reading. */
export interface ChannelWebhook {
  channel: ChannelId;
  /**
   * Fields and lists that this build reads, by the names that `OtherEvent.field` has for what is not read: the whole, or
   * the part after its last dot. What an earlier build noted as passed by under one of them is read again.
   */
  reads: ReadonlySet<string>;
  /**
   * Never throws: what cannot be read becomes a problem with its place, and the rest of the body is still read.
   * `receivedAt`: when what does not tell its time is taken to have happened.
   */
  read(body: Uint8Array, receivedAt?: Date): DeliveryReading;
}

export interface DeliveryReading {
  events: ChannelEvent[];
  problems: ReadingProblem[];
}

export interface ReadingProblem {
  /** Place in the body, e.g. `entry.0.changes.2.messages.7`; `body` when the whole is unreadable. */
  path: string;
  phoneNumberId: string | null;
  /** Never holds anything of the body's content. */
  detail: string;
}

export type ChannelEvent =
  | MessageEvent
  | StatusEvent
  | PersonEvent
  | HistoryEvent
  | AccountEvent
  | OtherEvent;

interface EventPlace {
  path: string;
  /** The number it concerns; null for what concerns an account or the app. */
  phoneNumberId: string | null;
}

/** A message from a contact, or (`outbound`) one that the business sent from its own phone or another app. */
export interface MessageEvent extends EventPlace {
  kind: "message";
  phoneNumberId: string;
  direction: "inbound" | "outbound";
  providerMessageId: string;
  /** The platform's own type name; unknown ones are kept as they are. */
  type: string;
  /** What a person would read in a list: text, caption, title of a reply, name of a place … */
  body: string | null;
  /** The item as it was sent, made safe for jsonb. */
  content: Record<string, unknown>;
  occurredAt: Date;
  /** Whose conversation it stands in: the other side, or the group. Null when it names nobody: then it is more of a message that is known already. */
  contact: ContactIdentity | null;
  /** Of an inbound one in a group: who of it said it; null where that is not told. */
  sender?: ContactIdentity | null;
  /** Of an outbound one: who sent it, when it was not us. Null for inbound ones. */
  sentBy: OutsideSender | null;
  /**
   * It is what a person would call a new message, and stands as unread until somebody opens it. False for outbound ones,
   * for what is about another message (a reaction, an edit, a deletion), for notices, and for what came with a history.
   */
  countsUnread: boolean;
  /** It came with the number's history of before it was connected: nothing that happens now. */
  imported: boolean;
  /** Of an outbound one of a history: how far it had come by then. `pending`: it was still on the phone. */
  cameTo?: OutboundStatus | "pending";
  /** The platform sends its content later, under the same id. */
  isPlaceholder: boolean;
  /**
   * Of what is told in steps under one id, as a call is: an early step. What comes later takes its place, in whatever
   * order they arrive. Left out for the last.
   */
  interim?: "first" | "later";
  /** The platform's assistant takes part in this conversation. */
  ofAgent?: true;
  /** The contact says with it whether they want to receive marketing. */
  marketing?: MarketingWish;
}

export type OutboundStatus = "sent" | "failed" | "delivered" | "read" | "played";

/** A step of a message that the business sent. */
export interface StatusEvent extends EventPlace {
  kind: "status";
  phoneNumberId: string;
  providerMessageId: string;
  status: OutboundStatus;
  occurredAt: Date;
  /** Null when it names nobody. */
  recipient: ContactIdentity | null;
  /** Of a message to a group: who of it has come so far, by any name that is always the same. */
  participant?: string | null;
  error: Record<string, unknown> | null;
  /** What else was told with it (pricing, conversation, all errors …), made safe for jsonb; null when nothing. */
  detail: Record<string, unknown> | null;
}

/**
 * Somebody's ids changed (`contact.formerly`), the business named them anew (`contact.saved`), or a group got a name: told
 * by itself and not as a message of a conversation.
 */
export interface PersonEvent extends EventPlace {
  kind: "person";
  phoneNumberId: string;
  occurredAt: Date;
  contact: ContactIdentity;
}

/** How far the history of a number has come, which the platform sends piece by piece; or that its owner keeps it back. */
export interface HistoryEvent extends EventPlace {
  kind: "history";
  phoneNumberId: string;
  /** Percent of the whole. */
  progress: number | "declined";
}

/** Something that the platform tells of an account, of a number as such, or of a grant; it may concern several connections. */
export interface AccountEvent extends EventPlace {
  kind: "account";
  phoneNumberId: null;
  field: string;
  /** The platform's word for what happened; null for fields that only bring values. */
  event: string | null;
  /** The account it concerns, or with `phoneDigits` the one it came under. */
  accountId: string | null;
  /** When set, only this number is concerned. E.164 without the plus. */
  phoneDigits: string | null;
  /** A customer's portfolio, for what is told of nothing smaller. */
  businessId: string | null;
  /** Code words, counts and times, by names of ours; nothing of a person. */
  detail: AccountDetail;
  /** Of whole seconds; null when it gives no time. */
  occurredAt: Date | null;
}

export type AccountDetail = Record<string, string | number | boolean | null>;

/** Known to be valid, shown nowhere yet; counted, kept in the delivery. */
export interface OtherEvent extends EventPlace {
  kind: "other";
  field: string;
}

export interface ContactIds {
  waId: string | null;
  userId: string | null;
}

/**
 * A person, of whom at least one of waId and userId is set, or known to have been (`formerly`); or a group, with nothing
 * but its groupId. Never shared between tenants.
 */
export interface ContactIdentity extends ContactIds {
  username: string | null;
  /** Of a group its subject. */
  profileName: string | null;
  /** Set when the event tells what the business itself calls them; `name` is null when it calls them nothing any more. */
  saved?: { name: string | null; at: Date };
  groupId?: string;
  /** Other ids that the same item gives them: the number in another spelling, a user_id of another kind. */
  also?: ContactIds[];
  /** Set when the event says that the ids above took the place of these. */
  formerly?: FormerContactIds;
}

export interface FormerContactIds extends ContactIds {
  also?: ContactIds[];
  /** The number is theirs no more, and the platform does not tell which one they have. */
  numberGone?: boolean;
}
