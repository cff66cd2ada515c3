import { digitsOf, newMessageId, newNumericId } from "../../world/identifiers.ts";
import type { Change } from "../envelope.ts";
import { changeOf, type NumberIdentity } from "../payloads.ts";
import type { KindInput, Kinds } from "./kind.ts";

const DAY = 86_400;

/** Somebody in the address book of the app. */
interface AppContact {
  full_name: string;
  first_name: string;
  phone_number: string;
}

const CONTACTS: AppContact[] = [
  { full_name: "Sofía Ñandú", first_name: "Sofía", phone_number: "5215544332211" },
  { full_name: "Marta Díaz", first_name: "Marta", phone_number: "5215598765432" },
];

/** The contacts of the WhatsApp Business app. */
export function appStateChanges(
  number: NumberIdentity,
  at: number,
  contacts = CONTACTS,
  action: "add" | "remove" = "add",
): Change[] {
  const state_sync = contacts.map((contact) => ({
    type: "contact",
    contact,
    action,
    metadata: { timestamp: String(at) },
  }));
  return [changeOf(number, "smb_app_state_sync", { state_sync })];
}

/**
 * The chats of the WhatsApp Business app. Meta: three phases (the last day, 90 days, 180 days), each in chunks, with the
 * progress of the whole, and after them the media of the placeholders, one by one.
 */
export function historyChanges(
  number: NumberIdentity,
  at: number,
  customers = CONTACTS.map(({ phone_number }) => phone_number),
): Change[] {
  const business = digitsOf(number.displayPhoneNumber);
  const recent = customers.slice(0, 1).map((customer) => threadOf(business, customer, at - DAY / 2));
  const older = customers.map((customer, place) => threadOf(business, customer, at - 20 * (place + 1) * DAY));
  const phases = [recent, older, []];
  const chunks = phases.map((threads, phase) =>
    changeOf(number, "history", {
      history: [{ metadata: { phase, chunk_order: 1, progress: [30, 80, 100][phase] }, threads }],
    }),
  );
  const media = phases.flat().flatMap(({ messages }) => messages.filter(({ type }) => type === placeholder));
  return [
    ...chunks,
    ...media.map((message) => changeOf(number, "history", { messages: [mediumOf(message)] })),
  ];
}

/** The owner does not share the chats: a single error in their place. */
export function declinedHistory(number: NumberIdentity): Change[] {
  return [changeOf(number, "history", { history: [{ errors: [NOT_SHARED] }] })];
}

/** The sender as the owner of the number has saved them. */
function saved({ sender, text }: KindInput): AppContact[] {
  const name = text ?? `${sender.name} (cliente)`;
  return [{ full_name: name, first_name: name.split(" ")[0] ?? name, phone_number: sender.phone }];
}

/** What a number brings that lives on in the WhatsApp Business app; Meta sends it after `smb_app_data`. */
export const PHONE_HISTORY = {
  history: {
    label: "Chats with the sender",
    changes: ({ number, sender, timestamp }) => historyChanges(number, timestamp, [sender.phone]),
  },
  history_declined: { label: "Chats that are not shared", changes: ({ number }) => declinedHistory(number) },
  app_contact: {
    label: "Contact saved",
    changes: (input) => appStateChanges(input.number, input.timestamp, saved(input)),
  },
  app_contact_removed: {
    label: "Contact removed",
    changes: (input) => appStateChanges(input.number, input.timestamp, saved(input), "remove"),
  },
} satisfies Kinds;

const placeholder = "media_placeholder";

/** What a placeholder stood for: the same id, with its contents. */
function mediumOf({ history_context: _, ...message }: HistoryMessage): Record<string, unknown> {
  const image = {
    mime_type: "image/jpeg",
    sha256: "c2FuZGJveA==",
    id: newNumericId(),
    caption: "Pan de muerto",
  };
  return { ...message, type: "image", image };
}

interface HistoryMessage extends Record<string, unknown> {
  type: string;
}

interface Thread {
  id: string;
  messages: HistoryMessage[];
}

const NOT_SHARED = {
  code: 2593109,
  title: "History sharing is turned off",
  message: "History sharing is turned off",
  error_data: { details: "The owner of the WhatsApp Business app does not share the chat history." },
};

/** A question, its answer, and a picture whose contents Meta would send later. */
function threadOf(business: string, customer: string, since: number): Thread {
  const message = (after: number, fromBusiness: boolean, content: HistoryMessage) => ({
    from: fromBusiness ? business : customer,
    ...(fromBusiness ? { to: customer } : {}),
    id: newMessageId(customer, fromBusiness ? "outbound" : "inbound"),
    timestamp: String(since + after),
    ...content,
    history_context: { status: "READ", from_me: fromBusiness },
  });
  return {
    id: customer,
    messages: [
      message(0, false, { type: "text", text: { body: "Hola, ¿tienen pan de muerto?" } }),
      message(60, true, { type: "text", text: { body: "Sí, desde mañana." } }),
      message(120, false, { type: placeholder }),
    ],
  };
}
