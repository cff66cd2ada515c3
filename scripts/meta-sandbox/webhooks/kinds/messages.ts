import { newNumericId } from "../../world/identifiers.ts";
import { about, type Kinds, message } from "./kind.ts";

type Content = Record<string, unknown>;

const SHA256 = "SfInY0gGKTsJlUWbwxC1k+FAD0FZHvzwfpvO0zX0GUI=";

/** A file as messages name it. */
export function media(mimeType: string, more: Content = {}): Content {
  return { mime_type: mimeType, sha256: SHA256, id: newNumericId(), ...more };
}

function captioned(mimeType: string, text: string | undefined, more: Content = {}): Content {
  return media(mimeType, { ...more, ...(text ? { caption: text } : {}) });
}

const text = (body: string) => ({ type: "text", text: { body } });

const MARKED_UP =
  "*Pedido* _urgente_ ~mañana~ hoy, `A-1`\n- pan\n- sal\n1. Pagar\n> lo de ayer\n```cuatro\nbollos```\nhttps://luz.example/a_b_c o ana@luz.example";

const LONG = Array.from({ length: 150 }, (_, at) => `Renglón ${at + 1} de un mensaje largo.`).join("\n");

const AD = {
  source_url: "https://fb.example/roscas",
  source_id: "120200000000000001",
  source_type: "ad",
  headline: "Roscas de Reyes",
  body: "Dos por uno hasta el viernes",
  media_type: "image",
  image_url: "https://fb.example/roscas.jpg",
  ctwa_clid: "ARsandbox",
  welcome_message: { text: "¡Hola! ¿Qué se te antoja?" },
};

/** What people write and attach. */
export const MESSAGES = {
  text: message("Text", ({ text: said }) => text(said ?? "Hola, ¿a qué hora abren?")),
  text_markup: message("Text with markup, lists and links", ({ text: said }) => text(said ?? MARKED_UP)),
  text_long: message("Text of 150 lines", ({ text: said }) => text(said ?? LONG)),
  text_untyped: message("Text without type", ({ text: said }) => ({
    text: { body: said ?? "Sin tipo" },
  })),
  text_from_ad: message("Text from an ad (referral)", ({ text: said }) => ({
    ...text(said ?? "Me interesa"),
    referral: AD,
  })),
  image: message("Image", ({ text: said }) => ({ type: "image", image: captioned("image/jpeg", said) })),
  video: message("Video", ({ text: said }) => ({ type: "video", video: captioned("video/mp4", said) })),
  document: message("Document", ({ text: said }) => ({
    type: "document",
    document: captioned("application/pdf", said, { filename: "menú.pdf" }),
  })),
  audio: message("Audio, recorded", () => ({
    type: "audio",
    audio: media("audio/ogg; codecs=opus", { voice: true }),
  })),
  audio_file: message("Audio, a file", () => ({
    type: "audio",
    audio: media("audio/mpeg", { voice: false }),
  })),
  voice: message("Audio, of type voice", () => ({ type: "voice", voice: media("audio/ogg; codecs=opus") })),
  sticker: message("Sticker", () => ({ type: "sticker", sticker: media("image/webp", { animated: false }) })),
  location: message("Location", ({ text: said }) => ({
    type: "location",
    location: {
      latitude: 19.4326,
      longitude: -99.1332,
      name: said ?? "Zócalo",
      address: "Plaza de la Constitución",
    },
  })),
  location_as_text: message("Location, coordinates as text", () => ({
    type: "location",
    location: { latitude: "19.0414", longitude: "-98.2063" },
  })),
  location_untyped: message("Location without type", ({ text: said }) => ({
    location: { latitude: 19.4326, longitude: -99.1332, name: said ?? "Zócalo" },
  })),
  contacts: message("Contact card", ({ text: said }) => ({
    type: "contacts",
    contacts: [
      {
        name: { formatted_name: said ?? "Marta Díaz", first_name: "Marta", last_name: "Díaz" },
        phones: [{ phone: "+52 55 9876 5432", wa_id: "5215598765432", type: "CELL" }],
        emails: [{ email: "marta@example.com", type: "WORK" }],
        origin: "other",
      },
    ],
  })),
  contacts_unnamed: message("Contact card without a name", () => ({
    type: "contacts",
    contacts: [{ phones: [{ phone: "+52 55 9876 5432", type: "CELL" }], origin: "other" }],
  })),
  contacts_detailed: message("Contact card with web address, birthday, job", () => ({
    type: "contacts",
    contacts: [
      {
        name: { formatted_name: "Marta Díaz", first_name: "Marta" },
        org: { company: "Molinos", department: "Ventas", title: "Jefa" },
        urls: [{ url: "https://molinos.example", type: "WORK" }],
        birthday: "1990-05-12",
        addresses: [{ street: "Av. Reforma 9", city: "Puebla", zip: "72000", country_code: "mx" }],
        vcard: "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Marta Díaz\r\nEND:VCARD",
        origin: "other",
      },
    ],
  })),
  // Their own card: it tells the number of somebody who wrote without one.
  contacts_requested: message(
    "Contact card that was asked for",
    ({ sender }) => ({
      type: "contacts",
      contacts: [
        {
          name: { formatted_name: sender.name, first_name: sender.name },
          phones: [{ phone: `+${sender.phone}`, wa_id: sender.phone, type: "CELL" }],
          origin: "contact_request",
        },
      ],
    }),
    () => ({ omitPhone: true }),
  ),
  order: message("Order", ({ text: said }) => ({
    type: "order",
    order: {
      catalog_id: newNumericId(),
      ...(said ? { text: said } : {}),
      product_items: [{ product_retailer_id: "concha-12", quantity: 2, item_price: 95.5, currency: "MXN" }],
    },
  })),
  order_as_text: message("Order, quantities and prices as text", ({ text: said }) => ({
    type: "order",
    order: {
      catalog_id: newNumericId(),
      ...(said ? { text: said } : {}),
      product_items: [
        { product_retailer_id: "hogaza", quantity: "2", item_price: "1.50", currency: "EUR" },
        { product_retailer_id: "tarta", quantity: "media", item_price: "a convenir", currency: "EUR" },
      ],
    },
  })),
  request_welcome: message("Opened the chat", () => ({ type: "request_welcome" })),
} satisfies Kinds;

/** What changes a message that was there before. */
export const CHANGES = {
  reaction: message("Reaction", (input) => ({
    type: "reaction",
    reaction: { message_id: about(input), emoji: input.text ?? "👍" },
  })),
  // Meta: the emoji is absent or empty when a reaction is taken back.
  reaction_removed: message("Reaction taken back", (input) => ({
    type: "reaction",
    reaction: { message_id: about(input) },
  })),
  edit: message("Edit", (input) => ({
    type: "edit",
    edit: {
      original_message_id: about(input),
      message: text(input.text ?? "Perdón, quise decir a las 8"),
    },
  })),
  revoke: message("Deletion", (input) => ({
    type: "revoke",
    revoke: { original_message_id: about(input) },
  })),
} satisfies Kinds;
