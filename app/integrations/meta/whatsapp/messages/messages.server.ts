/** Reads stored WhatsApp messages. Content is as Meta sent it, so nothing about its shape is taken for granted. */
import type { ChannelMessages, StoredMessage } from "../../../channel.server.ts";
import type { MessageKind, MessageParts, MessageReference, MessageSummary } from "../../../message.ts";
import { at, numberAt, textAt } from "./content.server.ts";
import { noticeSummary } from "./notices.server.ts";
import { messageParts } from "./parts.server.ts";

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
    return { ...summary, ...ownWords(summary, parts, message.content), parts };
  },
  referenceOf({ type, content }) {
    if (type === "reaction") return reference("reaction", textAt(content.reaction, "message_id", longestId));
    if (type === "edit") return reference("edit", textAt(content.edit, "original_message_id", longestId));
    if (type === "revoke")
      return reference("deletion", textAt(content.revoke, "original_message_id", longestId));
    return reference("answer", textAt(content.context, "id", longestId));
  },
  failureOf(error) {
    return { code: numberAt(error, "code")?.toString() ?? null, title: textAt(error, "title") };
  },
};

const longestId = 255;

function reference(as: MessageReference["as"], providerMessageId: string | null): MessageReference | null {
  return providerMessageId ? { providerMessageId, as } : null;
}

const plainKinds = new Map<string, MessageKind>([
  ["text", "text"],
  ["image", "image"],
  ["video", "video"],
  ["audio", "audio"],
  ["document", "document"],
  ["sticker", "sticker"],
  ["location", "location"],
  ["contacts", "contacts"],
  ["order", "order"],
  ["template", "template"],
  ["system", "system"],
  ["edit", "edit"],
  ["revoke", "revoke"],
  ["unknown", "unknown"],
  ["interactive", "reply"],
  ["button", "reply"],
  ["request_welcome", "welcome"],
  ["media_placeholder", "old_media"],
]);

function summarize({ type, body, content }: StoredMessage): MessageSummary {
  const notice = noticeSummary(type, content, body);
  if (notice) return notice;
  const item = content[type];
  if (type === "reaction") return { kind: body ? "reaction" : "reaction_removed", text: body, detail: null };
  if (type === "audio")
    return { kind: at(item, "voice") === true ? "voice" : "audio", text: body, detail: null };
  if (type === "system") return noticeView(item, body);
  const kind = type === "interactive" ? replyKind(item) : (plainKinds.get(type) ?? "unsupported");
  if (kind === "call_allowed" || kind === "call_refused") return { kind, text: null, detail: null };
  const filename = kind === "document" ? textAt(item, "filename") : null;
  const detail = filename !== body ? filename : null;
  return { kind, text: body, detail: kind === "location" && !body ? coordinates(item) : detail };
}

/** Where parts say it better than the one line for a list, only what the person wrote themselves stays. */
function ownWords(
  { kind, text, detail }: MessageSummary,
  parts: MessageParts,
  content: Record<string, unknown>,
): Pick<MessageSummary, "text" | "detail"> {
  if (parts.place || parts.cards || parts.answers) return { text: null, detail: null };
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
    customer_identity_changed: "identity_changed",
  };
  const type = textAt(system, "type");
  const kind = type && Object.hasOwn(notices, type) ? notices[type] : undefined;
  return kind ? { kind, text: null, detail: null } : { kind: "system", text: body, detail: null };
}

function replyKind(reply: unknown): MessageKind {
  if (at(reply, "nfm_reply")) return "form";
  const calls = textAt(at(reply, "call_permission_reply"), "response");
  if (calls === null) return "reply";
  return calls === "accept" ? "call_allowed" : "call_refused";
}

function coordinates(place: unknown): string | null {
  const latitude = numberAt(place, "latitude");
  const longitude = numberAt(place, "longitude");
  return latitude === null || longitude === null ? null : `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
}
