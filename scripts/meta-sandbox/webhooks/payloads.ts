import { businessScopedUserId, digitsOf, newMessageId } from "../world/identifiers.ts";
import type { Change } from "./envelope.ts";

/** A business number as webhooks name it. */
export interface NumberIdentity {
  phoneNumberId: string;
  wabaId: string;
  businessId: string;
  displayPhoneNumber: string;
}

/** A WhatsApp user. Meta leaves `wa_id` and `from` out for some users with a username; old payloads lack `user_id`. */
export interface Sender {
  phone: string;
  name: string;
  /** As `contacts[]` spells the phone, where that is not as `from` has it. */
  waId?: string | undefined;
  username?: string | undefined;
  userId?: string | undefined;
  omitPhone?: boolean | undefined;
  omitUserId?: boolean | undefined;
}

export interface MessageInput {
  /** `type`, and the object of that type. */
  content: Record<string, unknown>;
  id?: string | undefined;
  /** Seconds since 1970; strings in messages, as Meta has them. */
  timestamp: number;
  context?: Record<string, unknown> | undefined;
  /** Replaces or adds keys of the message object. */
  extra?: Record<string, unknown> | undefined;
}

export const STATUS_KINDS = ["sent", "delivered", "read", "played", "failed"] as const;
type StatusKind = (typeof STATUS_KINDS)[number];

export interface StatusInput {
  status: StatusKind;
  messageId: string;
  timestamp: number;
}

/** A `messages` change with one inbound message. */
export function inboundMessage(number: NumberIdentity, sender: Sender, input: MessageInput): Change {
  const userId = userIdOf(number, sender);
  const message = {
    ...(input.context ? { context: input.context } : {}),
    ...(sender.omitPhone ? {} : { from: sender.phone }),
    ...(userId === null ? {} : { from_user_id: userId }),
    id: input.id ?? newMessageId(sender.phone),
    timestamp: String(input.timestamp),
    ...input.content,
    ...input.extra,
  };
  // Meta: system messages come without contacts, and `from` is the number before the change.
  const hasContact = input.content.type !== "system";
  return changeOf(number, "messages", {
    ...(hasContact ? { contacts: [contactOf(number, sender)] } : {}),
    messages: [message],
  });
}

/** A `messages` change with one status. Meta: a failed status has neither contacts nor the recipient's user id. */
export function messageStatus(number: NumberIdentity, recipient: Sender, input: StatusInput): Change {
  const failed = input.status === "failed";
  const userId = failed ? null : userIdOf(number, recipient);
  const status = {
    id: input.messageId,
    status: input.status,
    timestamp: String(input.timestamp),
    ...(recipient.omitPhone ? {} : { recipient_id: recipient.phone }),
    ...(userId === null ? {} : { recipient_user_id: userId }),
    ...(input.status === "sent" || input.status === "delivered" ? { pricing: PRICING } : {}),
    ...(failed ? { errors: [UNDELIVERABLE] } : {}),
  };
  const withContact = !failed && userId !== null;
  return changeOf(number, "messages", {
    ...(withContact ? { contacts: [contactOf(number, recipient)] } : {}),
    statuses: [status],
  });
}

/** What the dashboard's Test button sends: made-up ids that belong to nobody. */
export function dashboardSample(): Change {
  const value = {
    messaging_product: "whatsapp",
    metadata: { display_phone_number: "16505551111", phone_number_id: "123456123" },
    contacts: [{ profile: { name: "test user name" }, wa_id: "16315551181" }],
    messages: [
      {
        from: "16315551181",
        id: "ABGGFlA5Fpa",
        timestamp: "1504902988",
        type: "text",
        text: { body: "this is a text message" },
      },
    ],
  };
  return { entryId: "0", field: "messages", value, phoneNumberId: null, wabaId: null };
}

const PRICING = { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "service" };

const UNDELIVERABLE = {
  code: 131026,
  title: "Message undeliverable",
  message: "Message undeliverable",
  error_data: { details: "Message Undeliverable." },
  href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
};

/** A change of a field that is about one number; `more` is what its value holds beside the number. */
export function changeOf(number: NumberIdentity, field: string, more: Record<string, unknown>): Change {
  const metadata = {
    display_phone_number: digitsOf(number.displayPhoneNumber),
    phone_number_id: number.phoneNumberId,
  };
  return {
    entryId: number.wabaId,
    field,
    value: { messaging_product: "whatsapp", metadata, ...more },
    phoneNumberId: number.phoneNumberId,
    wabaId: number.wabaId,
  };
}

/** A person as `contacts[]` has them. */
export function contactOf(number: NumberIdentity, sender: Sender): Record<string, unknown> {
  const userId = userIdOf(number, sender);
  return {
    profile: { name: sender.name, ...(sender.username ? { username: sender.username } : {}) },
    ...(sender.omitPhone ? {} : { wa_id: sender.waId ?? sender.phone }),
    ...(userId === null ? {} : { user_id: userId }),
  };
}

/** The user id of a person in the portfolio of the number; null where it is left out. */
export function userIdOf(number: NumberIdentity, sender: Sender): string | null {
  if (sender.omitUserId) return null;
  return sender.userId ?? businessScopedUserId(number.businessId, sender.phone);
}
