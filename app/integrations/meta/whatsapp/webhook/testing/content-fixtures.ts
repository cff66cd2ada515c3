/** Messages by what they hold, and what a person is to see of each in the thread and in the list. For tests. */
import { bare } from "./fixtures.ts";

interface ContentSample {
  item: Record<string, unknown>;
  /** Words of the thread, as text. */
  shows: string[];
  hides?: string[];
  /** The line of the list. */
  line: string;
  /** The business sent it from its own phone. */
  isEcho?: boolean;
}

const form = (response_json: unknown, more: object = {}) =>
  interactive({ type: "nfm_reply", nfm_reply: { response_json, body: "Enviado", name: "flow", ...more } });

function interactive(content: object) {
  return { ...bare("interactive"), interactive: content };
}

function withheld(type: string, error: object | null, named?: string) {
  return {
    ...bare(type),
    ...(error && { errors: [error] }),
    ...(named && { unsupported: { type: named } }),
  };
}

const seeds = Array.from({ length: 23 }, (_, n) => `semilla ${n + 1}`);

export const contentSamples: Record<string, ContentSample> = {
  "form with lists, files, objects, numbers and booleans": {
    item: form(
      JSON.stringify({
        flow_token: "SECRET-1",
        screen_0_Nombre_completo_0: "Ana Luz",
        screen_1_Extras_1: ["0_Queso", "2_Aceitunas"],
        seeds,
        people: 4,
        gluten: false,
        newsletter: true,
        note: "",
        address: { street: "Calle Mayor 1", place: { city: "Puebla" } },
        photo: [{ id: "790000000000001", mime_type: "image/jpeg", sha256: "AAAA", file_name: "horno.jpg" }],
        scan: [{ media_id: "79", mime_type: "application/pdf", cdn_url: "https://mmg.whatsapp.net/x" }],
      }),
    ),
    shows: [
      "Filled in a form",
      "Nombre completo",
      "Ana Luz",
      "Extras",
      "Queso",
      "Aceitunas",
      ...seeds,
      "and 15 more",
      "people",
      "4",
      "gluten",
      "No",
      "newsletter",
      "Yes",
      "address · street",
      "Calle Mayor 1",
      "address · place · city",
      "Puebla",
      "photo",
      "horno.jpg",
      "scan",
      "PDF",
      "Enviado",
    ],
    hides: ["SECRET-1", "flow_token", "0_Queso", "screen_0", "79000", "AAAA", "mmg.whatsapp"],
    line: "Filled in a form: Enviado",
  },
  "form that is an object": {
    item: form({ flow_token: "SECRET-2", day: "lunes" }, { name: "galaxy_message" }),
    shows: ["day", "lunes"],
    hides: ["SECRET-2", "galaxy"],
    line: "Filled in a form: Enviado",
  },
  "form that is broken": {
    item: form('{"flow_token":"SECRET-3","day":"mar'),
    shows: ['"day":"mar'],
    hides: ["SECRET-3"],
    line: "Filled in a form: Enviado",
  },
  "form that is a list": {
    item: form('["uno", "dos"]'),
    shows: ["uno", "dos"],
    line: "Filled in a form: Enviado",
  },
  "form without a body": {
    item: interactive({ nfm_reply: { name: "flow", response_json: '{"day":"lunes"}' } }),
    shows: ["day", "lunes"],
    hides: ["flow"],
    line: "Filled in a form",
  },
  "address that was saved": {
    item: form(
      JSON.stringify({
        saved_address_id: "address1",
        values: { in_pin_code: "400063", house_number: "12", name: "Ana Luz" },
      }),
      { name: "address_message", body: "Ana Luz\n12, 400063" },
    ),
    shows: ["saved address id", "address1", "in pin code", "400063", "house number", "12", "Ana Luz"],
    hides: ["address_message"],
    line: "Filled in a form: Ana Luz 12, 400063",
  },
  "not shared: of a type that is named": {
    item: withheld("unsupported", { code: 131051, title: "Message type unknown" }, "group_invite"),
    shows: ["A kind of message that WhatsApp does not share: an invitation to a group"],
    hides: ["Message type unknown"],
    line: "A kind of message that WhatsApp does not share: an invitation to a group",
  },
  "not shared: of a type that has no words here": {
    item: withheld("unsupported", null, "newsletter_admin"),
    shows: ["does not share: newsletter admin"],
    line: "A kind of message that WhatsApp does not share: newsletter admin",
  },
  "not shared: of a type that has no words here, for a reason that is new": {
    item: withheld("unsupported", { code: 139999, title: "Los círculos no" }, "newsletter_admin"),
    shows: ["does not share: newsletter admin. Meta’s reason: Los círculos no"],
    line: "A kind of message that WhatsApp does not share: newsletter admin. Meta’s reason: Los círculos no",
  },
  "not shared: its file could not be fetched": {
    item: withheld("unsupported", { code: 131052, message: "Media download error" }),
    shows: ["A file that WhatsApp could not fetch"],
    line: "A file that WhatsApp could not fetch: ask the customer to send it again",
  },
  "not shared: could not be delivered for now": {
    item: withheld("unsupported", { code: 131060, title: "This message is currently unavailable" }),
    shows: ["could not deliver here: ask the customer"],
    line: "A message that WhatsApp could not deliver here: ask the customer to send it again",
  },
  "not shared: by its older name": {
    item: withheld("unknown", { code: 131051, details: "Message type is not currently supported" }),
    shows: ["A kind of message that WhatsApp does not share"],
    hides: ["has not reached us"],
    line: "A kind of message that WhatsApp does not share",
  },
  "not shared: for a reason that is new": {
    item: withheld("unsupported", { code: 139999, message: "x", error_data: { details: "Los círculos no" } }),
    shows: ["Meta’s reason: Los círculos no"],
    line: "A kind of message that WhatsApp does not share. Meta’s reason: Los círculos no",
  },
  "image with an error": {
    item: { ...bare("image"), image: { id: "1" }, errors: [{ code: 1, message: "Algo falló" }] },
    shows: ["Photo", "Meta’s reason: Algo falló"],
    line: "Photo",
  },
  "reply of an unknown kind": {
    item: interactive({
      type: "payment_method",
      payment_method: { payment_method: "offsite_card_pay", last_four_digits: "4321", reference_id: "R-77" },
    }),
    shows: ["Reply: a way to pay", "payment method", "offsite_card_pay", "last four digits", "4321"],
    hides: ["R-77"],
    line: "Reply: a way to pay",
  },
  "reply of an unknown kind with a title": {
    item: interactive({
      type: "date_reply",
      date_reply: { id: "d1", title: "El martes", hint: "por la tarde" },
    }),
    shows: ["El martes", "hint", "por la tarde"],
    line: "El martes",
  },
  "button without a text": {
    item: { ...bare("button"), button: { payload: "quiero-baja" } },
    shows: ["Reply", "quiero-baja"],
    line: "Reply: quiero-baja",
  },
  "buttons that were sent": {
    isEcho: true,
    item: interactive({
      type: "button",
      header: { type: "text", text: "Panadería Luz" },
      body: { text: "¿Cuándo pasas?" },
      footer: { text: "Abierto hasta las 20" },
      action: {
        buttons: [
          { type: "reply", reply: { id: "b1", title: "Hoy" } },
          { type: "reply", reply: { id: "b2", title: "Mañana" } },
        ],
      },
    }),
    shows: ["Panadería Luz", "¿Cuándo pasas?", "Abierto hasta las 20", "Hoy", "Mañana"],
    hides: ["b1"],
    line: "Your phone: ¿Cuándo pasas?",
  },
  "list that was sent": {
    isEcho: true,
    item: interactive({
      type: "list",
      body: { text: "Elige tu pan" },
      action: {
        button: "Ver panes",
        sections: [{ title: "De hoy", rows: [{ id: "r1", title: "Hogaza", description: "Con masa madre" }] }],
      },
    }),
    shows: ["Elige tu pan", "Ver panes", "De hoy", "Hogaza", "Con masa madre"],
    line: "Your phone: Elige tu pan",
  },
  "link that was sent": {
    isEcho: true,
    item: interactive({
      type: "cta_url",
      body: { text: "Mira la carta" },
      action: { name: "cta_url", parameters: { display_text: "Abrir", url: "https://luz.example/carta" } },
    }),
    shows: ["Mira la carta", "Abrir"],
    hides: ["cta_url"],
    line: "Your phone: Mira la carta",
  },
  "template that was sent": {
    isEcho: true,
    item: {
      ...bare("template"),
      template: {
        name: "pedido_listo",
        language: { code: "es_MX", policy: "deterministic" },
        components: [
          { type: "HEADER", format: "TEXT", text: "Tu pedido" },
          { type: "BODY", text: "Hola {{1}}, está listo.", parameters: [{ type: "text", text: "Ana" }] },
          { type: "FOOTER", text: "Panadería Luz" },
          { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "Gracias" }] },
        ],
      },
    },
    shows: [
      "Template message",
      "Tu pedido",
      "Hola Ana, está listo.",
      "Panadería Luz",
      "Gracias",
      "pedido_listo",
    ],
    hides: ["{{1}}", "deterministic", "es_MX", "QUICK_REPLY"],
    line: "Your phone: Template message: Hola Ana, está listo.",
  },
  "template by its name and what was put into it": {
    isEcho: true,
    item: {
      ...bare("template"),
      template: {
        name: "aviso",
        language: { code: "es" },
        components: [
          { type: "header", parameters: [{ type: "image", image: { link: "https://luz.example/a.jpg" } }] },
          {
            type: "body",
            parameters: [
              { type: "text", text: "Ana" },
              { type: "text", text: "las 9" },
            ],
          },
          {
            type: "button",
            sub_type: "quick_reply",
            index: "0",
            parameters: [{ type: "payload", payload: "P" }],
          },
        ],
      },
    },
    shows: ["Template message", "aviso", "Ana", "las 9"],
    hides: ["a.jpg"],
    line: "Your phone: Template message: Ana · las 9",
  },
  "order with numbers as text": {
    item: {
      ...bare("order"),
      order: {
        catalog_id: "19483",
        product_items: [
          { product_retailer_id: "hogaza", quantity: "2", item_price: "1.50", currency: "EUR" },
          { product_retailer_id: "bollo", quantity: "3", item_price: "0,80", currency: "eur" },
          { product_retailer_id: "tarta", quantity: "media", item_price: "a convenir", currency: "EUR" },
          // Browsers and servers have different signs for no currency.
          { product_retailer_id: "vale", quantity: 1, item_price: 5, currency: "XXX" },
        ],
      },
    },
    shows: ["2 × hogaza", "€3.00", "3 × bollo", "€2.40", "tarta", "media", "a convenir", "1 × vale"],
    hides: ["19483"],
    line: "Order: 2 × hogaza, 3 × bollo, tarta, 1 × vale",
  },
  "place with coordinates as text": {
    item: {
      ...bare("location"),
      location: { latitude: "19.0414", longitude: "-98.2063", url: "https://mapa.example/p" },
    },
    shows: ["Location", "19.04140, -98.20630", "https://mapa.example/p"],
    line: "Location: 19.04140, -98.20630",
  },
  "card without a name": {
    item: {
      ...bare("contacts"),
      contacts: [
        { phones: [{ phone: "+52 55 0000 0001", type: "CELL" }], origin: "other" },
        {
          org: { company: "Molinos", department: "Ventas", title: "Jefa" },
          urls: [{ url: "https://molinos.example", type: "WORK" }],
          emails: [{ email: "ventas@molinos.example" }],
          birthday: "1990-05-12",
          addresses: [{ street: "Av. Reforma 9", city: "Puebla", zip: "72000", country_code: "mx" }],
          ims: [{ service: "AIM", user_id: "x" }],
        },
        { vcard: "BEGIN:VCARD\r\nFN:Pau Roca\r\nitem1.TEL;type=CELL:+52 55 0000 0002\r\nEND:VCARD" },
      ],
    },
    shows: [
      "+52 55 0000 0001",
      "Molinos, Ventas",
      "Jefa",
      "https://molinos.example",
      "ventas@molinos.example",
      "Birthday",
      "1990-05-12",
      "Av. Reforma 9, Puebla, 72000",
      "AIM",
      "Pau Roca",
      "+52 55 0000 0002",
    ],
    hides: ["VCARD", "CELL"],
    line: "Contact card: +52 55 0000 0001, Molinos",
  },
  "ad with all it says": {
    item: {
      ...bare("text"),
      text: { body: "Me interesa" },
      referral: {
        source_url: "https://fb.me/abc",
        source_id: "120",
        source_type: "ad",
        headline: "Pan de hoy",
        body: "Dos por uno en hogazas",
        media_type: "video",
        video_url: "https://scontent.fbcdn.net/v",
        welcome_message: { text: "¡Hola! ¿Qué se te antoja?" },
        ref: "campaign_7",
        ctwa_clid: "Aff",
      },
    },
    shows: [
      "Came from an advertisement",
      "Pan de hoy",
      "Dos por uno en hogazas",
      "Greeting",
      "¡Hola! ¿Qué se te antoja?",
      "Me interesa",
    ],
    hides: ["Aff", "fbcdn", "campaign_7"],
    line: "Me interesa",
  },
  "file as older senders tell of it": {
    item: {
      ...bare("image"),
      image: {
        id: "1",
        mime_type: "image/jpeg",
        caption: "El horno",
        status: "undownloaded",
        file: "/usr/local/media/shared/af12",
      },
    },
    shows: ["Photo", "El horno"],
    hides: ["undownloaded", "/usr/local"],
    line: "Photo: El horno",
  },
  "voice by its own type": {
    item: { ...bare("voice"), voice: { id: "1", mime_type: "audio/ogg; codecs=opus", sha256: "x" } },
    shows: ["Voice message", "OGG"],
    line: "Voice message",
  },
  "type of the future": {
    item: {
      ...bare("quiz"),
      quiz: {
        question: "¿Dulce o salado?",
        options: [
          { id: "o1", label: "Dulce" },
          { id: "o2", label: "Salado" },
        ],
        most: 2,
        quiz_token: "SECRET-4",
      },
    },
    shows: [
      "A kind of message that is new here: quiz",
      "question",
      "¿Dulce o salado?",
      "Dulce",
      "Salado",
      "2",
    ],
    hides: ["o1", "SECRET-4"],
    line: "A kind of message that is new here: quiz",
  },
  "type of the future that says something as a text does": {
    item: { ...bare("whisper"), text: { body: "Sin que se entere nadie" }, whispered_by: "MX.7700AB" },
    shows: ["A kind of message that is new here: whisper", "Sin que se entere nadie"],
    hides: ["body", "MX.7700AB"],
    line: "A kind of message that is new here: whisper: Sin que se entere nadie",
  },
  "notice of the future": {
    item: { ...bare("system"), system: { type: "mood_changed", body: "Ana está contenta", mood: "alegre" } },
    shows: ["Ana está contenta", "mood", "alegre"],
    line: "Notice: Ana está contenta",
  },
  "text that shows nothing": {
    item: { ...bare("text"), text: { body: " \u200b\n\u2800\u2060 " } },
    shows: ["Message"],
    hides: ["\u2800"],
    line: "Message",
  },
  "text with signs of its look": {
    item: {
      ...bare("text"),
      text: {
        body: "*Pedido* _urgente_ ~no~ `A-1`\n- pan\n- sal\n> dijo ayer\nhttps://luz.example/a_b_c ana@luz.example",
      },
    },
    shows: [
      "Pedido",
      "urgente",
      "A-1",
      "pan",
      "sal",
      "dijo ayer",
      "https://luz.example/a_b_c",
      "ana@luz.example",
    ],
    hides: ["*", "~", "`", "&gt; "],
    line: "Pedido urgente no A-1 • pan • sal dijo ayer https://luz.example/a_b_c ana@luz.example",
  },
};
