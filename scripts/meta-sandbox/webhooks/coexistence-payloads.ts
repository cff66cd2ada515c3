import { digitsOf, newMessageId, newNumericId } from "../world/identifiers.ts";
import type { PhoneNumber } from "../world/world.ts";
import type { Change } from "./envelope.ts";

const DAY = 86_400;

const CONTACTS = [
  { full_name: "Sofía Ñandú", first_name: "Sofía", phone_number: "5215544332211" },
  { full_name: "Marta Díaz", first_name: "Marta", phone_number: "5215598765432" },
] as const;

/** The contacts of the WhatsApp Business app. */
export function appStateChanges(number: PhoneNumber, at: number): Change[] {
  const state_sync = CONTACTS.map((contact) => ({
    type: "contact",
    contact,
    action: "add",
    metadata: { timestamp: String(at) },
  }));
  return [changeOf(number, "smb_app_state_sync", { state_sync })];
}

/**
 * The chats of the WhatsApp Business app. Meta: three phases (the last day, 90 days, 180 days), each in chunks, with the
 * progress of the whole, and after them the media of the placeholders, one by one; an owner who does not share them makes
 * it a single error.
 */
export function historyChanges(number: PhoneNumber, at: number, declined: boolean): Change[] {
  if (declined) return [changeOf(number, "history", { history: [{ errors: [NOT_SHARED] }] })];
  const business = digitsOf(number.displayPhoneNumber);
  const [sofia, marta] = CONTACTS.map(({ phone_number }) => phone_number);
  const chat = (customer: string | undefined, since: number) => threadOf(business, customer ?? "", since);
  const phases = [[chat(sofia, at - DAY / 2)], [chat(sofia, at - 20 * DAY), chat(marta, at - 40 * DAY)], []];
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

function changeOf(number: PhoneNumber, field: string, more: Record<string, unknown>): Change {
  const metadata = {
    display_phone_number: digitsOf(number.displayPhoneNumber),
    phone_number_id: number.id,
  };
  return {
    entryId: number.wabaId,
    field,
    value: { messaging_product: "whatsapp", metadata, ...more },
    phoneNumberId: number.id,
    wabaId: number.wabaId,
  };
}
