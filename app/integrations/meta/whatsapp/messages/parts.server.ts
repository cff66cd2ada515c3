/** What a WhatsApp message is made of besides words. */
import type { MessageKind, MessageParts, OrderLine, Price } from "../../../message.ts";
import { cardParts } from "./card-parts.server.ts";
import { at, listAt, numberAt, textAt, webAddress } from "./content.server.ts";
import { formParts } from "./form-parts.server.ts";
import { interactiveParts, templateParts } from "./sent-parts.server.ts";

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
      text: textAt(referral, "body"),
      greeting: textAt(at(referral, "welcome_message"), "text"),
      link: webAddress(textAt(referral, "source_url", 2_000)),
    };
  }
  return parts;
}

function kindParts(kind: MessageKind, content: Content): MessageParts {
  if (kind === "voice" || kind === "audio") return fileParts(content.audio ?? content.voice);
  if (kind === "image" || kind === "video" || kind === "document" || kind === "sticker") {
    return fileParts(content[kind]);
  }
  if (kind === "location") return placeParts(content.location);
  if (kind === "contacts") return cardParts(content);
  if (kind === "order") return orderParts(content.order);
  if (kind === "form") return formParts(at(content.interactive, "nfm_reply"));
  if (kind === "template") return templateParts(content.template);
  if (kind === "text") return interactiveParts(content.interactive);
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
  const link = webAddress(textAt(place, "url", 2_000));
  return {
    place: { name: textAt(place, "name"), address: textAt(place, "address"), link, latitude, longitude },
  };
}

function orderParts(order: unknown): MessageParts {
  const lines = listAt(order, "product_items").map(orderLine);
  const isWhole = lines.length === (at(order, "product_items") as unknown[] | undefined)?.length;
  return lines.length > 0 ? { order: { lines, total: isWhole ? totalOf(lines) : null } } : {};
}

function orderLine(item: unknown): OrderLine {
  const currency = textAt(item, "currency")?.trim().toUpperCase() ?? "";
  const amount = numberAt(item, "item_price");
  return {
    product: textAt(item, "product_retailer_id") ?? textAt(item, "name") ?? "?",
    quantity: numberAt(item, "quantity"),
    price: /^[A-Z]{3}$/.test(currency) && amount !== null ? { amount, currency } : null,
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
