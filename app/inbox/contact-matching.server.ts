/** Which contact an event is about: found by wa_id, else by user_id, else new. */
import type { Transaction } from "kysely";
import {
  addContacts,
  type ContactRow,
  fillInContacts,
  findContacts,
  type Names,
  type StoredContact,
} from "#db/queries/inbox-contacts.ts";
import type { Schema } from "#db/schema.ts";

/** A person as one event names them: at least one of waId and userId is set. `seenAt` is when the event occurred. */
export type Sighting = ContactRow;

/** A contact as it is stored, or as it will be. */
export type MatchedContact = ContactRow & { id: string | null };

export interface ContactPlan {
  contactOf: Map<Sighting, MatchedContact>;
  added: MatchedContact[];
  changed: Set<MatchedContact>;
}

/**
 * Finds or adds the contact of every sighting and fills in what it tells of them. When its two ids belong to two
 * contacts already, the wa_id decides and neither is changed: merging people is not this function's to decide.
 */
export async function resolveContacts(
  trx: Transaction<Schema>,
  sightings: Sighting[],
): Promise<Map<Sighting, string>> {
  if (sightings.length === 0) return new Map();
  const names = distinctNames(sightings);
  // Adding leaves out what another transaction added first, so each round begins with what is there now.
  for (let round = 0; round < 4; round++) {
    const plan = matchContacts(await findContacts(trx, names), sightings);
    if (plan.added.length === 0) {
      await fillInContacts(trx, [...plan.changed].filter(isStored));
      return new Map([...plan.contactOf].flatMap(([sighting, { id }]) => (id ? [[sighting, id]] : [])));
    }
    await addContacts(trx, plan.added);
  }
  throw new Error("Contacts changed four times while they were looked up");
}

/** What `sightings` mean for `stored`, as if they were taken one after the other. Pure. */
export function matchContacts(stored: StoredContact[], sightings: Sighting[]): ContactPlan {
  const byWaId = new Map<string, MatchedContact>();
  const byUserId = new Map<string, MatchedContact>();
  const plan: ContactPlan = { contactOf: new Map(), added: [], changed: new Set() };
  const index = (contact: MatchedContact) => {
    if (contact.waId !== null) byWaId.set(key(contact, contact.waId), contact);
    if (contact.userId !== null) byUserId.set(key(contact, contact.userId), contact);
  };
  for (const contact of stored) index({ ...contact });
  // Those that name both ids first: they tell that what others name by one id is one person.
  const namesBoth = ({ waId, userId }: Sighting) => Number(waId !== null && userId !== null);
  for (const sighting of sightings.toSorted((a, b) => namesBoth(b) - namesBoth(a))) {
    const sameUser = sighting.userId === null ? undefined : byUserId.get(key(sighting, sighting.userId));
    let contact = (sighting.waId === null ? undefined : byWaId.get(key(sighting, sighting.waId))) ?? sameUser;
    if (!contact) {
      contact = { id: null, ...sighting };
      plan.added.push(contact);
    } else if (learn(contact, sighting, sameUser)) {
      plan.changed.add(contact);
    }
    index(contact);
    plan.contactOf.set(sighting, contact);
  }
  return plan;
}

/** Takes over what `contact` lacks and newer names; answers whether that changed anything. */
function learn(contact: MatchedContact, sighting: Sighting, sameUser: MatchedContact | undefined): boolean {
  const before = { ...contact };
  contact.waId ??= sighting.waId;
  if (!sameUser) contact.userId ??= sighting.userId;
  if (sighting.seenAt >= contact.seenAt) {
    contact.username = sighting.username ?? contact.username;
    contact.profileName = sighting.profileName ?? contact.profileName;
  } else {
    contact.username ??= sighting.username;
    contact.profileName ??= sighting.profileName;
  }
  const changed = (["waId", "userId", "username", "profileName"] as const).some(
    (name) => contact[name] !== before[name],
  );
  if (changed && sighting.seenAt > contact.seenAt) contact.seenAt = sighting.seenAt;
  return changed;
}

/** A busy contact is seen a thousand times in one job, and looked up once. */
function distinctNames(sightings: Sighting[]): Names[] {
  const distinct = new Map<string, Names>();
  for (const { tenantId, provider, waId, userId } of sightings) {
    distinct.set(JSON.stringify([tenantId, provider, waId, userId]), { tenantId, provider, waId, userId });
  }
  return [...distinct.values()];
}

function isStored(contact: MatchedContact): contact is StoredContact {
  return contact.id !== null;
}

function key({ tenantId, provider }: ContactRow, id: string): string {
  return `${tenantId} ${provider} ${id}`;
}
