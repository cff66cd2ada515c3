/**
 * Whom an item speaks of. Meta names people by `wa_id`, by `user_id` (a business-scoped id), or by both, and may omit
 * the number of somebody who has a username. Whoever changes their number gets a new user_id with it; Meta tells so in
 * a message of type `system` (`user_changed_number`, or `user_changed_user_id` when it may not tell the number), and
 * once documented a field `user_id_update` for it. (Reference of system messages and changelog of 11 Aug 2026.)
 */
import { z } from "zod";
import type { ContactIdentity, ContactIds, PersonEvent, ReadingProblem } from "../../../channel.server.ts";
import { opaqueId, optionalId, unixSeconds, whatIsWrong } from "./fields.server.ts";
import { type JsonObject, own, safeText } from "./json.server.ts";

const contactItem = z.object({ wa_id: optionalId, user_id: optionalId });

/** The people of a change. One that cannot be read costs its name and nothing else. */
export function readContacts(contacts: unknown): ContactIdentity[] {
  if (!Array.isArray(contacts)) return [];
  return contacts.flatMap((contact) => {
    const parsed = contactItem.safeParse(contact);
    if (!parsed.success) return [];
    const profile = own(contact, "profile");
    return {
      waId: parsed.data.wa_id,
      userId: parsed.data.user_id,
      username: nameOf(own(profile, "username")),
      profileName: nameOf(own(profile, "name")),
    };
  });
}

/** The person with these ids, and what the contacts of the change tell of them; null for nobody. */
export function identify(
  waId: string | null,
  userId: string | null,
  contacts: ContactIdentity[],
): ContactIdentity | null {
  if (!waId && !userId) return null;
  const listed =
    contacts.find((contact) => waId !== null && contact.waId === waId) ??
    contacts.find((contact) => userId !== null && contact.userId === userId);
  return {
    waId: waId ?? listed?.waId ?? null,
    userId: userId ?? listed?.userId ?? null,
    username: listed?.username ?? null,
    profileName: listed?.profileName ?? null,
  };
}

/** Names are shown, never looked up: one that is absurdly long is cut. */
export function nameOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? safeText(value.slice(0, 500)) : null;
}

const optionalIdOrNull = optionalId.catch(null);
const systemNotice = z.object({
  // The third is the first one's name of before.
  type: z.enum(["user_changed_number", "user_changed_user_id", "customer_changed_number"]),
  wa_id: optionalIdOrNull,
  new_wa_id: optionalIdOrNull,
  user_id: optionalIdOrNull,
  previous_user_id: optionalIdOrNull,
});

/**
 * Of a system message that says that somebody's ids changed: that person, with the ids they had. `from` is the OLD
 * number; which of the two `from_user_id` is depends on what else is told. Undefined for any other message.
 */
export function readChangedPerson(
  item: JsonObject,
  { from, from_user_id }: { from: string | null; from_user_id: string | null },
  contacts: ContactIdentity[],
): ContactIdentity | undefined {
  const notice = systemNotice.safeParse(own(item, "system")).data;
  if (!notice) return undefined;
  const waId = notice.wa_id ?? notice.new_wa_id;
  const previous = notice.previous_user_id;
  const isNew = from_user_id === notice.user_id || (previous !== null && from_user_id !== previous);
  const userId = notice.user_id ?? (isNew ? from_user_id : null);
  const formerly = { waId: from, userId: previous ?? (isNew ? null : from_user_id) };
  return changed({ waId, userId }, formerly, contacts);
}

/** Nothing is left of a change when one side is missing, or both are the same. */
function changed(
  now: ContactIds,
  formerly: ContactIds,
  contacts: ContactIdentity[],
): ContactIdentity | undefined {
  const left = {
    waId: formerly.waId === now.waId ? null : formerly.waId,
    userId: formerly.userId === now.userId ? null : formerly.userId,
  };
  const person = identify(now.waId, now.userId, contacts);
  return person && (left.waId || left.userId) ? { ...person, formerly: left } : undefined;
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
