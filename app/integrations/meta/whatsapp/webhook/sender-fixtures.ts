/** What others than the customer and the business's phone say on a number, and what happens around their words. For tests. */
import { change, phoneNumberId, sentAt, textMessage, waId } from "./fixtures.ts";

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
