/**
 * Reads WhatsApp deliveries: `{object, entry: [{id, changes: [{field, value}]}]}`, up to 1,000 updates of several
 * tenants in one body. Each item is judged on its own, for what it is and not for the field it came under; what Meta
 * adds tomorrow must not cost what we know today.
 */
import type {
  ChannelEvent,
  ChannelWebhook,
  DeliveryReading,
  OtherEvent,
  ReadingProblem,
} from "../../../channel-events.server.ts";
import { accountFields, readAccountChange } from "./account.server.ts";
import { readStateSync } from "./app-contacts.server.ts";
import { readCall } from "./calls.server.ts";
import { opaqueId } from "./fields.server.ts";
import { readGroup } from "./groups.server.ts";
import { readHistoryChunk, readHistoryMessage } from "./history.server.ts";
import { type ChangeContext, readEcho, readMessage } from "./items.server.ts";
import { isObject, own, parseBody } from "./json.server.ts";
import { isHandover, numberOfHandover, readHandover, readPreference } from "./notices.server.ts";
import { readContacts, readUserIdUpdate } from "./people.server.ts";
import { readStatus } from "./statuses.server.ts";

export const whatsappWebhook: ChannelWebhook = {
  channel: "meta_whatsapp",
  get reads() {
    return readNames;
  },
  read(bytes, receivedAt) {
    const reading: DeliveryReading = { events: [], problems: [] };
    const body = parseBody(bytes);
    for (const found of body ? readBody(body.value, receivedAt) : [problem("body", null, "not UTF-8 JSON")]) {
      if ("kind" in found) reading.events.push(found);
      else reading.problems.push(found);
      if (reading.problems.length < mostProblems) continue;
      reading.problems.push(problem("body", null, "too many problems: the rest was not read"));
      break;
    }
    return reading;
  },
};

/**
 * Meta promises 1,000 updates. Three megabytes of `[0,0,0…` must not become a million rows in quarantine, nor take the
 * seconds that judging a million items takes. The body is kept, so what was not read is not lost.
 */
const mostProblems = 2_000;

/** The number of Meta's sample events, sent by the Test button of the app dashboard. */
const dashboardNumberId = "123456123";

type Found = Generator<ChannelEvent | ReadingProblem>;

function* readBody(body: unknown, receivedAt: Date | undefined): Found {
  const object = own(body, "object");
  if (typeof own(body, "field") === "string" && object === undefined) {
    // Copied from the dashboard, a sample event comes without its envelope.
    yield other("body", null, "dashboard_test");
  } else if (typeof object !== "string") {
    yield problem("body", null, "object: invalid_type");
  } else if (object !== "whatsapp_business_account" && object !== "application") {
    yield other("body", null, "object");
  } else {
    yield* eachOf(own(body, "entry"), "entry", null, (entry, path) =>
      readEntry(entry, path, { object, receivedAt }),
    );
  }
}

/** Fields of `application` speak of grants to our app; no message is ever among them. */
type WebhookObject = "whatsapp_business_account" | "application";

/** What every change of one delivery shares. */
interface Delivered {
  object: WebhookObject;
  receivedAt: Date | undefined;
}

function* readEntry(entry: unknown, path: string, delivered: Delivered): Found {
  yield* eachOf(own(entry, "changes"), `${path}.changes`, null, (change, changePath) =>
    readChange(change, changePath, entry, delivered),
  );
}

function* readChange(
  change: unknown,
  path: string,
  entry: unknown,
  { object, receivedAt }: Delivered,
): Found {
  const field = own(change, "field");
  const value = own(change, "value");
  // No account has the id 0. What such a sample says happened to nobody: no contact, no quarantine.
  const isSample = ["0", 0].includes(own(entry, "id") as string | number);
  const phoneNumberId =
    opaqueId.safeParse(own(own(value, "metadata"), "phone_number_id")).data ??
    numberOfHandover(value) ??
    null;
  if (typeof field !== "string") return yield problem(path, phoneNumberId, "field: invalid_type");
  if (isSample || phoneNumberId === dashboardNumberId) {
    return yield other(path, phoneNumberId, "dashboard_test");
  }
  const told = readAccountChange({ object, field, value, entry }, path);
  if (told || object === "application") {
    yield told ?? other(path, phoneNumberId, wordOr(field, "unknown"));
  } else if (!isObject(value) || !phoneNumberId) {
    // Without a number nobody can say whose it is. Of a field that brings items always, that is a fault.
    const fault = isObject(value) ? "metadata.phone_number_id: invalid_type" : "value: invalid_type";
    yield itemFields.has(field)
      ? problem(path, null, fault)
      : other(path, phoneNumberId, wordOr(field, "unknown"));
  } else {
    yield* readItems(field, value, path, phoneNumberId, receivedAt);
  }
}

type Reading = ChannelEvent | ReadingProblem;
type ItemReader = (item: unknown, path: string, change: ChangeContext) => Reading | Iterable<Reading>;

/** Lists of items by the name they have in a value, whatever field it is of. */
const listReaders = new Map<string, ItemReader>(
  Object.entries({
    messages: (item, path, change) =>
      change.field === "history" ? readHistoryMessage(item, path, change) : readMessage(item, path, change),
    message_echoes: readEcho,
    statuses: readStatus,
    calls: readCall,
    user_preferences: readPreference,
    history: readHistoryChunk,
    state_sync: readStateSync,
    user_id_update: readUserIdUpdate,
    groups: readGroup,
  } satisfies Record<string, ItemReader>),
);

/** Fields that are known to bring such lists: what else is in their values is counted part by part. */
const itemFields = new Set([
  "messages",
  "message_echoes",
  "smb_message_echoes",
  "standby",
  "calls",
  "user_preferences",
  "messaging_handovers",
  "user_id_update",
  "history",
  "smb_app_state_sync",
  "group_lifecycle_update",
  "group_settings_update",
]);

const readNames = new Set([...listReaders.keys(), ...itemFields, ...accountFields()]);

/** Meta has four at most. Three megabytes of names must not become a million events. */
const mostParts = 50;

/** What stands around the items and is no list of its own. */
const surroundings = new Set([
  "messaging_product",
  "metadata",
  "contacts",
  "standby",
  "conversation_context",
]);

/** One value is its own lists and those of its `standby`: what goes on while the platform's assistant is at it. */
function* readItems(
  field: string,
  value: Record<string, unknown>,
  path: string,
  phoneNumberId: string,
  receivedAt: Date | undefined,
): Found {
  const number = own(own(value, "metadata"), "display_phone_number");
  const change: ChangeContext = {
    field,
    phoneNumberId,
    businessNumber: opaqueId.safeParse(number).data ?? null,
    contacts: readContacts(own(value, "contacts"), value),
    standby: field === "standby",
    receivedAt,
  };
  if (isHandover(value)) return yield readHandover(value, path, change);
  yield* readLists(withSummary(value), path, change);
  const standby = own(value, "standby");
  if (isObject(standby)) {
    const contacts = [...readContacts(own(standby, "contacts"), standby), ...change.contacts];
    yield* readLists(standby, `${path}.standby`, { ...change, contacts, standby: true });
  }
  yield* countParts(field, value, path, phoneNumberId);
}

/** What the assistant tells of a conversation as it comes to us belongs to the message that it came with. */
function withSummary(value: Record<string, unknown>): Record<string, unknown> {
  const { conversation_context, messages } = value;
  if (!isObject(conversation_context)) return value;
  const [first, ...others]: unknown[] = Array.isArray(messages) ? messages : [];
  if (!isObject(first)) return value;
  return { ...value, messages: [{ conversation_context, ...first }, ...others] };
}

function* readLists(value: Record<string, unknown>, path: string, change: ChangeContext): Found {
  for (const [name, read] of listReaders) {
    // Some relays write each list out, empty ones as null.
    if (!Object.hasOwn(value, name) || value[name] === null) continue;
    yield* eachOf(value[name], `${path}.${name}`, change.phoneNumberId, function* (item, itemPath) {
      const found = read(item, itemPath, change);
      if (Symbol.iterator in found) yield* found;
      else yield found;
    });
  }
}

/**
 * What of a value was not read: errors of the account, actions of a user, lists that are not known yet. A field that
 * nobody knows is counted as one, with whatever was read of it.
 */
function* countParts(
  field: string,
  value: Record<string, unknown>,
  path: string,
  phoneNumberId: string,
): Found {
  if (!itemFields.has(field)) {
    yield other(path, phoneNumberId, wordOr(field, "unknown"));
    return;
  }
  let parts = 0;
  let lists = 0;
  for (const [within, holder] of [["", value] as const, ["standby.", own(value, "standby")] as const]) {
    for (const [name, part] of isObject(holder) ? Object.entries(holder) : []) {
      if (surroundings.has(name) || part === null) continue;
      if (listReaders.has(name)) {
        lists++;
      } else if (parts++ < mostParts) {
        const partPath = `${path}.${within}${wordOr(name, "?")}`;
        yield other(partPath, phoneNumberId, `${field}.${wordOr(name, "unknown")}`);
      } else {
        return;
      }
    }
  }
  if (parts + lists === 0) yield other(path, phoneNumberId, field);
}

/** A name as Meta gives to things; what else stands in its place may be long, or speak of a person. */
function wordOr(name: string, otherwise: string): string {
  return /^\w{1,64}$/.test(name) ? name : otherwise;
}

function* eachOf(
  list: unknown,
  path: string,
  phoneNumberId: string | null,
  visit: (item: unknown, path: string) => Found,
): Found {
  if (!Array.isArray(list)) yield problem(path, phoneNumberId, "not a list");
  else for (const [index, item] of list.entries()) yield* visit(item, `${path}.${index}`);
}

function problem(path: string, phoneNumberId: string | null, detail: string): ReadingProblem {
  return { path, phoneNumberId, detail };
}

function other(path: string, phoneNumberId: string | null, field: string): OtherEvent {
  return { kind: "other", path, phoneNumberId, field };
}
