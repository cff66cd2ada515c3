/** What messages say about each other: answers, reactions, edits, deletions. Pure. */
import type { MessageRow, QuotedRow } from "../../../db/queries/inbox/threads.ts";
import type { ChannelMessages } from "../../integrations/channel.server.ts";
import type { MessageReference } from "../../integrations/message.ts";
import { cut } from "../../platform/text.ts";
import { cursorOf, keyOf } from "./conversations.server.ts";
import { type MessageView, messageView, type QuoteView } from "./message-view.server.ts";

/** Messages that these speak of and that are not among them, by the platform's ids. */
export function referredIds(reader: ChannelMessages, rows: MessageRow[]): string[] {
  const here = new Set(rows.map((row) => row.provider_message_id));
  const ids = rows.flatMap((row) => reader.referenceOf(row)?.providerMessageId ?? []);
  return [...new Set(ids)].filter((id) => !here.has(id));
}

/**
 * The messages of a page, oldest first, each with what was said about it, on the page or `later`. What is shown at its
 * message stands nowhere else on the page; what is about a message that is not here stands for itself, with a quote.
 */
export function relate(
  reader: ChannelMessages,
  { rows, later, quoted }: { rows: MessageRow[]; later: MessageRow[]; quoted: QuotedRow[] },
): MessageView[] {
  const isMark = ({ type }: MessageRow) => reader.marks.types.includes(type);
  const shown = new Map<string, MessageView>();
  const here = new Map(rows.map((row) => [row.provider_message_id, row]));
  const views = rows.map((row) => {
    const view = messageView(reader, row);
    if (!isMark(row)) shown.set(row.provider_message_id, view);
    return view;
  });
  const applied = new Set<string>();
  for (const row of [...rows, ...later].filter(isMark)) {
    const reference = reader.referenceOf(row);
    const target = reference ? shown.get(reference.providerMessageId) : undefined;
    if (reference && target && apply(reference.as, row, target)) applied.add(row.id);
  }
  const elsewhere = new Map(quoted.map((row) => [row.provider_message_id, row]));
  for (const [n, row] of rows.entries()) {
    const id = reader.referenceOf(row)?.providerMessageId;
    const view = views[n];
    if (id && view && view.kind !== "deleted") {
      view.quote = quoteOf(reader, shown.has(id) ? here.get(id) : elsewhere.get(id), shown.get(id));
    }
  }
  return views.filter(({ id }) => !applied.has(id));
}

/** False when it is not theirs to change: a message is edited and deleted by whoever sent it. */
function apply(
  as: MessageReference["as"],
  { body, direction, sender_contact_id: senderId }: MessageRow,
  target: MessageView,
): boolean {
  if (as === "answer") return false;
  if (as === "reaction") {
    const others = target.reactions.filter(
      (reaction) => reaction.direction !== direction || reaction.senderId !== senderId,
    );
    target.reactions = body ? [...others, { emoji: body, direction, senderId }] : others;
    return true;
  }
  if (direction !== target.direction || senderId !== target.senderId) return false;
  if (as === "deletion") {
    Object.assign(target, deleted, nothingTold, { parts: {}, reactions: [], edited: false });
  } else if (target.kind !== "deleted") {
    target.text = body ?? target.text;
    target.edited = true;
  }
  return true;
}

/** Whoever deletes a message wants it read by nobody any more. */
const deleted = { kind: "deleted", text: null, detail: null } as const;
const nothingTold = { called: undefined, withheld: undefined };

/** In one line, as a list would show it; what was edited as it reads now. `here` is how it stands on the page. */
function quoteOf(
  reader: ChannelMessages,
  row: MessageRow | QuotedRow | undefined,
  here: MessageView | undefined,
): QuoteView | "missing" {
  if (!row) return "missing";
  const isDeleted = here ? here.kind === "deleted" : "is_deleted" in row && row.is_deleted;
  const said = isDeleted ? deleted : reader.summarize(row);
  return {
    ...said,
    channel: reader.channel,
    text: shortened(here?.edited ? here.text : said.text),
    id: row.id,
    direction: row.direction,
    senderId: row.sender_contact_id,
    sender: null,
    before: here ? null : cursorOf({ ...keyOf(row), id: String(BigInt(row.id) + 1n) }),
  };
}

function shortened(text: string | null): string | null {
  return text && text.length > 140 ? `${cut(text, 140).trimEnd()}…` : text;
}
