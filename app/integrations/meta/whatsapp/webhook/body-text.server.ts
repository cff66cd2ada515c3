/** What a person would read of a message in a list. */
import { isObject, type JsonObject, own, safeText } from "./json.server.ts";

/** The words of a message of `type`, or null when it has none (or a type that is not known). Never throws. */
export function bodyText(type: string, item: JsonObject): string | null {
  const words = readers.get(type)?.(own(item, type));
  return words ? safeText(words) : null;
}

type Words = string | undefined;

const readers = new Map<string, (content: unknown) => Words>([
  ["text", (text) => textOf(text, "body")],
  ["image", (media) => textOf(media, "caption")],
  ["video", (media) => textOf(media, "caption")],
  ["audio", (media) => textOf(media, "caption")],
  ["sticker", (media) => textOf(media, "caption")],
  ["document", (media) => textOf(media, "caption") ?? textOf(media, "filename")],
  ["location", (place) => joined([textOf(place, "name"), textOf(place, "address")])],
  ["contacts", (cards) => joined(listOf(cards).map((card) => textOf(own(card, "name"), "formatted_name")))],
  ["interactive", replyText],
  ["button", (button) => textOf(button, "text")],
  // No emoji, or an empty one, takes a reaction back.
  ["reaction", (reaction) => textOf(reaction, "emoji")],
  ["order", (order) => textOf(order, "text") ?? joined(listOf(own(order, "product_items")).map(orderLine))],
  ["system", (system) => textOf(system, "body")],
  ["edit", editedText],
]);

/** Some replies come without the `type` that says which of these they are, so the one that is there counts. */
function replyText(reply: unknown): Words {
  return (
    textOf(own(reply, "button_reply"), "title") ??
    textOf(own(reply, "list_reply"), "title") ??
    textOf(own(reply, "nfm_reply"), "name") ??
    textOf(own(reply, "nfm_reply"), "body") ??
    textOf(own(reply, "call_permission_reply"), "response")
  );
}

function orderLine(product: unknown): Words {
  const name = textOf(product, "product_retailer_id");
  const quantity = own(product, "quantity");
  return name && (typeof quantity === "number" ? `${quantity} × ${name}` : name);
}

function editedText(edit: unknown): Words {
  const message = own(edit, "message");
  const type = textOf(message, "type");
  // An edit of an edit is not a thing; following it would let a body choose how deep we go.
  if (!isObject(message) || !type || type === "edit") return undefined;
  return bodyText(type, message) ?? undefined;
}

function textOf(value: unknown, name: string): Words {
  const text = own(value, name);
  return typeof text === "string" && text !== "" ? text : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function joined(words: Words[]): Words {
  return words.filter((word) => word !== undefined).join(", ") || undefined;
}
