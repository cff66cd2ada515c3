/** A stored message as a person sees it. Content is as Meta sent it, so nothing about its shape is taken for granted. */
import type { MessageRow } from "../../db/queries/conversations.ts";
import type { MessageStatus } from "../../db/schema.ts";
import type { MessageKind } from "./message-kinds.ts";

export interface MessageContentView {
  kind: MessageKind;
  /** Their words: text, caption, title of a reply, a place's name. Plain text, never markup. */
  text: string | null;
  /** What else helps to recognise it: a file's name, coordinates, how many items. */
  detail: string | null;
}

export interface MessageView extends MessageContentView {
  id: string;
  direction: "inbound" | "outbound";
  at: Date;
  status: MessageStatus;
  statusAt: Date;
  /** Meta's own words for a failure. */
  failure: string | null;
}

/** Statuses come with the time of that step, or of the message where Meta told none. */
export function messageView(row: MessageRow): MessageView {
  return {
    ...contentView(row.type, row.body, row.content),
    id: row.id,
    direction: row.direction,
    at: row.occurred_at,
    status: row.status,
    statusAt: statusTime(row),
    failure: row.status === "failed" ? textAt(row.error, "title") : null,
  };
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
]);

/** What to show of a message of Meta's `type`. */
export function contentView(
  type: string,
  body: string | null,
  content: Record<string, unknown>,
): MessageContentView {
  const item = content[type];
  if (type === "reaction") return { kind: body ? "reaction" : "reaction_removed", text: body, detail: null };
  if (type === "audio") {
    const isVoice = (item as { voice?: unknown } | undefined)?.voice === true;
    return { kind: isVoice ? "voice" : "audio", text: body, detail: null };
  }
  const kind = plainKinds.get(type) ?? "unsupported";
  const filename = kind === "document" ? textAt(item, "filename") : null;
  const detail = filename !== body ? filename : null;
  return { kind, text: body, detail: kind === "location" && !body ? coordinates(item) : detail };
}

function coordinates(item: unknown): string | null {
  const { latitude, longitude } = (item ?? {}) as { latitude?: unknown; longitude?: unknown };
  return typeof latitude === "number" && typeof longitude === "number"
    ? `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`
    : null;
}

function textAt(value: unknown, name: string): string | null {
  const text = (value as Record<string, unknown> | null | undefined)?.[name];
  return typeof text === "string" && text !== "" ? text.slice(0, 200) : null;
}
