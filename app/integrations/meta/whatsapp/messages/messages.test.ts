import { describe, expect, test } from "vitest";
import type { StoredMessage } from "../../../channel.server.ts";
import type { MessageEvent } from "../../../channel-events.server.ts";
import type { MessageParts, MessageReading } from "../../../message.ts";
import { body, change, entry, inboundMessages } from "../webhook/testing/fixtures.ts";
import { whatsappWebhook } from "../webhook/webhook.server.ts";
import { whatsappMessages } from "./messages.server.ts";

const { read, summarize, referenceOf, failureOf } = whatsappMessages;

/** As ingest stores it. */
function stored(item: unknown): StoredMessage {
  const delivery = Buffer.from(JSON.stringify(body(entry(change({ messages: [item] })))));
  const message = whatsappWebhook
    .read(delivery)
    .events.find((event): event is MessageEvent => event.kind === "message");
  if (!message) throw new Error("no message");
  return message;
}

function fixture(name: string): StoredMessage {
  return stored(inboundMessages[name]?.item);
}

type Kind = MessageReading["kind"];

const file = (format: string, name: string | null = null): MessageParts => ({
  file: { name, format, bytes: null },
});
const place = { link: null, latitude: 40.4168, longitude: -3.7038 };
const bareCard = { organisation: null, job: null, birthday: null, emails: [], addresses: [], links: [] };
const marta = { ...bareCard, name: "Marta Gil", numbers: ["+34 600"] };
const pau = { ...bareCard, name: "Pau Roca", numbers: [] };
const ad = { headline: "Panadería Luz", text: "Pan", greeting: null, link: "https://fb.me/3cr4Wqqkv" };
const barra = { product: "barra", quantity: 2, price: { amount: 1.2, currency: "EUR" } };

const expected: [string, Kind, string | null, MessageParts?][] = [
  ["text", "text", "Hola, ¿tienen pan de masa madre? 🥖"],
  ["text quoting another", "text", "Ese"],
  ["text forwarded", "text", "Mira", { forwarded: "once" }],
  ["text about a product", "text", "¿Queda?", { product: "di9ozbzfi4" }],
  ["text from an ad", "text", "Info", { ad }],
  ["image", "image", "La mesa", file("JPEG")],
  ["image without caption", "image", null, file("JPEG")],
  ["video", "video", "Así suena", file("MP4")],
  ["document with caption", "document", "La factura", file("PDF", "factura.pdf")],
  ["document", "document", null, file("PDF", "factura.pdf")],
  ["audio", "audio", null, file("MPEG")],
  ["voice", "voice", null, file("OGG")],
  ["sticker", "sticker", null, file("WEBP")],
  [
    "location",
    "location",
    null,
    { place: { ...place, name: "Panadería Luz", address: "Calle Mayor 1", link: "https://x.example/" } },
  ],
  ["location without name", "location", null, { place: { name: null, address: null, ...place } }],
  ["contacts", "contacts", null, { cards: [marta, pau] }],
  ["button reply", "reply", "Cancelar"],
  ["list reply", "reply", "Entrega rápida", { description: "Hoy" }],
  ["flow reply", "form", "Sent"],
  ["call permission reply", "call_allowed", null],
  ["interactive without its reply", "reply", null],
  ["template button", "reply", "Baja"],
  ["reaction", "reaction", "👍"],
  ["reaction taken back", "reaction_removed", null],
  ["reaction taken back with an empty emoji", "reaction_removed", null],
  ["order", "order", null, { order: { lines: [barra], total: { amount: 2.4, currency: "EUR" } } }],
  ["order with words", "order", "Para hoy"],
  ["system: number changed", "number_changed", null],
  ["system: user_id changed, and the number may not be told", "number_changed", null],
  ["system: identity changed", "identity_changed", null],
  ["unsupported", "unsupported", null],
  ["edit", "edit", "Mañana"],
  ["revoke", "revoke", null],
  ["welcome request", "welcome", null],
  ["media placeholder", "old_media", null],
  ["a type of the future", "other", null, { rest: [{ name: "body", values: ["not known today"] }] }],
  ["in a group", "text", "A todos"],
];

describe("a message in full", () => {
  test.each(expected)("%s", (name, kind, text, parts = {}) => {
    const { called: _called, withheld: _withheld, ...reading } = read(fixture(name));
    expect(reading).toEqual({ kind, text, detail: null, parts });
  });

  test("of every kind that is received", () => {
    expect(expected.map(([name]) => name)).toEqual(Object.keys(inboundMessages));
  });
});

test.each([
  ["document", "factura.pdf", null],
  ["document with caption", "La factura", "factura.pdf"],
  ["location", "Panadería Luz, Calle Mayor 1", null],
  ["location without name", null, "40.41680, -3.70380"],
  ["contacts", "Marta Gil, Pau Roca", null],
  ["order", "2 × barra", null],
])("%s in one line is what there is of words, and what helps to recognise it", (name, text, detail) => {
  expect(summarize(fixture(name))).toMatchObject({ text, detail });
});

test.each([
  ["text quoting another", "answer", "wamid.QUOTED"],
  ["reaction", "reaction", "wamid.REACTED"],
  ["reaction taken back", "reaction", "wamid.REACTED"],
  ["edit", "edit", "wamid.EDITED"],
  ["revoke", "deletion", "wamid.REVOKED"],
])("%s is about another message", (name, as, providerMessageId) => {
  expect(referenceOf(fixture(name))).toEqual({ as, providerMessageId });
});

test("what is about no other message refers to none", () => {
  for (const name of ["text", "text forwarded", "text about a product", "image", "unsupported"])
    expect(referenceOf(fixture(name))).toBeNull();
});

test("a failure is Meta's code and Meta's words, where they are what they should be", () => {
  expect(failureOf({ code: 131047, title: "Re-engagement message" })).toEqual({
    code: "131047",
    title: "Re-engagement message",
  });
  expect(failureOf({ code: "131047", title: 7, message: "Late" })).toEqual({ code: "131047", title: "Late" });
  expect(failureOf({ code: "one", message: "Late", error_data: { details: "Too late" } })).toEqual({
    code: null,
    title: "Too late",
  });
  expect(failureOf(null)).toEqual({ code: null, title: null });
});
