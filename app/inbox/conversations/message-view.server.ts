/** A stored message as a person sees it. Content is as Meta sent it, so nothing about its shape is taken for granted. */
import type { MessageRow } from "../../../db/queries/inbox/threads.ts";
import type { MessageStatus } from "../../../db/schema.ts";
import { at, numberAt, textAt } from "./message-content.server.ts";
import type { MessageKind } from "./message-kinds.ts";
import { type MessageParts, messageParts } from "./message-parts.server.ts";

export interface MessageContentView {
  kind: MessageKind;
  /** Their words: text, caption, title of a reply, a place's name. Plain text, never markup. */
  text: string | null;
  /** What else helps to recognise it: a file's name, coordinates. */
  detail: string | null;
}

export interface QuoteView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  /** Cursor of the page that ends with it; null when it stands on the same page. */
  before: string | null;
}

export interface MessageView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  at: Date;
  status: MessageStatus;
  statusAt: Date;
  /** Why it was not delivered: Meta's code, and its own words for it. */
  failure: { code: number | null; title: string | null } | null;
  parts: MessageParts;
  edited: boolean;
  /** What the two sides put on it: one of each at most. */
  reactions: { emoji: string; direction: "inbound" | "outbound" }[];
  /** The message it answers or is about; `missing` when that never reached us. */
  quote: QuoteView | "missing" | null;
}

/** Statuses come with the time of that step, or of the message where Meta told none. */
export function messageView(row: MessageRow): MessageView {
  const content = contentView(row.type, row.body, row.content);
  const parts = messageParts(content.kind, row.content);
  return {
    ...content,
    ...ownWords(content, parts, row.content),
    id: row.id,
    direction: row.direction,
    at: row.occurred_at,
    status: row.status,
    statusAt: statusTime(row),
    failure:
      row.status === "failed"
        ? { code: numberAt(row.error, "code"), title: textAt(row.error, "title") }
        : null,
    parts,
    edited: false,
    reactions: [],
    quote: null,
  };
}

/** Where parts say it better than the one line for a list, only what the person wrote themselves stays. */
function ownWords(
  { kind, text, detail }: MessageContentView,
  parts: MessageParts,
  content: MessageRow["content"],
): Pick<MessageContentView, "text" | "detail"> {
  if (parts.place || parts.cards || parts.answers) return { text: null, detail: null };
  if (parts.order) return { text: textAt(content.order, "text", 4_096), detail: null };
  if (kind === "document" && parts.file?.name) {
    return { text: text === parts.file.name ? null : text, detail: null };
  }
  return { text, detail };
}

function statusTime(row: MessageRow): Date {
  const times: Record<MessageStatus, Date | null> = {
    received: row.received_at,
    sent: row.sent_at,
    delivered: row.delivered_at,
    read: row.read_at,
    played: row.played_at,
    failed: row.failed_at,
  };
  return times[row.status] ?? row.occurred_at;
}

const plainKinds = new Map<string, MessageKind>([
  ...(["text", "image", "video", "audio", "document", "sticker", "location", "contacts"] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ...(["order", "template", "system", "edit", "revoke", "unknown"] as const).map(
    (kind) => [kind, kind] as const,
  ),
  ["interactive", "reply"],
  ["button", "reply"],
  ["request_welcome", "welcome"],
  ["media_placeholder", "old_media"],
]);

/** What to show of a message of Meta's `type`, in a list or a quote. */
export function contentView(
  type: string,
  body: string | null,
  content: Record<string, unknown>,
): MessageContentView {
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

/** Meta words its notices in English and puts whole numbers into them; those we know are told in our own words. */
function noticeView(system: unknown, body: string | null): MessageContentView {
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
