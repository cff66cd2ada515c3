/** Webhook bodies in Meta's shapes, for tests. People, numbers and ids are made up. */

type Item = Record<string, unknown>;

export const wabaId = "102290129340398";
export const phoneNumberId = "106540352242922";
export const waId = "16505551234";
export const userId = "US.13491208655302741918";
export const sentAt = "1749416383";

const sender = { from: waId, from_user_id: userId, timestamp: sentAt };
const media = {
  mime_type: "image/jpeg",
  sha256: "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=",
  id: "1003383421387256",
};
const graph = "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=133&source=webhook";

interface InboundSample {
  item: Item;
  body: string | null;
  /** Where it is not the usual sender. */
  contact?: Item;
}

/** One of each type that Meta documents, by what it is: the item, and the words a list would show of it. */
export const inboundMessages: Record<string, InboundSample> = {
  text: message(
    "text",
    { body: "Hola, ¿tienen pan de masa madre? 🥖" },
    "Hola, ¿tienen pan de masa madre? 🥖",
  ),
  "text quoting another": {
    item: { ...bare("text"), text: { body: "Ese" }, context: { from: "15550783881", id: "wamid.QUOTED" } },
    body: "Ese",
  },
  "text forwarded": {
    item: { ...bare("text"), text: { body: "Mira" }, context: { forwarded: true } },
    body: "Mira",
  },
  "text about a product": {
    item: {
      ...bare("text"),
      text: { body: "¿Queda?" },
      context: { referred_product: { catalog_id: "194836987003835", product_retailer_id: "di9ozbzfi4" } },
    },
    body: "¿Queda?",
  },
  "text from an ad": {
    item: {
      ...bare("text"),
      text: { body: "Info" },
      referral: {
        source_url: "https://fb.me/3cr4Wqqkv",
        source_id: "1202",
        source_type: "ad",
        body: "Pan",
        headline: "Panadería Luz",
        media_type: "image",
        ctwa_clid: "Aff-n8ZTODiE79d22KtAwQKj9e",
      },
    },
    body: "Info",
  },
  image: message("image", { ...media, url: graph, caption: "La mesa" }, "La mesa"),
  "image without caption": message("image", media, null),
  video: message("video", { ...media, mime_type: "video/mp4", caption: "Así suena" }, "Así suena"),
  "document with caption": message(
    "document",
    { ...media, filename: "factura.pdf", caption: "La factura" },
    "La factura",
  ),
  document: message("document", { ...media, filename: "factura.pdf" }, "factura.pdf"),
  audio: message("audio", { ...media, mime_type: "audio/mpeg", voice: false }, null),
  voice: message("audio", { ...media, mime_type: "audio/ogg; codecs=opus", voice: true }, null),
  sticker: message("sticker", { ...media, mime_type: "image/webp", animated: false }, null),
  location: message(
    "location",
    {
      latitude: 40.4168,
      longitude: -3.7038,
      name: "Panadería Luz",
      address: "Calle Mayor 1",
      url: "https://x.example",
    },
    "Panadería Luz, Calle Mayor 1",
  ),
  "location without name": message("location", { latitude: 40.4168, longitude: -3.7038 }, null),
  contacts: message(
    "contacts",
    [
      {
        name: { formatted_name: "Marta Gil", first_name: "Marta" },
        phones: [{ phone: "+34 600", wa_id: "34600", type: "HOME" }],
      },
      { name: { formatted_name: "Pau Roca", first_name: "Pau" }, emails: [], org: {}, urls: [] },
    ],
    "Marta Gil, Pau Roca",
  ),
  "button reply": message(
    "interactive",
    { type: "button_reply", button_reply: { id: "cancel-1", title: "Cancelar" } },
    "Cancelar",
  ),
  "list reply": message(
    "interactive",
    { type: "list_reply", list_reply: { id: "priority", title: "Entrega rápida", description: "Hoy" } },
    "Entrega rápida",
  ),
  "flow reply": message(
    "interactive",
    { type: "nfm_reply", nfm_reply: { response_json: '{"flow_token":"t"}', body: "Sent", name: "flow" } },
    "Sent",
  ),
  "call permission reply": message(
    "interactive",
    {
      call_permission_reply: {
        response: "accept",
        expiration_timestamp: 1749500000,
        response_source: "user_action",
      },
    },
    "accept",
  ),
  "interactive without its reply": message("interactive", {}, null),
  "template button": message("button", { payload: "Unsubscribe", text: "Baja" }, "Baja"),
  reaction: message("reaction", { message_id: "wamid.REACTED", emoji: "👍" }, "👍"),
  "reaction taken back": message("reaction", { message_id: "wamid.REACTED" }, null),
  "reaction taken back with an empty emoji": message(
    "reaction",
    { message_id: "wamid.REACTED", emoji: "" },
    null,
  ),
  order: message(
    "order",
    {
      catalog_id: "194836987003835",
      product_items: [{ product_retailer_id: "barra", quantity: 2, item_price: 1.2, currency: "EUR" }],
    },
    "2 × barra",
  ),
  "order with words": message("order", { catalog_id: "1", text: "Para hoy", product_items: [] }, "Para hoy"),
  "system: number changed": {
    item: {
      id: "wamid.SYSTEM",
      from: waId,
      timestamp: sentAt,
      type: "system",
      system: {
        body: "Ana changed from 16505551234 to 12195555358",
        type: "user_changed_number",
        wa_id: "12195555358",
      },
    },
    body: "Ana changed from 16505551234 to 12195555358",
    contact: { waId: "12195555358", userId: null, formerly: { waId, userId: null } },
  },
  "system: user_id changed, and the number may not be told": {
    item: {
      id: "wamid.SYSTEM_ID",
      timestamp: sentAt,
      type: "system",
      system: {
        body: "Ana changed to US.999",
        type: "user_changed_user_id",
        previous_user_id: userId,
        user_id: "US.999",
      },
    },
    body: "Ana changed to US.999",
    contact: { waId: null, userId: "US.999", formerly: { waId: null, userId } },
  },
  "system: identity changed": {
    item: {
      ...bare("system"),
      system: { body: "Ana’s code changed", type: "customer_identity_changed", identity: "h" },
    },
    body: "Ana’s code changed",
  },
  unsupported: {
    item: {
      ...bare("unsupported"),
      errors: [
        {
          code: 131051,
          title: "Message type unknown",
          message: "Message type unknown",
          error_data: { details: "" },
        },
      ],
      unsupported: { type: "edit" },
    },
    body: null,
  },
  edit: message(
    "edit",
    {
      original_message_id: "wamid.EDITED",
      message: { context: { id: "wamid.EDITED" }, type: "text", text: { body: "Mañana" } },
    },
    "Mañana",
  ),
  revoke: message("revoke", { original_message_id: "wamid.REVOKED" }, null),
  "welcome request": { item: bare("request_welcome"), body: null },
  "media placeholder": { item: bare("media_placeholder"), body: null },
  "a type of the future": message("hologram", { body: "not known today" }, null),
  "in a group": {
    item: { ...bare("text"), text: { body: "A todos" }, group_id: "HBgLMTY1MDU1" },
    body: "A todos",
    contact: { waId: null, userId: null, groupId: "HBgLMTY1MDU1" },
  },
};

export function bare(type: string, id = `wamid.${type.toUpperCase()}`): Item {
  return { ...sender, id, type };
}

function message(type: string, content: unknown, body: string | null): InboundSample {
  return { item: { ...bare(type), [type]: content }, body };
}

export function textMessage(id: string, from = waId, body = "Hola", timestamp = sentAt): Item {
  return { from, id, timestamp, type: "text", text: { body } };
}

export function status(id: string, step: string, timestamp = sentAt, more: Item = {}): Item {
  return {
    id,
    status: step,
    timestamp,
    recipient_id: waId,
    ...(step === "failed" ? { errors: [failure] } : {}),
    ...more,
  };
}

export const failure = {
  code: 131026,
  title: "Message undeliverable",
  message: "Message undeliverable",
  error_data: { details: "Message Undeliverable." },
  href: "https://developers.facebook.com/",
};

export function echo(id: string, to = waId, body = "Desde el móvil", timestamp = sentAt): Item {
  return { from: "15550783881", to, id, timestamp, type: "text", text: { body } };
}

/** A `messages` change of one number; `value` adds `messages`, `statuses`, `contacts`. */
export function change(value: Item, numberId: string | number = phoneNumberId, field = "messages"): Item {
  const metadata = { display_phone_number: "15550783881", phone_number_id: numberId };
  return { field, value: { messaging_product: "whatsapp", metadata, ...value } };
}

export function entry(...changes: Item[]): Item {
  return { id: wabaId, changes };
}

export function body(...entries: Item[]): Item {
  return { object: "whatsapp_business_account", entry: entries };
}

/** One body with one change. */
export function bodyOf(value: Item, numberId: string | number = phoneNumberId, field = "messages"): Item {
  return body(entry(change(value, numberId, field)));
}

/** As Meta writes it: ASCII, everything else as lowercase escapes, slashes escaped. */
export function bytes(value: unknown): Uint8Array {
  const json = JSON.stringify(value).replace(/\//g, "\\/");
  const ascii = json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Buffer.from(ascii, "latin1");
}

export const people = [
  { profile: { name: "Ana 🌻", username: "ana.luz" }, wa_id: waId, user_id: userId },
  { profile: { name: "Sin número" }, user_id: "ES.777" },
];

/** What the dashboard's Test button sends for `messages`. */
export const dashboardTest = {
  object: "whatsapp_business_account",
  entry: [
    {
      id: "0",
      changes: [
        {
          field: "messages",
          value: {
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
          },
        },
      ],
    },
  ],
};
