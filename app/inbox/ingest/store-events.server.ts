/** Stores events of many tenants with one statement for each table. */
import type { Transaction } from "kysely";
import { sqlState } from "#db/client.ts";
import { withSavepoint } from "#db/queries/deliveries/transactions.ts";
import {
  advanceConversations,
  type ConversationKey,
  type ConversationTimes,
  type MarketingNote,
  noteMarketing,
  openConversations,
} from "#db/queries/inbox/contacts.ts";
import { tellConversations } from "#db/queries/inbox/live.ts";
import { findMessages, type MessageRow, upsertMessages } from "#db/queries/inbox/messages.ts";
import type { Schema } from "#db/schema.ts";
import type { ContactIdentity } from "../../integrations/channel-events.server.ts";
import { resolveContacts, type Sighting } from "../contacts/contact-matching.server.ts";
import {
  clash,
  foldEvents,
  inStoringOrder,
  isOfMessage,
  type MessageDraft,
  type Refusal,
} from "./message-folding.server.ts";
import type { RoutedEvent } from "./routing.server.ts";

/**
 * Stores `events` in the caller's transaction and answers those it refused. Any order of calls and any repetition ends
 * in the same rows. Tables are always written in the order contacts, conversations, messages, and rows in the order of
 * their keys, so that two transactions seldom wait for each other in a circle.
 */
export async function storeEvents(trx: Transaction<Schema>, events: RoutedEvent[]): Promise<Refusal[]> {
  if (events.length === 0) return [];
  const ofMessages = events.filter(isOfMessage);
  const ids = new Set(ofMessages.map(({ event }) => event.providerMessageId));
  const { drafts, refused } = foldEvents(ofMessages, await findMessages(trx, [...ids]));
  const ofPeople = events.filter((item) => !isOfMessage(item));
  const placed = await placeInConversations(trx, drafts, ofPeople);
  await noteMarketing(trx, wishesOf(placed));
  const written = await upsertMessages(
    trx,
    placed.map(({ row }) => row),
  );
  const taken = await takenInTheMeantime(trx, drafts, written);
  await advanceConversations(trx, timesOf(placed.filter(({ draft }) => !taken.has(draft))));
  // A repetition has changed nothing that a page shows.
  const changed = placed.filter(({ row }) => written.has(row.providerMessageId)).map(({ row }) => row);
  await tellConversations(
    trx,
    [...changed, ...ofPeople].map(({ tenantId }) => tenantId),
  );
  return [...refused, ...[...taken].flatMap(([draft, detail]) => refuseAll(draft, detail))];
}

/** Like `storeEvents`, but an event that the database refuses is refused alone, and the others are stored. */
export async function storeOneByOne(trx: Transaction<Schema>, events: RoutedEvent[]): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (const item of inStoringOrder(events)) refused.push(...(await storeAlone(trx, item, 2)));
  return refused;
}

/**
 * A key that somebody else took a moment ago (23505), or a contact that became part of another (23503), is found in a
 * second try; anything else of the data is not.
 */
async function storeAlone(trx: Transaction<Schema>, item: RoutedEvent, tries: number): Promise<Refusal[]> {
  try {
    return await withSavepoint(trx, () => storeEvents(trx, [item]));
  } catch (error) {
    if (!isFaultOfTheData(error)) throw error;
    const state = sqlState(error);
    if (tries > 1 && (state === "23505" || state === "23503")) return storeAlone(trx, item, tries - 1);
    return [{ item, reason: "failed", detail: state ?? "not storable" }];
  }
}

/**
 * True for what an item can be to blame for: values the database refuses (22, 23, 54) and values our own code trips
 * over. Not for a database that is away, full, locked or not migrated: that would set everything aside.
 */
export function isFaultOfTheData(error: unknown): boolean {
  const state = sqlState(error);
  return state ? /^(22|23|54)/.test(state) : error instanceof TypeError || error instanceof RangeError;
}

interface PlacedMessage {
  draft: MessageDraft;
  row: MessageRow;
}

/** Every person an event names becomes a contact; a conversation is opened only where a message needs one. */
async function placeInConversations(
  trx: Transaction<Schema>,
  drafts: MessageDraft[],
  ofPeople: RoutedEvent[],
): Promise<PlacedMessage[]> {
  const contactIdOf = await findPeople(trx, [...drafts.flatMap(({ events }) => events), ...ofPeople]);
  const keys = new Map<string, ConversationKey>();
  const wanted = drafts.map((draft) => {
    // What is stored stays in its conversation, unless more of the message takes its place.
    const stays = draft.known && draft.known.completeness >= draft.row.completeness;
    const contactId = draft.person && contactIdOf.get(draft.person);
    if (stays || !contactId) return { draft, conversationId: draft.known?.conversationId };
    const key = { tenantId: draft.row.tenantId, connectionId: draft.connectionId, contactId };
    keys.set(textOf(key), key);
    return { draft, key: textOf(key) };
  });
  const opened = await openConversations(trx, [...keys.values()]);
  const idOf = new Map(opened.map((conversation) => [textOf(conversation), conversation.id]));
  return wanted.map(({ draft, key, conversationId = key && idOf.get(key) }) => {
    if (!conversationId) throw new Error("A message was left without a conversation");
    const senderContactId = (draft.sender && contactIdOf.get(draft.sender)) || null;
    return { draft, row: { ...draft.row, conversationId, senderContactId } };
  });
}

async function findPeople(
  trx: Transaction<Schema>,
  events: RoutedEvent[],
): Promise<Map<ContactIdentity, string>> {
  const sightingOf = new Map<ContactIdentity, Sighting>();
  for (const { event, tenantId, provider } of events) {
    const person = event.kind === "status" ? event.recipient : event.contact;
    const spoke = event.kind === "message" && event.direction === "inbound";
    const sender = event.kind === "message" ? event.sender : undefined;
    for (const one of [person, sender]) {
      if (one) sightingOf.set(one, { ...one, tenantId, provider, seenAt: event.occurredAt, spoke });
    }
  }
  const contactOf = await resolveContacts(trx, [...sightingOf.values()]);
  return new Map([...sightingOf].map(([person, sighting]) => [person, contactOf.get(sighting) ?? ""]));
}

/** What contacts have said of marketing messages: a fact of theirs, besides a line of the conversation. */
function wishesOf(placed: PlacedMessage[]): MarketingNote[] {
  return placed.flatMap(({ draft, row: { tenantId, conversationId } }) =>
    draft.events.flatMap(({ event }) =>
      event.kind === "message" && event.marketing
        ? [{ tenantId, conversationId, marketing: event.marketing, at: event.occurredAt }]
        : [],
    ),
  );
}

function textOf({ tenantId, connectionId, contactId }: ConversationKey): string {
  return `${tenantId} ${connectionId} ${contactId}`;
}

/**
 * Drafts whose id another transaction gave to another tenant, or to the other direction, after we had looked: the
 * upsert left that row alone. One that was known, or that was written, is ours.
 */
async function takenInTheMeantime(
  trx: Transaction<Schema>,
  drafts: MessageDraft[],
  written: Set<string>,
): Promise<Map<MessageDraft, string>> {
  const unsure = drafts.filter(({ row, known }) => !known && !written.has(row.providerMessageId));
  const taken = new Map<MessageDraft, string>();
  if (unsure.length === 0) return taken;
  const now = await findMessages(
    trx,
    unsure.map(({ row }) => row.providerMessageId),
  );
  const stored = new Map(now.map((message) => [message.providerMessageId, message]));
  for (const draft of unsure) {
    const conflict = clash(draft, stored.get(draft.row.providerMessageId));
    if (conflict) taken.set(draft, conflict);
  }
  return taken;
}

function refuseAll(draft: MessageDraft, detail: string): Refusal[] {
  return draft.events.map((item) => ({ item, reason: "conflict", detail }));
}

/** Statuses do not count: the time of a step says nothing about when the message was. What is not unread moves no inbound time. */
function timesOf(placed: PlacedMessage[]): ConversationTimes[] {
  const times = new Map<string, ConversationTimes>();
  for (const { draft, row } of placed) {
    if (draft.row.completeness === 0) continue;
    const { tenantId, conversationId: id, occurredAt, countsUnread } = row;
    const time = times.get(id) ?? { tenantId, id, lastMessageAt: occurredAt, lastInboundAt: null };
    if (occurredAt > time.lastMessageAt) time.lastMessageAt = occurredAt;
    if (countsUnread && (!time.lastInboundAt || occurredAt > time.lastInboundAt)) {
      time.lastInboundAt = occurredAt;
    }
    times.set(id, time);
  }
  return [...times.values()];
}
