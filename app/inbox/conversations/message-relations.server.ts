/** What messages say about each other: answers, reactions, edits, deletions. Pure. */
import type { MessageRow, QuotedRow } from "../../../db/queries/inbox/threads.ts";
import { cursorOf, keyOf } from "./conversations.server.ts";
import { textAt } from "./message-content.server.ts";
import { contentView, type MessageView, messageView, type QuoteView } from "./message-view.server.ts";

/** Messages that these speak of and that are not among them, as Meta names them. */
export function referredIds(rows: MessageRow[]): string[] {
  const here = new Set(rows.map((row) => row.provider_message_id));
  const ids = rows.map(referredId).filter((id) => id !== null);
  return [...new Set(ids)].filter((id) => !here.has(id));
}

/**
 * The messages of a page, oldest first, each with what was said about it, on the page or `later`. What is shown at its
 * message stands nowhere else on the page; what is about a message that is not here stands for itself, with a quote.
 */
export function relate(rows: MessageRow[], later: MessageRow[], quoted: QuotedRow[]): MessageView[] {
  const shown = new Map<string, MessageView>();
  const views = rows.map((row) => {
    const view = messageView(row);
    if (!isMark(row)) shown.set(row.provider_message_id, view);
    return view;
  });
  const applied = new Set<string>();
  for (const row of [...rows, ...later]) {
    const target = isMark(row) ? shown.get(referredId(row) ?? "") : undefined;
    if (target && apply(row, target)) applied.add(row.id);
  }
  const elsewhere = new Map(quoted.map((row) => [row.provider_message_id, row]));
  for (const [n, row] of rows.entries()) {
    const id = referredId(row);
    const view = views[n];
    if (id && view && view.kind !== "deleted") view.quote = quoteOf(shown.get(id), elsewhere.get(id));
  }
  return views.filter(({ id }) => !applied.has(id));
}

function isMark({ type }: MessageRow): boolean {
  return type === "reaction" || type === "edit" || type === "revoke";
}

function referredId({ type, content }: MessageRow): string | null {
  if (type === "reaction") return textAt(content.reaction, "message_id", 255);
  if (type === "edit" || type === "revoke") return textAt(content[type], "original_message_id", 255);
  return textAt(content.context, "id", 255);
}

/** False when it is not theirs to change: a message is edited and deleted by whoever sent it. */
function apply({ type, body, direction }: MessageRow, target: MessageView): boolean {
  if (type === "reaction") {
    const others = target.reactions.filter((reaction) => reaction.direction !== direction);
    target.reactions = body ? [...others, { emoji: body, direction }] : others;
    return true;
  }
  if (direction !== target.direction) return false;
  if (type === "revoke") {
    Object.assign(target, deleted, { parts: {}, reactions: [], edited: false });
  } else if (target.kind !== "deleted") {
    target.text = body ?? target.text;
    target.edited = true;
  }
  return true;
}

/** Whoever deletes a message wants it read by nobody any more. */
const deleted = { kind: "deleted", text: null, detail: null } as const;

function quoteOf(here: MessageView | undefined, elsewhere: QuotedRow | undefined): QuoteView | "missing" {
  if (here) {
    const { id, direction, kind, text, detail } = here;
    return { id, direction, kind, detail, text: shortened(text), before: null };
  }
  if (!elsewhere) return "missing";
  const { id, direction, type, body, content, is_deleted } = elsewhere;
  const said = is_deleted ? deleted : contentView(type, body, content);
  return {
    ...said,
    text: shortened(said.text),
    id,
    direction,
    before: cursorOf({ ...keyOf(elsewhere), id: String(BigInt(id) + 1n) }),
  };
}

function shortened(text: string | null): string | null {
  return text && text.length > 140 ? `${text.slice(0, 140).trimEnd()}…` : text;
}
