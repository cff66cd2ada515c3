/** What a person would read of a message in a list. */
import { templateText } from "../messages/sent-parts.server.ts";
import { isObject, type JsonObject, own, safeText } from "./json.server.ts";

/** The words of a message of `type`, or null when it has none. Never throws. */
export function bodyText(type: string, item: JsonObject): string | null {
  const read = readers.get(type);
  // A type that is not known may bring its words as a text does.
  const words = read ? read(own(item, type)) : textOf(own(item, "text"), "body");
  return words ? safeText(words) : null;
}

type Words = string | undefined;

const readers = new Map<string, (content: unknown) => Words>([
  ["text", (text) => textOf(text, "body")],
  ["image", (media) => textOf(media, "caption")],
  ["video", (media) => textOf(media, "caption")],
  ["audio", (media) => textOf(media, "caption")],
  ["voice", (media) => textOf(media, "caption")],
  ["sticker", (media) => textOf(media, "caption")],
  ["document", (media) => textOf(media, "caption") ?? textOf(media, "filename")],
  ["location", (place) => joined([textOf(place, "name"), textOf(place, "address")])],
  ["contacts", (cards) => joined(listOf(cards).map(cardWords))],
  ["interactive", replyText],
  ["template", (template) => templateText(template) ?? undefined],
  ["button", (button) => textOf(button, "text")],
  // No emoji, or an empty one, takes a reaction back.
  ["reaction", (reaction) => textOf(reaction, "emoji")],
  ["order", (order) => textOf(order, "text") ?? joined(listOf(own(order, "product_items")).map(orderLine))],
  ["system", (system) => textOf(system, "body")],
  ["edit", editedText],
]);

/** Types of message that may bring words, by the name that their content has. */
export const typesWithWords: ReadonlySet<string> = new Set(readers.keys());

/**
 * Some replies come without the `type` that says which of these they are, so the one that is there counts. The `name` of
 * a form's answer is a constant of Meta's; its `body` is what the person saw. A business's own words are a `body` as well.
 */
function replyText(reply: unknown): Words {
  const type = own(reply, "type");
  const unknown = typeof type === "string" ? own(reply, type) : undefined;
  return (
    textOf(own(reply, "button_reply"), "title") ??
    textOf(own(reply, "list_reply"), "title") ??
    textOf(own(reply, "nfm_reply"), "body") ??
    textOf(own(reply, "call_permission_reply"), "response") ??
    textOf(own(reply, "body"), "text") ??
    textOf(unknown, "title") ??
    textOf(reply, "title")
  );
}

/** The one who stands on a card, by a name or else by whatever the card has. */
function cardWords(card: unknown): Words {
  const name = own(card, "name");
  const [phone] = listOf(own(card, "phones"));
  const [email] = listOf(own(card, "emails"));
  return (
    textOf(name, "formatted_name") ??
    textOf(name, "first_name") ??
    textOf(own(card, "org"), "company") ??
    textOf(phone, "phone") ??
    textOf(phone, "wa_id") ??
    textOf(email, "email")
  );
}

function orderLine(product: unknown): Words {
  const name = textOf(product, "product_retailer_id");
  const quantity = own(product, "quantity");
  const isNumber =
    typeof quantity === "number" || (typeof quantity === "string" && /^\d{1,9}$/.test(quantity));
  return name && (isNumber ? `${quantity} × ${name}` : name);
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
