/** What others than the customer and the business's phone say on a number, and what happens around their words. For tests. */
import { change, phoneNumberId, sentAt, textMessage, userId, waId } from "./fixtures.ts";

type Item = Record<string, unknown>;

export const businessNumber = "15550783881";

const contacts = [{ profile: { name: "Ana 🌻" }, wa_id: waId }];

/** A change of the field `standby`: what goes on while Meta's assistant handles the conversation. */
export function standby(value: Item, numberId: string = phoneNumberId): Item {
  return change({ standby: { contacts, ...value } }, numberId, "standby");
}

/** What the assistant says: its content stands one level deeper than in other echoes. */
export function agentEcho(id: string, body: string, timestamp = sentAt, to = waId): Item {
  return { id, timestamp, message: { messaging_product: "whatsapp", to, type: "text", text: { body } } };
}

/** What an app on the number sent, or, with `created_by_1p_bot`, Meta's assistant. */
export function appEcho(id: string, body: string, more: Item = {}): Item {
  return { ...textMessage(id, businessNumber, body), to: waId, ...more };
}

/** Messages that bring no `type`, by the type that their content names. */
export const untyped: Record<string, Item> = {
  text: { text: { body: "Sin tipo" } },
  location: { location: { latitude: 40.4168, longitude: -3.7038, name: "Panadería Luz" } },
  image: { image: { id: "1003383421387256", mime_type: "image/jpeg", caption: "La mesa" }, context: {} },
  contacts: { contacts: [{ name: { formatted_name: "Marta Gil" } }] },
  interactive: { interactive: { type: "button_reply", button_reply: { id: "1", title: "Sí" } } },
  button: { button: { payload: "x", text: "Baja" }, context: { id: "wamid.Q" } },
  reaction: { reaction: { message_id: "wamid.R", emoji: "👍" } },
  order: { order: { catalog_id: "1", product_items: [] } },
};

/** A change of the field `messaging_handovers`, which has no metadata. `control` is who answered, and who does now. */
export function handover(
  type: "control_passed" | "control_taken",
  control: Item,
  more: Item = {},
  numberId: string = phoneNumberId,
): Item {
  const value = {
    messaging_product: "whatsapp",
    sender: { phone_number: waId },
    recipient: { phone_number_id: numberId, display_phone_number: businessNumber },
    type,
    timestamp: sentAt,
    [type]: control,
  };
  return { field: "messaging_handovers", value: { ...value, ...more } };
}

export const summary = {
  type: "summary",
  summary: { text: "Ana asks for bread without gluten, for Friday." },
};

/** An event of a call by the customer, unless `more` says that the business called. */
export function callEvent(event: "connect" | "terminate", more: Item = {}): Item {
  const call = { id: "wacid.HBgL1", from: waId, to: businessNumber, direction: "USER_INITIATED" };
  return { ...call, event, timestamp: sentAt, ...more };
}

export const byBusiness = {
  id: "wacid.HBgL2",
  from: businessNumber,
  to: waId,
  direction: "BUSINESS_INITIATED",
};

/** A step of a call that the business makes. */
export function callStep(status: "RINGING" | "ACCEPTED" | "REJECTED", more: Item = {}): Item {
  return { id: byBusiness.id, type: "call", status, timestamp: sentAt, recipient_id: waId, ...more };
}

export const answered = {
  status: "COMPLETED",
  start_time: String(Number(sentAt) + 10),
  end_time: String(Number(sentAt) + 135),
  duration: 125,
  timestamp: String(Number(sentAt) + 136),
};

export function preference(value: string, more: Item = {}): Item {
  const category = "marketing_messages";
  const detail = `User requested to ${value} marketing messages`;
  return { wa_id: waId, user_id: userId, detail, category, value, timestamp: Number(sentAt), ...more };
}
