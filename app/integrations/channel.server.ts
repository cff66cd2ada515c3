/**
 * What a channel must bring to be connectable; the terms stand in README.md. A platform's ids are opaque text. A number may
 * come to sit under several accounts: never derive one from the other.
 */
import type { MarkTypes } from "../../db/queries/inbox/threads.ts";
import type { Secret } from "../platform/secret.server.ts";
import type { ChannelId } from "./catalog.ts";
import type { ChannelError } from "./channel-error.server.ts";
import type {
  MarketingWish,
  MessageFailure,
  MessageReading,
  MessageReference,
  MessageSummary,
  OutsideSender,
} from "./message.ts";

export type { ChannelId } from "./catalog.ts";
export type { MarketingWish, OutsideSender } from "./message.ts";

/** What is left of a redeemed code. */
export interface Grant {
  accessToken: Secret;
  /** Undefined when the platform names no end. */
  expiresAt: Date | undefined;
}

/** A number the grant reaches, as the platform reports it now. */
export interface ReachableNumber {
  accountId: string;
  phoneNumberId: string;
  /** E.164 with a leading +, from the form that the platform displays. */
  e164: string;
  displayName: string;
}

export interface Reach {
  scopes: string[];
  /** Permissions we need and the grant lacks; when not empty, `numbers` was not looked up. */
  missingPermissions: string[];
  accountIds: string[];
  numbers: ReachableNumber[];
  expiresAt: Date | undefined;
  /** Who the token acts as, by the platform's id scoped to our app; undefined when it names nobody. */
  metaUserId: string | undefined;
}

export interface AccessReport {
  displayName: string;
  /** `elsewhere`: an override, on the account or on the number, sends the events to another address. */
  deliveries: "ours" | "missing" | "elsewhere";
  /** Undefined on a channel without registration. */
  registration: Registration | undefined;
  /** How people take the number's messages, in the platform's own code word; undefined where it does not say. */
  qualityRating?: string | undefined;
  /** How many conversations the business may begin in a day, in the platform's own code word. */
  messagingLimit?: string | undefined;
}

/** Whether the number takes part on the platform; `on_phone`: in an app on somebody's phone, and it must stay there. */
export type Registration = "registered" | "on_phone" | "open";

/** `redirect`: the whole document goes to the platform and comes back. `popup`: the platform's own script opens a window. */
export type SignupFlow = "redirect" | "popup";

/** For the browser: nothing secret. */
export interface SignupWindow {
  /** The platform's script. */
  sdkUrl: string;
  appId: string;
  configId: string;
  graphVersion: string;
  /** What the script is told of the sign-up, and what it is told instead for a number that lives on in an app. */
  extras: Record<string, unknown>;
  extrasOnPhone: Record<string, unknown>;
  /** Exactly these origins are believed when a window tells how it ended. */
  origins: string[];
}

/** What reading a grant's reach goes through, in this order. */
export type ReachStep = "access_seen" | "account_found" | "number_proved";

/** How a tenant is connected to a channel. Every method throws `ChannelError` and nothing else for what its platform does. */
export interface ChannelConnector {
  channel: ChannelId;
  /** Of our app at the platform, by which it tells us apart from other partners. */
  appId: string;
  /**
   * Where to send the person, who comes back to `redirectUri` with the `state` untouched. `onPhone`: the number lives in
   * an app on somebody's phone, and is to stay there.
   */
  authorizeUrl(attempt: { state: string; redirectUri: string; onPhone?: boolean }): string;
  /** What a page needs to open the sign-up in a window of its own; undefined where that is not switched on. */
  signupWindow: SignupWindow | undefined;
  /**
   * Spends the code that came back on this flow, for the `redirectUri` of `authorizeUrl`. Never retried: a code works once, and after a time-out nobody knows
   * whether it was spent.
   */
  exchangeCode(code: string, returned: { flow: SignupFlow; redirectUri: string }): Promise<Grant>;
  /** Proves the grant is for our app and finds what it reaches. Ids named by a browser are never taken for proof. */
  findReach(accessToken: Secret): Promise<Reach>;
  /** At which step `findReach` failed when it threw this. */
  reachStepOf(error: ChannelError): ReachStep;
  /** Makes the platform deliver the account's events to us and reads it back. Idempotent. */
  startDeliveries(accessToken: Secret, accountId: string): Promise<void>;
  /** Undefined where a number takes part as soon as the platform lists it; the catalogue says the same to pages. */
  registration: NumberRegistration | undefined;
  /** Undefined where no number lives on in an app that shares its history. */
  phoneHistory: PhoneHistory | undefined;
  /** One cheap look whether the grant still reaches the number, and where its deliveries go. Changes nothing. */
  checkAccess(
    accessToken: Secret,
    asset: { accountId: string; phoneNumberId: string },
  ): Promise<AccessReport>;
  /** Makes it stop. Idempotent; never deregisters a number. */
  stopDeliveries(accessToken: Secret, accountId: string): Promise<void>;
}

/** Why the platform will not register a number, whoever asks. */
export type RegistrationRefusal =
  | "pin_mismatch"
  | "verify_again"
  | "too_many_attempts"
  | "account_locked"
  | "deleted_recently";

/** For a channel whose numbers take part only once they are registered. The methods throw `ChannelError`, as the others do. */
export interface NumberRegistration {
  /** Whether the number takes part on the platform: until then it sends nothing for it. */
  read(accessToken: Secret, phoneNumberId: string): Promise<Registration>;
  /** One to register a number under: what the domain seals and keeps, the channel knows the form of. */
  newPin(): Secret;
  /** Registers the number under its PIN. Ten calls in 72 hours lock it: never call it to find out. */
  register(accessToken: Secret, phoneNumberId: string, pin: Secret): Promise<void>;
  /** What the error of a refusal means; undefined for any other. */
  refusalOf(error: ChannelError): RegistrationRefusal | undefined;
}

/**
 * For a channel whose numbers may live on in an app on somebody's phone, and which sends that app's contacts and chats
 * once, when it is asked soon after the sign-up. The methods throw `ChannelError`, as the others do.
 */
export interface PhoneHistory {
  request(accessToken: Secret, phoneNumberId: string, part: "contacts" | "chats"): Promise<void>;
  /** What the error of a refusal means; undefined for any other. */
  refusalOf(error: ChannelError): "asked_before" | "too_late" | undefined;
}

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

/** What is stored of a message, as its channel's webhook reader gave it. */
export interface StoredMessage {
  /** `unknown`, with no content, while only a status of it has arrived. */
  type: string;
  body: string | null;
  content: Record<string, unknown>;
}

/**
 * How a channel's stored messages are read. Pure, and never throws: content is as the platform sent it, and types that
 * the platform adds tomorrow are stored, too.
 */
export interface ChannelMessages {
  channel: ChannelId;
  marks: MarkTypes;
  summarize(message: StoredMessage): MessageSummary;
  /** Of long lists the beginning. */
  read(message: StoredMessage): MessageReading;
  /** Of a type in `marks`, what the mark is about; of any other, what it answers. Null when that is nothing. */
  referenceOf(message: StoredMessage): MessageReference | null;
  /** Of the `error` of a status that failed. */
  failureOf(error: Record<string, unknown> | null): MessageFailure;
}
