/** A message as a person sees it, whatever its channel. The browser may import this file: keep libraries out of it. */

/** A message in one line, as a list or a quote shows it. */
export interface MessageSummary {
  kind: MessageKind;
  /** Their words: text, caption, title of a reply, a place's name. Plain text, never markup. */
  text: string | null;
  /** What else helps to recognise it: a file's name, coordinates. */
  detail: string | null;
  /** What the platform calls it, in plain words, where `kind` does not say it: `poll`, `payment method`. */
  called?: string;
  /** Why the platform shares no more of it. */
  withheld?: MessageFailure;
}

/** A message in full: what it is made of, and the words that its parts do not say already. */
export interface MessageReading extends MessageSummary {
  parts: MessageParts;
}

/** What a message says something about, by the platform's id of that; all but an answer is shown there. */
export interface MessageReference {
  providerMessageId: string;
  as: "answer" | "reaction" | "edit" | "deletion";
}

/** Why a message was not delivered, or is not shared: the platform's code, and its own words for it. */
export interface MessageFailure {
  code: string | null;
  title: string | null;
}

/**
 * The kinds of message a person tells apart. `unsupported`: the platform keeps its content to itself. `other`: a kind that
 * we do not know. `unknown`: only statuses of it have arrived.
 */
export type MessageKind =
  | "text"
  | "image"
  | "video"
  | "audio"
  | "voice"
  | "document"
  | "sticker"
  | "location"
  | "contacts"
  | "reply"
  | "form"
  | "call_allowed"
  | "call_refused"
  | "reaction"
  | "reaction_removed"
  | "order"
  | "template"
  | "system"
  | "number_changed"
  | "identity_changed"
  | "edit"
  | "revoke"
  | "deleted"
  | "welcome"
  | "call_from_customer"
  | "call_from_business"
  | "call_missed"
  | "call_unanswered"
  | "call_declined"
  | "person_wanted"
  | "person_took_over"
  | "agent_took_over"
  | "handed_over"
  | "marketing_stopped"
  | "marketing_resumed"
  | "marketing_wanted"
  | "preference"
  | "old_media"
  | "unsupported"
  | "other"
  | "unknown";

/**
 * What a message is made of besides words: a file, a place, contact cards, an order, a form; and where it came from. What a
 * part says already, the channel's reader leaves out of the text. Whatever no part has a place for stands in `rest`, so that
 * nothing which somebody wrote is lost; what is too much even for that is counted in `left`.
 */
export interface MessageParts {
  /** What the platform's assistant tells of the conversation before this message. */
  summary?: string;
  forwarded?: "once" | "often";
  /** The advertisement or post whose button began the conversation; `greeting` is what it had said by itself. */
  ad?: { headline: string | null; text: string | null; greeting: string | null; link: string | null };
  /** The product of a catalogue that it is about, as the business calls it. */
  product?: string;
  /** `format` is short and technical: `PDF`, `JPEG`. */
  file?: { name: string | null; format: string | null; bytes: number | null };
  place?: MessagePlace;
  cards?: ContactCard[];
  order?: { lines: OrderLine[]; total: Price | null };
  /** What somebody filled in, by the names that the form gives its fields. */
  answers?: NamedValues[];
  /** Below the title of what was picked from a list. */
  description?: string;
  /** Above and below the words of what the business sent, and what it gave to choose from. */
  header?: string;
  footer?: string;
  choices?: MessageChoice[];
  /** What has no better drawing, as it was sent. */
  rest?: NamedValues[];
  /** How much more it holds than is read here. */
  left?: number;
}

/** One thing told, under the name it came with; a list, or a name that came again, has several values. */
export interface NamedValues {
  name: string;
  values: (string | boolean)[];
}

export interface MessagePlace {
  name: string | null;
  address: string | null;
  link: string | null;
  latitude: number;
  longitude: number;
}

export interface MessageChoice {
  title: string;
  description: string | null;
  link: string | null;
}

export interface ContactCard {
  name: string | null;
  organisation: string | null;
  job: string | null;
  birthday: string | null;
  /** Numbers, mail addresses, postal addresses and web addresses, as they were written. */
  numbers: string[];
  emails: string[];
  addresses: string[];
  links: string[];
}

export interface OrderLine {
  product: string;
  quantity: number | null;
  price: Price | null;
}

export interface Price {
  amount: number;
  currency: string;
}

/** `business_app`: the business's own phone; `agent`: the platform's assistant; `other_app`: another app on the number. */
export type OutsideSender = "business_app" | "agent" | "other_app";

/** What a contact has told of marketing messages. */
export type MarketingWish = "wanted" | "unwanted";
