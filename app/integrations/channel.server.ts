/**
 * What a channel must bring to be connectable; the terms stand in README.md. A platform's ids are opaque text. A number may
 * come to sit under several accounts: never derive one from the other.
 */
import type { MarkTypes } from "../../db/queries/inbox/threads.ts";
import type { Secret } from "../platform/secret.server.ts";
import type { ChannelId } from "./catalog.ts";
import type { ChannelError } from "./channel-error.server.ts";
import type { MessageFailure, MessageReading, MessageReference, MessageSummary } from "./message.ts";

export type { ChannelId } from "./catalog.ts";

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
