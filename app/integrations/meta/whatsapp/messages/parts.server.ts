/** What a WhatsApp message is made of besides words. */
import type { MessageKind, MessageParts, OrderLine, Price } from "../../../message.ts";
import { at, listAt, numberAt, textAt, webAddress } from "./content.server.ts";

type Content = Record<string, unknown>;

/** Only what is there, and of long lists the beginning. */
export function messageParts(kind: MessageKind, content: Content): MessageParts {
  return { ...originParts(content), ...kindParts(kind, content) };
}

function originParts(content: Content): MessageParts {
  const { context, referral, conversation_context } = content;
  const parts: MessageParts = {};
  const summary = textAt(at(conversation_context, "summary"), "text", 4_000);
  if (summary) parts.summary = summary;
  if (at(context, "frequently_forwarded") === true) parts.forwarded = "often";
  else if (at(context, "forwarded") === true) parts.forwarded = "once";
  const product = textAt(at(context, "referred_product"), "product_retailer_id");
  if (product) parts.product = product;
  if (referral) {
    parts.ad = {
      headline: textAt(referral, "headline"),
      link: webAddress(textAt(referral, "source_url", 2_000)),
    };
  }
  return parts;
}

function kindParts(kind: MessageKind, content: Content): MessageParts {
  if (kind === "voice" || kind === "audio") return fileParts(content.audio);
  if (kind === "image" || kind === "video" || kind === "document" || kind === "sticker") {
    return fileParts(content[kind]);
  }
  if (kind === "location") return placeParts(content.location);
  if (kind === "contacts") return cardParts(listAt(content, "contacts"));
  if (kind === "order") return orderParts(listAt(content.order, "product_items"));
  if (kind === "form") return formParts(at(content.interactive, "nfm_reply"));
  const description = textAt(at(content.interactive, "list_reply"), "description");
  return description ? { description } : {};
}

function fileParts(media: unknown): MessageParts {
  const name = textAt(media, "filename");
  const [, ending] = /\.([a-z\d]{1,5})$/i.exec(name ?? "") ?? [];
  const [, subtype] = /^[a-z]+\/([a-z\d]{2,5})(?:;|$)/i.exec(textAt(media, "mime_type") ?? "") ?? [];
  const format = (ending ?? subtype)?.toUpperCase() ?? null;
  const bytes = numberAt(media, "file_size");
  return name || format || bytes ? { file: { name, format, bytes } } : {};
}

function placeParts(place: unknown): MessageParts {
  const latitude = numberAt(place, "latitude");
  const longitude = numberAt(place, "longitude");
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return {};
  return { place: { name: textAt(place, "name"), address: textAt(place, "address"), latitude, longitude } };
}

function cardParts(cards: unknown[]): MessageParts {
  const read = cards.slice(0, 10).map((card) => ({
    name: textAt(at(card, "name"), "formatted_name"),
    organisation: textAt(at(card, "org"), "company"),
    numbers: textsOf(listAt(card, "phones"), "phone"),
    emails: textsOf(listAt(card, "emails"), "email"),
  }));
  return read.length > 0 ? { cards: read } : {};
}

function textsOf(list: unknown[], name: string): string[] {
  const texts = list.slice(0, 5).map((item) => textAt(item, name, 100));
  return texts.filter((text) => text !== null);
}

function orderParts(items: unknown[]): MessageParts {
  const lines = items.slice(0, 50).map(orderLine);
  return lines.length > 0
    ? { order: { lines, total: items.length > lines.length ? null : totalOf(lines) } }
    : {};
}

function orderLine(item: unknown): OrderLine {
  const currency = textAt(item, "currency");
  const amount = Number(at(item, "item_price") ?? Number.NaN);
  return {
    product: textAt(item, "product_retailer_id") ?? "?",
    quantity: numberAt(item, "quantity"),
    price: currency && /^[A-Z]{3}$/.test(currency) && Number.isFinite(amount) ? { amount, currency } : null,
  };
}

/** Only where every line says how many, for how much, and all in one currency. */
function totalOf(lines: OrderLine[]): Price | null {
  const currency = lines[0]?.price?.currency;
  let amount = 0;
  for (const { quantity, price } of lines) {
    if (!currency || quantity === null || price?.currency !== currency) return null;
    amount += quantity * price.amount;
  }
  return currency ? { amount, currency } : null;
}

/** A form's answers come as JSON within the JSON; what is not simply a value, or is the form's own, is left out. */
function formParts(reply: unknown): MessageParts {
  const answers = Object.entries(parsed(textAt(reply, "response_json", 20_000)))
    .filter(([name, value]) => name !== "flow_token" && /^(string|number|boolean)$/.test(typeof value))
    .slice(0, 30)
    .map(([name, value]) => ({ name: name.slice(0, 100), value: String(value).slice(0, 1_000) }));
  return answers.length > 0 ? { answers } : {};
}

function parsed(json: string | null): object {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}
