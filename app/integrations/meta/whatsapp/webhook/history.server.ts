/**
 * The field `history`: the chats of a number that lives on in the WhatsApp Business app, which Meta sends once, in
 * chunks, after the owner has agreed to share them. Of a message with media it sends a placeholder first, and the
 * message itself later, under the same field and id.
 */
import { z } from "zod";
import type {
  ContactIdentity,
  HistoryEvent,
  MessageEvent,
  OtherEvent,
  ReadingProblem,
} from "../../../channel-events.server.ts";
import { digitsOf, isSameLine, opaqueId, optionalId, whatIsWrong } from "./fields.server.ts";
import { type ChangeContext, readPast } from "./items.server.ts";
import { isObject, own } from "./json.server.ts";
import { identify, nameOf } from "./people.server.ts";

type Found = Generator<MessageEvent | HistoryEvent | OtherEvent | ReadingProblem>;

/** An item of `history[]`: a chunk of threads and how far the whole has come, or why there is nothing. */
export function* readHistoryChunk(item: unknown, path: string, change: ChangeContext): Found {
  const { phoneNumberId } = change;
  if (!isObject(item)) {
    yield { path, phoneNumberId, detail: "item: invalid_type" };
    return;
  }
  let isKnown = false;
  const progress = progressOf(item);
  if (progress !== null) {
    yield { kind: "history", path, phoneNumberId, progress };
    isKnown = true;
  }
  const threads = own(item, "threads");
  if (Array.isArray(threads)) {
    for (const [index, thread] of threads.entries()) {
      yield* readThread(thread, `${path}.threads.${index}`, change);
      isKnown = true;
    }
  } else if (threads !== undefined && threads !== null) {
    yield { path: `${path}.threads`, phoneNumberId, detail: "not a list" };
    return;
  }
  if (isKnown) return;
  // An error that we do not know is said and kept; what holds nothing at all is no chunk.
  if ("errors" in item) yield { kind: "other", path, phoneNumberId, field: "history.errors" };
  else yield { path, phoneNumberId, detail: "threads: invalid_type" };
}

/** The owner does not share the chats of the app. */
const notShared = 2_593_109;
const percent = z.coerce.number().min(0).max(100);

function progressOf(item: Record<string, unknown>): HistoryEvent["progress"] | null {
  const errors = own(item, "errors");
  const codes = Array.isArray(errors) ? errors.map((error) => Number(own(error, "code"))) : [];
  if (codes.includes(notShared)) return "declined";
  const said = own(own(item, "metadata"), "progress");
  return said === undefined || said === null ? null : (percent.safeParse(said).data ?? null);
}

/** People are named by their number, or by their user_id where they have a username. */
const threadItem = z.object({ id: opaqueId, messages: z.array(z.unknown()).catch([]) });
const threadContext = z.object({ wa_id: optionalId.catch(null), user_id: optionalId.catch(null) });

function* readThread(thread: unknown, path: string, change: ChangeContext): Found {
  const parsed = threadItem.safeParse(thread);
  if (!parsed.success) {
    yield { path, phoneNumberId: change.phoneNumberId, detail: whatIsWrong(parsed.error) };
    return;
  }
  const { id, messages } = parsed.data;
  const person = personOf(id, own(thread, "context"), change.contacts);
  for (const [index, message] of messages.entries()) {
    yield readHistoryItem(message, `${path}.messages.${index}`, change, person);
  }
}

function personOf(threadId: string, context: unknown, contacts: ContactIdentity[]): ContactIdentity | null {
  const said = threadContext.safeParse(context).data;
  const digits = digitsOf(threadId);
  const person = identify(said?.wa_id ?? digits, said?.user_id ?? (digits ? null : threadId), contacts);
  return person && { ...person, username: nameOf(own(context, "username")) ?? person.username };
}

/** An item of `messages[]` under this field: what a placeholder stood for. */
export function readHistoryMessage(
  item: unknown,
  path: string,
  change: ChangeContext,
): MessageEvent | ReadingProblem {
  return readHistoryItem(item, path, change, null);
}

function readHistoryItem(
  item: unknown,
  path: string,
  change: ChangeContext,
  thread: ContactIdentity | null,
): MessageEvent | ReadingProblem {
  const direction = directionOf(item, change, thread);
  const others = change.contacts.filter(({ waId }) => !isSameLine(waId, change.businessNumber));
  // Of a medium that follows nobody says whom it was sent to, but the placeholder that came before.
  const person = thread ?? (direction === "outbound" && others.length === 1 ? (others[0] ?? null) : null);
  const message = readPast(item, path, change, { direction, person });
  if (!("kind" in message)) return message;
  return {
    ...message,
    ...(direction === "outbound" ? { cameTo: cameTo(item) } : {}),
    countsUnread: false,
    imported: true,
    isPlaceholder: message.type === "media_placeholder",
  };
}

/** `from_me` says it. Without it: only what the business sent has a `to`; else it is whoever `from` names. */
function directionOf(
  item: unknown,
  { businessNumber }: ChangeContext,
  thread: ContactIdentity | null,
): MessageEvent["direction"] {
  const fromMe = own(own(item, "history_context"), "from_me") ?? own(item, "from_me");
  if (typeof fromMe === "boolean") return fromMe ? "outbound" : "inbound";
  const [from, to] = [textOf(own(item, "from")), textOf(own(item, "to"))];
  if (thread && isSameLine(from, thread.waId)) return "inbound";
  if (isSameLine(from, businessNumber)) return "outbound";
  const isAddressed = to !== null || Boolean(own(item, "to_user_id"));
  return isAddressed && !isSameLine(to, businessNumber) ? "outbound" : "inbound";
}

function textOf(id: unknown): string | null {
  return typeof id === "string" && id !== "" ? id : null;
}

const steps = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "played",
  error: "failed",
  failed: "failed",
  pending: "pending",
} as const;

/** Being in the chat is the proof that it was sent, where Meta says nothing else of it. */
function cameTo(item: unknown): NonNullable<MessageEvent["cameTo"]> {
  const status = String(own(own(item, "history_context"), "status")).toLowerCase();
  return Object.hasOwn(steps, status) ? steps[status as keyof typeof steps] : "sent";
}
