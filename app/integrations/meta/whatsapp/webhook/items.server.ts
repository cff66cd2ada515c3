/** Reads one item of a change: a message, or an echo of one that the business sent. Tolerant of what is new. */
import { hash } from "node:crypto";
import { z } from "zod";
import { cut } from "../../../../platform/text.ts";
import type { ContactIdentity, MessageEvent, ReadingProblem } from "../../../channel-events.server.ts";
import type { OutsideSender } from "../../../message.ts";
import { bodyText, typesWithWords } from "./body-text.server.ts";
import { isSameLine, opaqueId, optionalId, timeIfAny, whatIsWrong } from "./fields.server.ts";
import { groupOfMessage, isOfUnreadableGroup } from "./groups.server.ts";
import { isObject, type JsonObject, own, safeForJsonb, safeText } from "./json.server.ts";
import { identify, type ListedContact, readChangedPerson, sharedNumber } from "./people.server.ts";

/** What every item of one change shares. */
export interface ChangeContext {
  field: string;
  phoneNumberId: string;
  /** The business's own number as `metadata` has it: whoever else stands in `from` or `to` is the contact. */
  businessNumber: string | null;
  /** It happens while the platform's assistant handles the conversation and we listen. */
  standby: boolean;
  /** The value's `contacts[]`, where names and the other id of a person stand. */
  contacts: ListedContact[];
  /** When it was delivered. */
  receivedAt: Date | undefined;
}

const messageItem = z.object({
  id: opaqueId.optional(),
  // A word of Meta's; one that we do not know yet may look like anything.
  type: z
    .string()
    .min(1)
    .transform((type) => safeText(cut(type, 64))),
  timestamp: timeIfAny,
  from: optionalId,
  from_user_id: optionalId,
  from_parent_user_id: optionalId.catch(null),
  to: optionalId,
  to_user_id: optionalId,
  to_parent_user_id: optionalId.catch(null),
});

/** A message of the list `messages`. Unknown types are kept with their content. */
export function readMessage(item: unknown, path: string, change: ChangeContext) {
  return readEither(item, path, "inbound", change);
}

/** A message of a history. `person`: whose chat it stands in, where that is told; it may name nobody itself. */
export function readPast(item: unknown, path: string, change: ChangeContext, past: Past) {
  return readEither(item, path, past.direction, change, past);
}

/** A message of the list `message_echoes`: what the business sent from its phone, through another app, or let be sent. */
export function readEcho(item: unknown, path: string, change: ChangeContext) {
  return readEither(item, path, "outbound", change);
}

type Direction = MessageEvent["direction"];

interface Past {
  direction: Direction;
  person: ContactIdentity | null;
}

function readEither(
  sent: unknown,
  path: string,
  ofList: Direction,
  change: ChangeContext,
  past?: Past,
): MessageEvent | ReadingProblem {
  const { phoneNumberId, contacts, field } = change;
  const item = unfolded(sent);
  const parsed = messageItem.safeParse(item);
  if (!parsed.success || !isObject(item)) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const { id, type, timestamp, ...named } = parsed.data;
  const occurredAt = timestamp ?? timeInstead(change);
  if (!occurredAt) return { path, phoneNumberId, detail: noTime };
  const direction = past?.direction ?? directionOf(ofList, named, change.businessNumber);
  if (isOfUnreadableGroup(item)) return { path, phoneNumberId, detail: "group_id: invalid_type" };
  const group = groupOfMessage(item);
  // A group's history stands in the thread of the group: who of it said something, its `from` tells.
  const ofThread = group ? null : past?.person;
  const person =
    direction === "inbound"
      ? (readChangedPerson(item, named, contacts) ?? ofThread ?? senderIn(item, named, contacts))
      : (ofThread ?? identify(named.to, named.to_user_id, contacts, named.to_parent_user_id));
  const contact = group ?? person;
  if (!contact && !past) return { path, phoneNumberId, detail: "names nobody" };
  const content = safeForJsonb(item);
  if (!content) return { path, phoneNumberId, detail: "nested too deeply" };
  const imported = field === "history";
  return {
    kind: "message",
    path,
    phoneNumberId,
    direction,
    providerMessageId: id ?? idInstead(content, phoneNumberId),
    type,
    body: bodyText(type, item),
    content,
    occurredAt,
    contact,
    ...(group && direction === "inbound" && { sender: person }),
    sentBy: direction === "outbound" ? senderOf(item, change) : null,
    countsUnread: direction === "inbound" && !imported && isNew(type, item),
    imported,
    isPlaceholder: false,
    ...(isOfAgent(item, change) && { ofAgent: true as const }),
  };
}

function senderIn(item: JsonObject, named: Named, contacts: ListedContact[]): ContactIdentity | null {
  const number = named.from ?? sharedNumber(item);
  return identify(number, named.from_user_id, contacts, named.from_parent_user_id);
}

/** Of a message that has none. Told again it is the same one, as long as nothing of it differs. */
function idInstead(content: JsonObject, phoneNumberId: string): string {
  return `message.${hash("sha1", JSON.stringify([phoneNumberId, content]))}`;
}

/** What is wrong with an item that does not say when it happened, where nothing stands in for that. */
export const noTime = "timestamp: invalid_type";

/** Of something that does not say when it happened. What comes with a history may be years old. */
export function timeInstead({ field, receivedAt }: ChangeContext): Date | undefined {
  return field === "history" ? undefined : receivedAt;
}

/** Where an echo has its content one level deeper, under `message`, it is read as if it stood beside the id. */
function unfolded(item: unknown): unknown {
  const inner = own(item, "message");
  const isWhole = !isObject(item) || !isObject(inner) || typeof own(item, "type") === "string";
  const flat = isWhole ? item : { ...inner, ...without(item, "message") };
  return isObject(flat) ? withType(flat) : flat;
}

function without(item: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(item).filter(([key]) => key !== name));
}

/** Some messages come without a type; the content that they bring names it, or else nobody does. */
function withType(item: JsonObject): JsonObject {
  if (own(item, "type")) return item;
  const contents = Object.keys(item).filter((name) => isContent(item[name]) && !aroundContent.has(name));
  const named = contents.find((name) => contentNames.has(name)) ?? contents[0] ?? "unknown";
  return { ...item, type: named };
}

const aroundContent = new Set([
  "context",
  "referral",
  "errors",
  "identity",
  "history_context",
  "conversation_context",
  "message",
]);

function isContent(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

const contentNames = new Set([...typesWithWords, "revoke", "unsupported"]);

type Named = Omit<z.output<typeof messageItem>, "id" | "type" | "timestamp">;

/** As its list says, unless the business itself stands on the other side, and somebody else on its own. */
function directionOf(ofList: Direction, named: Named, businessNumber: string | null): Direction {
  const isFromUs = isSameLine(named.from, businessNumber);
  const isToUs = isSameLine(named.to, businessNumber);
  if (ofList === "inbound")
    return isFromUs && !isToUs && (named.to ?? named.to_user_id) ? "outbound" : "inbound";
  return isToUs && !isFromUs && (named.from ?? named.from_user_id) ? "inbound" : "outbound";
}

/** Fields in which the business app on the owner's phone speaks. */
const fieldsOfBusinessApp = new Set(["smb_message_echoes", "history"]);

function senderOf(item: JsonObject, change: ChangeContext): OutsideSender {
  if (isOfAgent(item, change)) return "agent";
  return fieldsOfBusinessApp.has(change.field) ? "business_app" : "other_app";
}

/** Meta's assistant said it, or was there to be spoken to. */
function isOfAgent(item: JsonObject, { standby }: ChangeContext): boolean {
  return standby || own(item, "message_creation_type") === "created_by_1p_bot";
}

/** What nobody would call a new message. */
const neverNew = new Set(["reaction", "edit", "revoke", "system", "request_welcome", "media_placeholder"]);
/** Told as `unsupported` by some versions, and no messages either. */
const neverNewUnsupported = new Set(["reaction", "edit", "revoke", "pin", "unpin"]);

function isNew(type: string, item: JsonObject): boolean {
  if (type !== "unsupported") return !neverNew.has(type);
  const named = own(own(item, type), "type");
  return typeof named !== "string" || !neverNewUnsupported.has(named.toLowerCase());
}
