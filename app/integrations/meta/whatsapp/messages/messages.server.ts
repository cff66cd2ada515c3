/** Reads stored WhatsApp messages. Content is as Meta sent it, so nothing about its shape is taken for granted. */
import { isBlank } from "../../../../platform/text.ts";
import type { ChannelMessages, StoredMessage } from "../../../channel.server.ts";
import type {
  MessageFailure,
  MessageKind,
  MessageParts,
  MessageReading,
  MessageReference,
  MessageSummary,
} from "../../../message.ts";
import { at, listAt, numberAt, readableName, textAt } from "./content.server.ts";
import { noticeSummary } from "./notices.server.ts";
import { messageParts } from "./parts.server.ts";
import { restOf } from "./rest.server.ts";
import { isSentInteractive } from "./sent-parts.server.ts";

export const whatsappMessages: ChannelMessages = {
  channel: "meta_whatsapp",
  marks: {
    types: ["reaction", "edit", "revoke"],
    deletion: { type: "revoke", idPath: ["revoke", "original_message_id"] },
    // Meta lets a message be edited and deleted for less than that.
    withinDays: 3,
  },
  summarize,
  read(message) {
    const summary = summarize(message);
    const parts = messageParts(summary.kind, message.content);
    const reading: MessageReading = { ...summary, ...ownWords(summary, parts, message.content), parts };
    // Of these nothing is left out: our own words say what Meta's do, without the whole numbers in them.
    if (toldByUs.has(summary.kind)) return reading;
    const { rest, left = 0 } = restOf(reading, message.type, message.content);
    const total = left + (parts.left ?? 0);
    return { ...reading, parts: { ...parts, ...(rest && { rest }), ...(total > 0 && { left: total }) } };
  },
  referenceOf({ type, content }) {
    if (type === "reaction") return reference("reaction", textAt(content.reaction, "message_id", longestId));
    if (type === "edit") return reference("edit", textAt(content.edit, "original_message_id", longestId));
    if (type === "revoke")
      return reference("deletion", textAt(content.revoke, "original_message_id", longestId));
    return reference("answer", textAt(content.context, "id", longestId));
  },
  failureOf,
};

const longestId = 255;

function reference(as: MessageReference["as"], providerMessageId: string | null): MessageReference | null {
  return providerMessageId ? { providerMessageId, as } : null;
}

/** Newer errors have no title, older ones nothing else. */
function failureOf(error: unknown): MessageFailure {
  const title =
    textAt(error, "title") ?? textAt(at(error, "error_data"), "details") ?? textAt(error, "message");
  return { code: numberAt(error, "code")?.toString() ?? null, title };
}

const toldByUs = new Set<MessageKind>([
  "number_changed",
  "identity_changed",
  "call_allowed",
  "call_refused",
  "call_from_customer",
  "call_from_business",
  "call_missed",
  "call_unanswered",
  "call_declined",
  "person_wanted",
  "person_took_over",
  "agent_took_over",
  "marketing_stopped",
  "marketing_resumed",
  "marketing_wanted",
]);

const plainKinds = new Map<string, MessageKind>([
  ["text", "text"],
  ["image", "image"],
  ["video", "video"],
  ["document", "document"],
  ["sticker", "sticker"],
  ["location", "location"],
  ["contacts", "contacts"],
  ["order", "order"],
  ["template", "template"],
  ["edit", "edit"],
  ["revoke", "revoke"],
  ["button", "reply"],
  ["request_welcome", "welcome"],
  ["media_placeholder", "old_media"],
]);

/** Words that show nothing are none: an empty bubble would hide that something was said. */
function summarize(stored: StoredMessage): MessageSummary {
  const message = isBlank(stored.body ?? "") ? { ...stored, body: null } : stored;
  const notice = noticeSummary(message.type, message.content, message.body);
  if (notice) return notice;
  const [error] = listAt(message.content, "errors");
  return { ...kindSummary(message), ...(error !== undefined && { withheld: failureOf(error) }) };
}

function kindSummary({ type, body, content }: StoredMessage): MessageSummary {
  const item = content[type];
  const said = { text: body, detail: null };
  if (type === "reaction") return { kind: body ? "reaction" : "reaction_removed", ...said };
  if (type === "audio") return { kind: at(item, "voice") === true ? "voice" : "audio", ...said };
  if (type === "voice") return { kind: "voice", ...said };
  if (type === "system") return noticeView(item, body);
  if (type === "interactive") return interactiveView(item, body);
  if (type === "unsupported" || type === "unknown") return withheldView(type, content, body);
  const kind = plainKinds.get(type);
  if (!kind) return { kind: "other", ...said, called: readableName(type) };
  return { kind, text: body, detail: detailOf(kind, item, body) };
}

function detailOf(kind: MessageKind, item: unknown, body: string | null): string | null {
  if (kind === "location") return body ? null : coordinates(item);
  if (kind === "template") return textAt(item, "name", 200);
  if (kind === "reply") return body ? null : textAt(item, "payload", 200);
  const filename = kind === "document" ? textAt(item, "filename", 200) : null;
  return filename !== body ? filename : null;
}

/** Meta's `unknown` is the older name of `unsupported`. A message of which only statuses have arrived has no content. */
function withheldView(type: string, content: StoredMessage["content"], body: string | null): MessageSummary {
  const isTold = content.type === type || content.errors !== undefined || content.unsupported !== undefined;
  if (type === "unknown" && !isTold) return { kind: "unknown", text: body, detail: null };
  const named = textAt(content.unsupported, "type", 100);
  const called =
    named === null || named === "unsupported" || named === "unknown" ? null : readableName(named);
  return { kind: "unsupported", text: body, detail: null, ...(called !== null && { called }) };
}

/** Where parts say it better than the one line for a list, only what the person wrote themselves stays. */
function ownWords(
  { kind, text, detail }: MessageSummary,
  parts: MessageParts,
  content: Record<string, unknown>,
): Pick<MessageSummary, "text" | "detail"> {
  if (parts.place || parts.cards) return { text: null, detail: null };
  if (parts.order) return { text: textAt(content.order, "text", 4_096), detail: null };
  if (kind === "document" && parts.file?.name) {
    return { text: text === parts.file.name ? null : text, detail: null };
  }
  return { text, detail };
}

/** Meta words its notices in English and puts whole numbers into them; those we know are told in our own words. */
function noticeView(system: unknown, body: string | null): MessageSummary {
  const notices: Record<string, MessageKind> = {
    user_changed_number: "number_changed",
    user_changed_user_id: "number_changed",
    customer_changed_number: "number_changed",
    customer_identity_changed: "identity_changed",
  };
  const type = textAt(system, "type", 100);
  const kind = type && Object.hasOwn(notices, type) ? notices[type] : undefined;
  return kind ? { kind, text: null, detail: null } : { kind: "system", text: body, detail: null };
}

/** A reply that we do not know says its title, or else what Meta calls it. What a business sent has a body, not a reply. */
function interactiveView(item: unknown, body: string | null): MessageSummary {
  const nothing = { text: null, detail: null };
  if (at(item, "nfm_reply")) return { kind: "form", text: body, detail: null };
  const calls = textAt(at(item, "call_permission_reply"), "response");
  if (calls !== null) return { kind: calls === "accept" ? "call_allowed" : "call_refused", ...nothing };
  if (isSentInteractive(item)) return { kind: "text", text: body, detail: null };
  const reply = { kind: "reply" as const, text: body, detail: null };
  if (at(item, "button_reply") || at(item, "list_reply")) return reply;
  const type = textAt(item, "type", 100);
  return type ? { ...reply, called: readableName(type) } : reply;
}

function coordinates(place: unknown): string | null {
  const latitude = numberAt(place, "latitude");
  const longitude = numberAt(place, "longitude");
  return latitude === null || longitude === null ? null : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
