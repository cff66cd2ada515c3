/** Several events about one message become one row, by the same rules as the rows in the database. Pure. */
import { hash } from "node:crypto";
import { namesNobody } from "#db/queries/deliveries/quarantine.ts";
import {
  type Completeness,
  type KnownMessage,
  type MessageRow,
  senders,
} from "#db/queries/inbox/messages.ts";
import { type MessageStatus, messageStatuses } from "#db/schema.ts";
import type { ContactIdentity, MessageEvent, StatusEvent } from "../../integrations/channel-events.server.ts";
import type { RoutedEvent } from "./routing.server.ts";

/** An item that speaks of one message. */
export type MessageItem = RoutedEvent & { event: MessageEvent | StatusEvent };

export function isOfMessage(item: RoutedEvent): item is MessageItem {
  return item.event.kind !== "person";
}

/** A message of this job: its row but for the conversation, and what finds that. */
export interface MessageDraft {
  row: Omit<MessageRow, "conversationId" | "senderContactId">;
  provider: string;
  connectionId: string;
  /** Whose conversation it belongs to; null when only statuses that name nobody speak of it. */
  person: ContactIdentity | null;
  /** In a group: who of it said it. */
  sender: ContactIdentity | null;
  known: KnownMessage | undefined;
  events: MessageItem[];
}

export type Refusal = { item: RoutedEvent; reason: "conflict" | "unreadable" | "failed"; detail: string };

/** Messages before their statuses, the most complete first, and statuses that name somebody before those that do not. */
export function inStoringOrder<Item extends RoutedEvent>(events: Item[]): Item[] {
  const place = ({ event }: Item) => {
    if (event.kind === "status") return event.recipient ? 3 : 4;
    return event.kind === "message" ? 3 - completenessOf(event) : 0;
  };
  return events.toSorted((a, b) => place(a) - place(b));
}

/**
 * One draft for each message, given what is stored of them. Refused are events of a message that belongs to another
 * tenant or went the other way, and statuses that name nobody of a message that is not known.
 */
export function foldEvents(
  events: MessageItem[],
  knownMessages: KnownMessage[],
): { drafts: MessageDraft[]; refused: Refusal[] } {
  const known = new Map(knownMessages.map((message) => [message.providerMessageId, message]));
  const drafts = new Map<string, MessageDraft>();
  const refused: Refusal[] = [];
  for (const item of inStoringOrder(events)) {
    const id = item.event.providerMessageId;
    const earlier = drafts.get(id);
    const draft = draftOf(item, known.get(id));
    const conflict = clash(draft, earlier?.row) ?? clash(draft, draft.known);
    if (conflict) {
      refused.push({ item, reason: "conflict", detail: conflict });
    } else if (earlier) {
      merge(earlier, draft);
    } else {
      drafts.set(id, draft);
    }
  }
  for (const [id, { person, known, events }] of drafts) {
    if (person || known) continue;
    drafts.delete(id);
    const left = events.filter(({ event }) => !isOfSomeGroup(event));
    refused.push(...left.map((item) => ({ item, reason: "unreadable" as const, detail: namesNobody })));
  }
  return { drafts: [...drafts.values()], refused };
}

/** Steps of what was sent to a group come one for each who is in it; which one it was, others of them tell. */
function isOfSomeGroup(event: MessageItem["event"]): boolean {
  return event.kind === "status" && event.participant !== undefined;
}

export function clash(
  { row }: MessageDraft,
  other: { tenantId: string; direction: string } | undefined,
): string | undefined {
  if (!other) return undefined;
  if (other.tenantId !== row.tenantId) return "its message belongs to another workspace";
  return other.direction === row.direction ? undefined : "its message went the other way";
}

const noSteps = { sentAt: null, deliveredAt: null, readAt: null, playedAt: null, failedAt: null };

function draftOf(item: MessageItem, known: KnownMessage | undefined): MessageDraft {
  const { event, deliveryId, receivedAtUs, tenantId, connectionId, provider } = item;
  const { providerMessageId, occurredAt } = event;
  const common = { providerMessageId, tenantId, deliveryId, receivedAtUs, occurredAt, ...noSteps };
  const draft = { provider, connectionId, known, events: [item] };
  if (event.kind === "status") {
    const step = { [`${event.status}At`]: occurredAt };
    const stub = {
      direction: "outbound" as const,
      type: "unknown",
      body: null,
      content: {},
      sentBy: null,
      countsUnread: false,
      completeness: 0 as const,
    };
    const told = { error: event.error, statusDetail: detailOf(event) };
    const row = { ...common, ...stub, ...step, status: event.status, ...told };
    return { ...draft, row, person: event.recipient, sender: null };
  }
  const { direction, type, body, content, contact, sentBy, countsUnread } = event;
  const said = { direction, type, body, content, sentBy, countsUnread, completeness: completenessOf(event) };
  const message = { ...common, ...said, error: null, statusDetail: null };
  const row: MessageDraft["row"] =
    direction === "inbound"
      ? { ...message, status: "received" }
      : // The business sent it from its own phone: being told is the proof that it was sent.
        { ...message, ...stepOf(event) };
  return { ...draft, row, person: contact, sender: event.sender ?? null };
}

/** A history tells how far a message came, and not when. */
function stepOf({ cameTo, occurredAt }: MessageEvent): Pick<MessageRow, "status" | "sentAt"> {
  return cameTo === "pending"
    ? { status: "sent", sentAt: null }
    : { status: cameTo ?? "sent", sentAt: occurredAt };
}

function completenessOf({ isPlaceholder, imported, interim }: MessageEvent): Completeness {
  if (isPlaceholder || interim === "first") return 1;
  return imported || interim === "later" ? 2 : 3;
}

/** Under a digest of itself, so that taking all of them together is the same in any order, and once is as often. */
function detailOf({ status, occurredAt, detail, participant }: StatusEvent): MessageRow["statusDetail"] {
  if (!detail && !participant) return null;
  const told = { ...detail, ...(participant && { participant }), status, at: occurredAt.getTime() / 1000 };
  return { [hash("sha1", JSON.stringify(told)).slice(0, 16)]: told };
}

const rankOf = (status: MessageStatus): number => messageStatuses.indexOf(status);

/** `later` comes after `draft` in storing order, so it never brings a message that `draft` lacks. */
function merge(draft: MessageDraft, later: MessageDraft): void {
  const { row } = draft;
  const other = later.row;
  draft.events.push(...later.events);
  draft.person ??= later.person;
  if (rankOf(other.status) > rankOf(row.status)) row.status = other.status;
  if (isEarlierFailure(other, row)) row.error = other.error;
  if (other.statusDetail) row.statusDetail = { ...row.statusDetail, ...other.statusDetail };
  if (other.completeness === row.completeness) row.content = { ...other.content, ...row.content };
  if (isSurer(other, row)) row.sentBy = other.sentBy;
  for (const step of ["sentAt", "deliveredAt", "readAt", "playedAt", "failedAt"] as const) {
    row[step] = earlier(row[step], other[step]);
  }
  row.countsUnread ||= other.countsUnread;
  if (row.completeness === 0) row.occurredAt = earlier(row.occurredAt, other.occurredAt) ?? row.occurredAt;
  if (BigInt(other.deliveryId) < BigInt(row.deliveryId)) row.deliveryId = other.deliveryId;
  row.receivedAtUs = Math.min(row.receivedAtUs, other.receivedAtUs);
}

/** Two who tell of the same message may know differently well who sent it. */
function isSurer(other: MessageDraft["row"], { completeness, sentBy }: MessageDraft["row"]): boolean {
  const sureness = (sender: typeof sentBy) => (sender ? senders.indexOf(sender) : -1);
  return other.completeness === completeness && sureness(other.sentBy) > sureness(sentBy);
}

type Failure = Pick<MessageRow, "failedAt" | "error">;

function isEarlierFailure(other: Failure, row: Failure): boolean {
  if (!other.failedAt) return false;
  if (!row.failedAt || other.failedAt < row.failedAt) return true;
  const code = ({ error }: Failure) => (typeof error?.code === "number" ? error.code : Number.NaN);
  return other.failedAt.getTime() === row.failedAt.getTime() && code(other) < code(row);
}

function earlier(a: Date | null, b: Date | null): Date | null {
  return !a || (b && b < a) ? b : a;
}
