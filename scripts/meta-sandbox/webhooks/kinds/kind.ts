import { newMessageId } from "../../world/identifiers.ts";
import type { Change } from "../envelope.ts";
import { changeOf, contactOf, inboundMessage, type NumberIdentity, type Sender } from "../payloads.ts";

type Json = Record<string, unknown>;

/** What the caller says of one item; every kind has sensible values for the rest. */
export interface KindInput {
  number: NumberIdentity;
  sender: Sender;
  /** Seconds since 1970. */
  timestamp: number;
  text?: string | undefined;
  /** The message, or the call, that it is about. */
  messageId?: string | undefined;
  /** For system user_changed_number: the number the person has now. */
  newPhone?: string | undefined;
  groupId?: string | undefined;
  id?: string | undefined;
  context?: Json | undefined;
  /** Replaces or adds keys of the item. */
  extra?: Json | undefined;
}

/** One thing that Meta can send about a number. */
export interface Kind {
  /** What the control page calls it. */
  label: string;
  /** The changes of one body. */
  changes(input: KindInput): Change[];
}

export type Kinds = Record<string, Kind>;

/** An inbound message with this content; `who` says what is unusual about its sender. */
export function message(
  label: string,
  content: (input: KindInput) => Json,
  who: (input: KindInput) => Partial<Sender> = () => ({}),
): Kind {
  return {
    label,
    changes: (input) => {
      const sender = { ...input.sender, ...who(input) };
      return [inboundMessage(input.number, sender, { ...input, content: content(input) })];
    },
  };
}

/** Something that stands in another list, or under another field, than inbound messages. */
export function item(label: string, field: string, value: (input: KindInput) => Json): Kind {
  return { label, changes: (input) => [changeOf(input.number, field, value(input))] };
}

/** `contacts` with the sender. */
export function contacts({ number, sender }: KindInput): Json {
  return { contacts: [contactOf(number, sender)] };
}

/** What the business said to the sender: `content` as other messages have it, `extra` laid over it. */
export function echo({ number, sender, timestamp, id, extra }: KindInput, content: Json): Json {
  return {
    from: number.displayPhoneNumber.replace(/\D/g, ""),
    to: sender.phone,
    id: id ?? newMessageId(sender.phone, "outbound"),
    timestamp: String(timestamp),
    ...content,
    ...extra,
  };
}

/** The message that an item is about, or one that nobody has seen. */
export function about({ messageId, sender }: KindInput, direction?: "outbound"): string {
  return messageId ?? newMessageId(sender.phone, direction);
}
