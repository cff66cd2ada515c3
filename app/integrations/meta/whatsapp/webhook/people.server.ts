/**
 * Whom an item speaks of. Meta names people by `wa_id`, by `user_id` (a business-scoped id), or by both, and may omit
 * the number of somebody who has a username. Whoever changes their number gets a new user_id with it; Meta tells so in
 * a message of type `system` (`user_changed_number`, or `user_changed_user_id` when it may not tell the number), and
 * once documented a field `user_id_update` for it. (Reference of system messages and changelog of 11 Aug 2026.)
 */
import { z } from "zod";
import { cut, isBlank } from "../../../../platform/text.ts";
import type {
  ContactIdentity,
  ContactIds,
  PersonEvent,
  ReadingProblem,
} from "../../../channel-events.server.ts";
import { opaqueId, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import { isObject, type JsonObject, own, safeText } from "./json.server.ts";

const optionalIdOrNull = optionalId.catch(null);
const contactItem = z.object({
  wa_id: optionalId,
  user_id: optionalId,
  parent_user_id: optionalIdOrNull,
});

/** A person of `contacts[]`, and what the items beside it tell of who that is. */
export interface ListedContact extends ContactIdentity {
  parentUserId?: string | null;
  /** How an item spells their number, where that is not as it is spelt here. */
  alsoSpelt?: string | undefined;
  /** They stand alone, beside items of one person. */
  isOnlyOne?: boolean;
}

/** The people of a change. One that cannot be read costs its name and nothing else. `value` is what they stand in. */
export function readContacts(contacts: unknown, value?: unknown): ListedContact[] {
  if (!Array.isArray(contacts)) return [];
  const listed = contacts.flatMap((contact): ListedContact[] => {
    const parsed = contactItem.safeParse(contact);
    if (!parsed.success) return [];
    const profile = own(contact, "profile");
    return [
      {
        waId: parsed.data.wa_id,
        userId: parsed.data.user_id,
        parentUserId: parsed.data.parent_user_id,
        username: usernameOf(own(profile, "username")),
        profileName: nameOf(own(profile, "name")),
      },
    ];
  });
  return value === undefined ? listed : beside(itemsOf(value), listed);
}

/** Whom an item names. */
type Party = ContactIds;

function beside(parties: Party[], listed: ListedContact[]): ListedContact[] {
  const [only, ...others] = listed;
  if (only && others.length === 0 && parties.length === 1) {
    return [
      {
        ...only,
        isOnlyOne: true,
        alsoSpelt: parties.find((party) => isSpeltLike(party, only))?.waId ?? undefined,
      },
    ];
  }
  const isNamed = (party: Party) => listed.some(({ waId }) => waId === party.waId);
  const open = parties.filter((party) => party.waId !== null && !isNamed(party));
  if (open.length === 0) return listed;
  return listed.map((contact) => {
    // Only where nobody else of the change could be meant.
    const alike = open.filter((party) => isSpeltLike(party, contact));
    const [party] = alike;
    const rivals = party ? listed.filter((other) => isSpeltLike(party, other)) : [];
    return alike.length === 1 && rivals.length === 1
      ? { ...contact, alsoSpelt: party?.waId ?? undefined }
      : contact;
  });
}

/** The same digits, or one of the two has one more: the mobile digit of Argentina, Brazil or Mexico. */
function isSpeltLike({ waId: a }: Party, { waId: b }: Party): boolean {
  if (a === null || b === null || a === b) return false;
  const [short, long] = [digits(a), digits(b)].toSorted((x, y) => x.length - y.length);
  if (!short || !long || short.length < 8) return false;
  if (short === long) return true;
  if (long.length !== short.length + 1) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at++;
  return short.slice(at) === long.slice(at + 1);
}

function digits(number: string | null): string {
  return number?.replace(/\D/g, "") ?? "";
}

const listsOfItems = ["messages", "message_echoes", "statuses"];

/** The customers that the items of a change name, each once; one that names nobody is one as well. */
function itemsOf(value: unknown): Party[] {
  const parties: Party[] = [];
  for (const holder of [value, own(value, "standby")]) {
    for (const list of listsOfItems) {
      const items = own(holder, list);
      if (Array.isArray(items)) for (const item of items) parties.push(partyOf(item, list));
    }
  }
  if (parties.length < 2) return parties;
  return [...new Map(parties.map((party) => [`${party.waId} ${party.userId}`, party])).values()];
}

function partyOf(item: unknown, list: string): Party {
  const id = (name: string) => {
    const told = own(item, name) ?? own(own(item, "message"), name);
    return told === undefined ? null : optionalIdOrNull.parse(told);
  };
  if (list === "statuses") return { waId: id("recipient_id"), userId: id("recipient_user_id") };
  if (list === "messages") return { waId: id("from"), userId: id("from_user_id") };
  return { waId: id("to"), userId: id("to_user_id") };
}

/** The person with these ids, and what the contacts of the change tell of them; null for nobody. */
export function identify(
  waId: string | null,
  userId: string | null,
  contacts: ListedContact[],
  parentUserId: string | null = null,
): ContactIdentity | null {
  const listed = listedAs(waId, userId, contacts);
  const parent = parentUserId ?? listed?.parentUserId ?? null;
  const person: ContactIdentity = {
    waId: waId ?? listed?.waId ?? null,
    userId: userId ?? listed?.userId ?? parent,
    username: listed?.username ?? null,
    profileName: listed?.profileName ?? null,
  };
  if (!person.waId && !person.userId) return null;
  const also: ContactIds[] = [];
  // The platform says itself that both are one person's. What is nothing like the other says so of no number.
  if (listed?.waId && person.waId !== listed.waId && isSpeltLike(person, listed)) {
    also.push({ waId: listed.waId, userId: null });
  }
  if (parent && parent !== person.userId) also.push({ waId: null, userId: parent });
  return also.length > 0 ? { ...person, also } : person;
}

function listedAs(
  waId: string | null,
  userId: string | null,
  contacts: ListedContact[],
): ListedContact | undefined {
  const found =
    contacts.find((contact) => waId !== null && contact.waId === waId) ??
    contacts.find((contact) => userId !== null && contact.userId === userId) ??
    contacts.find((contact) => waId !== null && contact.alsoSpelt === waId);
  if (found) return found;
  const alone = contacts.find(({ isOnlyOne }) => isOnlyOne);
  const isSomebodyElse = userId !== null && alone?.userId != null && alone.userId !== userId;
  return isSomebodyElse ? undefined : alone;
}

/** Whoever was asked for their number answers with a card of their own, and Meta says that it is the answer. */
export function sharedNumber(item: JsonObject): string | null {
  const cards = own(item, "contacts");
  const card: unknown = Array.isArray(cards) ? cards[0] : undefined;
  const phones = own(card, "origin") === "contact_request" ? own(card, "phones") : undefined;
  const phone: unknown = Array.isArray(phones) ? phones[0] : undefined;
  const written = own(phone, "wa_id") ?? own(phone, "phone");
  const digits = typeof written === "string" ? written.replace(/[\s+().-]/g, "") : "";
  return /^\d{5,20}$/.test(digits) ? digits : null;
}

/** Names are shown, never looked up: one that is absurdly long is cut, and one that shows nothing is none. */
export function nameOf(value: unknown): string | null {
  return typeof value === "string" && !isBlank(value) ? safeText(cut(value, 500)) : null;
}

/** A username is the same with its @ and without. */
export function usernameOf(value: unknown): string | null {
  return typeof value === "string"
    ? nameOf(value.replace(/[\s\p{Default_Ignorable_Code_Point}]+/gu, "").replace(/^[@\uff20]+/, ""))
    : null;
}

const numberChanges = ["user_changed_number", "customer_changed_number"];
const systemNotice = z.object({
  // The third is the first one's name of before.
  type: z.enum(["user_changed_number", "user_changed_user_id", "customer_changed_number"]),
  body: z.string().catch(""),
  wa_id: optionalIdOrNull,
  new_wa_id: optionalIdOrNull,
  user_id: optionalIdOrNull,
  parent_user_id: optionalIdOrNull,
  previous_user_id: optionalIdOrNull,
  previous_parent_user_id: optionalIdOrNull,
});

interface Sender {
  from: string | null;
  from_user_id: string | null;
}

/**
 * Whom a system message is about. Of one that says that somebody's ids changed: that person, with the ids they had. `from`
 * is the OLD number; which of the two `from_user_id` is depends on what else is told; some say the old ids in their text
 * alone. Undefined for any other message.
 */
export function readChangedPerson(
  item: JsonObject,
  { from, from_user_id }: Sender,
  contacts: ListedContact[],
): ContactIdentity | undefined {
  const system = own(item, "system");
  if (!isObject(system)) return undefined;
  const notice = systemNotice.safeParse(system).data;
  const [waIdToo, userIdToo] = [system.wa_id, system.user_id].map((id) => optionalIdOrNull.parse(id));
  if (!notice)
    return identify(from ?? waIdToo ?? null, from_user_id ?? userIdToo ?? null, contacts) ?? undefined;
  const users = changeIn(notice.body, /\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]+/g);
  const numbers = changeIn(notice.body, /\+?\b\d{7,15}\b/g);
  const isOfNumber = numberChanges.includes(notice.type);
  const oldNumber = from ?? (isOfNumber ? (numbers?.old ?? null) : null);
  const isInBody = isOfNumber && numbers !== null && digits(numbers.old) === digits(oldNumber);
  const waId = notice.wa_id ?? notice.new_wa_id ?? (isInBody ? numbers.now : null);
  const previous = notice.previous_user_id ?? (users && users.old !== notice.user_id ? users.old : null);
  const isNew = from_user_id === notice.user_id || (previous !== null && from_user_id !== previous);
  const userId =
    notice.user_id ??
    (isNew ? from_user_id : null) ??
    (previous === users?.old ? (users?.now ?? null) : null);
  const formerly = { waId: oldNumber, userId: previous ?? (isNew ? null : from_user_id) };
  const parents = { now: notice.parent_user_id, old: notice.previous_parent_user_id };
  return (
    changed({ waId, userId }, formerly, contacts, { parents, numberGone: isOfNumber && waId === null }) ??
    identify(oldNumber ?? waId, userId ?? formerly.userId, contacts, parents.now ?? parents.old) ??
    undefined
  );
}

/** What a text says somebody changed from and to: the last two of what looks like an id, whatever its language. */
function changeIn(body: string, looks: RegExp): { old: string; now: string } | null {
  const [old, now] = (body.match(looks) ?? []).slice(-2);
  return old !== undefined && now !== undefined && old !== now ? { old, now } : null;
}

const noMore = { parents: { now: null, old: null }, numberGone: false };

/** Nothing is left of a change when one side is missing, or both are the same; a number may be gone with none in its place. */
function changed(
  now: ContactIds,
  formerly: ContactIds,
  contacts: ListedContact[],
  { parents, numberGone }: { parents: Record<"now" | "old", string | null>; numberGone: boolean } = noMore,
): ContactIdentity | undefined {
  const oldUser = formerly.userId ?? parents.old;
  const left = {
    waId: formerly.waId === now.waId ? null : formerly.waId,
    userId: oldUser === (now.userId ?? parents.now) ? null : oldUser,
  };
  const nobody = { waId: null, userId: null, username: null, profileName: null };
  const isGone = numberGone && left.waId !== null;
  const person = identify(now.waId, now.userId, contacts, parents.now) ?? (isGone ? nobody : null);
  if (!person || (!left.waId && !left.userId)) return undefined;
  const hadToo = parents.old !== null && parents.old !== left.userId && parents.old !== parents.now;
  return {
    ...person,
    formerly: {
      ...left,
      ...(hadToo && { also: [{ waId: null, userId: parents.old }] }),
      ...(isGone && { numberGone: true }),
    },
  };
}

const update = z.object({
  wa_id: optionalIdOrNull,
  user_id: z.object({ previous: opaqueId, current: opaqueId }),
  timestamp: unixSeconds,
});

/** An item of the field `user_id_update`. */
export function readUserIdUpdate(
  item: unknown,
  path: string,
  { phoneNumberId, contacts }: { phoneNumberId: string; contacts: ContactIdentity[] },
): PersonEvent | ReadingProblem {
  const parsed = update.safeParse(item);
  if (!parsed.success) return { path, phoneNumberId, detail: whatIsWrong(parsed.error) };
  const { wa_id: waId, user_id, timestamp } = parsed.data;
  const contact = changed(
    { waId, userId: user_id.current },
    { waId: null, userId: user_id.previous },
    contacts,
  );
  if (!contact) return { path, phoneNumberId, detail: "user_id: nothing changed" };
  return { kind: "person", path, phoneNumberId, occurredAt: timestamp, contact };
}
