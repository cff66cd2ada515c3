/**
 * Reads WhatsApp deliveries: `{object, entry: [{id, changes: [{field, value}]}]}`, up to 1,000 updates of several
 * tenants in one body. Each item is judged on its own; what Meta adds tomorrow must not cost what we know today.
 */
import type {
  ChannelEvent,
  ChannelWebhook,
  DeliveryReading,
  OtherEvent,
  ReadingProblem,
} from "../../../channel.server.ts";
import { readAccountChange } from "./account.server.ts";
import { opaqueId } from "./fields.server.ts";
import { type ChangeContext, readMessage, readStatus } from "./items.server.ts";
import { isObject, own, parseBody } from "./json.server.ts";
import { readContacts, readUserIdUpdate } from "./people.server.ts";

export const whatsappWebhook: ChannelWebhook = {
  channel: "meta_whatsapp",
  read(bytes) {
    const reading: DeliveryReading = { events: [], problems: [] };
    const body = parseBody(bytes);
    for (const found of body ? readBody(body.value) : [problem("body", null, "not UTF-8 JSON")]) {
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

function* readBody(body: unknown): Found {
  const object = own(body, "object");
  if (typeof own(body, "field") === "string" && object === undefined) {
    // Copied from the dashboard, a sample event comes without its envelope.
    yield other("body", null, "dashboard_test");
  } else if (typeof object !== "string") {
    yield problem("body", null, "object: invalid_type");
  } else if (object !== "whatsapp_business_account" && object !== "application") {
    yield other("body", null, "object");
  } else {
    yield* eachOf(own(body, "entry"), "entry", null, (entry, path) => readEntry(entry, path, object));
  }
}

/** Fields of `application` speak of grants to our app; no message is ever among them. */
type WebhookObject = "whatsapp_business_account" | "application";

function* readEntry(entry: unknown, path: string, object: WebhookObject): Found {
  yield* eachOf(own(entry, "changes"), `${path}.changes`, null, (change, changePath) =>
    readChange(change, changePath, object, entry),
  );
}

function* readChange(change: unknown, path: string, object: WebhookObject, entry: unknown): Found {
  const field = own(change, "field");
  const value = own(change, "value");
  // No account has the id 0. What such a sample says happened to nobody: no contact, no quarantine.
  const isSample = ["0", 0].includes(own(entry, "id") as string | number);
  const phoneNumberId = opaqueId.safeParse(own(own(value, "metadata"), "phone_number_id")).data ?? null;
  if (typeof field !== "string") {
    yield problem(path, phoneNumberId, "field: invalid_type");
  } else if (isSample || phoneNumberId === dashboardNumberId) {
    yield other(path, phoneNumberId, "dashboard_test");
  } else if (object === "application" || !hasItems(field)) {
    yield readAccountChange({ object, field, value, entry }, path) ??
      other(path, phoneNumberId, wordOr(field, "unknown"));
  } else if (!isObject(value)) {
    yield problem(path, null, "value: invalid_type");
  } else if (!phoneNumberId) {
    yield problem(path, null, "metadata.phone_number_id: invalid_type");
  } else {
    const context = { phoneNumberId, contacts: readContacts(own(value, "contacts")) };
    yield* readItems(field, value, path, context);
  }
}

type ItemReader = (item: unknown, path: string, change: ChangeContext) => ChannelEvent | ReadingProblem;

/** Lists of items by field. Its other parts, and those of every other field, are kept in the delivery. */
const itemReaders = {
  messages: {
    messages: (item, path, change) => readMessage(item, path, "inbound", change),
    statuses: readStatus,
  },
  smb_message_echoes: {
    message_echoes: (item, path, change) => readMessage(item, path, "outbound", change),
  },
  user_id_update: { user_id_update: readUserIdUpdate },
} satisfies Record<string, Record<string, ItemReader>>;

function hasItems(field: string): field is keyof typeof itemReaders {
  return Object.hasOwn(itemReaders, field);
}

/** Meta has four at most. Three megabytes of names must not become a million events. */
const mostParts = 50;

/** What stands around the items and is no list of its own. */
const surroundings = new Set(["messaging_product", "metadata", "contacts"]);

function* readItems(
  field: keyof typeof itemReaders,
  value: Record<string, unknown>,
  path: string,
  change: ChangeContext,
): Found {
  const readers: Record<string, ItemReader> = itemReaders[field];
  const parts = Object.keys(value)
    .filter((name) => !surroundings.has(name))
    .slice(0, mostParts);
  for (const name of parts) {
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
    const partPath = `${path}.${wordOr(name, "?")}`;
    if (read) {
      yield* eachOf(value[name], partPath, change.phoneNumberId, function* (item, itemPath) {
        yield read(item, itemPath, change);
      });
    } else {
      // Errors of the account, actions of a user, lists that are not known yet.
      yield other(partPath, change.phoneNumberId, `${field}.${wordOr(name, "unknown")}`);
    }
  }
  if (parts.length === 0) yield other(path, change.phoneNumberId, field);
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
