import { newMessageId, newNumericId } from "../world/identifiers.ts";

/** What the caller may say about a message; every builder has sensible values for the rest. */
export interface ContentInput {
  text?: string | undefined;
  /** For reaction, edit and revoke: the message they are about. */
  messageId?: string | undefined;
  /** For system user_changed_number: the number the person has now. */
  newPhone?: string | undefined;
}

type Content = Record<string, unknown>;

const SHA256 = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=";

function media(mimeType: string, more: Content = {}): Content {
  return { mime_type: mimeType, sha256: SHA256, id: newNumericId(), ...more };
}

function captioned(mimeType: string, text: string | undefined, more: Content = {}): Content {
  return media(mimeType, { ...more, ...(text ? { caption: text } : {}) });
}

/** `type` and the object of that type for every kind of inbound message. Keys are the names the control API takes. */
export const MESSAGE_CONTENTS = {
  text: ({ text }) => ({ type: "text", text: { body: text ?? "Hola, ¿a qué hora abren?" } }),
  image: ({ text }) => ({ type: "image", image: captioned("image/jpeg", text) }),
  video: ({ text }) => ({ type: "video", video: captioned("video/mp4", text) }),
  document: ({ text }) => ({
    type: "document",
    document: captioned("application/pdf", text, { filename: "menú.pdf" }),
  }),
  audio: () => ({ type: "audio", audio: media("audio/ogg; codecs=opus", { voice: true }) }),
  sticker: () => ({ type: "sticker", sticker: media("image/webp", { animated: false }) }),
  location: ({ text }) => ({
    type: "location",
    location: {
      latitude: 19.4326,
      longitude: -99.1332,
      name: text ?? "Zócalo",
      address: "Plaza de la Constitución",
    },
  }),
  contacts: ({ text }) => ({
    type: "contacts",
    contacts: [
      {
        name: { formatted_name: text ?? "Marta Díaz", first_name: "Marta", last_name: "Díaz" },
        phones: [{ phone: "+52 55 9876 5432", wa_id: "5215598765432", type: "CELL" }],
        emails: [{ email: "marta@example.com", type: "WORK" }],
        origin: "other",
      },
    ],
  }),
  interactive_button_reply: ({ text }) => ({
    type: "interactive",
    interactive: { type: "button_reply", button_reply: { id: "yes", title: text ?? "Sí" } },
  }),
  interactive_list_reply: ({ text }) => ({
    type: "interactive",
    interactive: {
      type: "list_reply",
      list_reply: { id: "row-1", title: text ?? "Pan dulce", description: "Docena" },
    },
  }),
  interactive_nfm_reply: ({ text }) => ({
    type: "interactive",
    interactive: {
      type: "nfm_reply",
      nfm_reply: { response_json: JSON.stringify({ answer: text ?? "sí" }), body: "Sent", name: "flow" },
    },
  }),
  button: ({ text }) => ({ type: "button", button: { payload: "confirm", text: text ?? "Confirmar" } }),
  reaction: ({ text, messageId }) => ({
    type: "reaction",
    reaction: { message_id: messageId ?? newMessageId("5215500000000"), emoji: text ?? "👍" },
  }),
  // Meta: the emoji is absent or empty when a reaction is taken back.
  reaction_removed: ({ messageId }) => ({
    type: "reaction",
    reaction: { message_id: messageId ?? newMessageId("5215500000000") },
  }),
  order: ({ text }) => ({
    type: "order",
    order: {
      catalog_id: newNumericId(),
      ...(text ? { text } : {}),
      product_items: [{ product_retailer_id: "concha-12", quantity: 2, item_price: 95.5, currency: "MXN" }],
    },
  }),
  system_user_changed_number: ({ newPhone }) => ({
    type: "system",
    system: {
      body: "User changed from one number to another",
      type: "user_changed_number",
      wa_id: newPhone ?? "5215511112222",
    },
  }),
  unsupported: () => ({
    type: "unsupported",
    errors: [
      {
        code: 131051,
        title: "Message type unknown",
        message: "Message type unknown",
        error_data: { details: "Message type is currently not supported." },
      },
    ],
    unsupported: { type: "poll" },
  }),
  edit: ({ text, messageId }) => ({
    type: "edit",
    edit: {
      original_message_id: messageId ?? newMessageId("5215500000000"),
      message: { type: "text", text: { body: text ?? "Perdón, quise decir a las 8" } },
    },
  }),
  revoke: ({ messageId }) => ({
    type: "revoke",
    revoke: { original_message_id: messageId ?? newMessageId("5215500000000") },
  }),
  request_welcome: () => ({ type: "request_welcome" }),
  // A type that does not exist (yet): receivers must accept what they do not know.
  unknown_type: ({ text }) => ({ type: "hologram", hologram: { body: text ?? "?" } }),
  // Seen by integrators: interactive without its sub-object.
  interactive_empty: () => ({ type: "interactive" }),
} satisfies Record<string, (input: ContentInput) => Content>;

export type MessageKind = keyof typeof MESSAGE_CONTENTS;
export const MESSAGE_KINDS = Object.keys(MESSAGE_CONTENTS) as MessageKind[];
