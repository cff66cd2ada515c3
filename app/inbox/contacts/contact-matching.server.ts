/** Which contact an event is about: found by user_id or wa_id, past ones too; else new. */
import type { Transaction } from "kysely";
import { holdContacts, type IdentityMoves, moveIdentities } from "#db/queries/inbox/contact-merges.ts";
import {
  addContacts,
  type ContactRow,
  type FoundContacts,
  fillInContacts,
  findContacts,
  type Names,
} from "#db/queries/inbox/contacts.ts";
import type { Schema } from "#db/schema.ts";
import type { ContactIdentity, ContactIds } from "../../integrations/channel-events.server.ts";
import {
  type Book,
  type GivenId,
  isStored,
  learnNames,
  openBook,
  type Person,
  rootOf,
} from "./contact-book.server.ts";
import { follow, recognise, recogniseGroup } from "./contact-identity.server.ts";

/** A person or a group as one event names them. `seenAt` is when the event occurred. */
export interface Sighting extends ContactIdentity {
  tenantId: string;
  provider: string;
  seenAt: Date;
  /** They acted under that name, and were not just addressed by it. */
  spoke: boolean;
}

export interface ContactPlan {
  contactOf: Map<Sighting, Person>;
  added: Person[];
  /** Stored ones that lacked an id, or have newer names. */
  changed: Person[];
  /** Ids that change hands and contacts that become one; undefined in the usual case. */
  moves: IdentityMoves | undefined;
}

/**
 * Finds or adds the contact of every sighting and fills in what it tells of them. Two contacts that turn out to be one
 * person become the older of the two, in this transaction; an id that changes is followed and the former one kept.
 * Doing it again changes nothing. Contacts are locked in the order of their ids, and only when an id changes hands.
 */
export async function resolveContacts(
  trx: Transaction<Schema>,
  sightings: Sighting[],
): Promise<Map<Sighting, string>> {
  if (sightings.length === 0) return new Map();
  const names = distinctNames(sightings);
  const held = new Set<string>();
  // Each round begins with what is there now: others may have added, filled in or merged in the meantime.
  for (let round = 0; round < 8; round++) {
    const found = await findContacts(trx, names);
    const { contactOf, added, changed, moves } = matchContacts(found, sightings);
    if (sightings.length > 1 && added.some(hasNoId)) {
      // Somebody new whose only id went to somebody else at once is stored before it does.
      for (const sighting of sightings.toSorted(inOrder)) await resolveContacts(trx, [sighting]);
    } else if (moves) {
      const ids = moves.concerned.filter((id) => !held.has(id));
      await (ids.length > 0 ? holdContacts(trx, ids) : moveIdentities(trx, moves));
      for (const id of ids) held.add(id);
    } else if (added.length > 0) {
      await addContacts(trx, added);
    } else if (await fillInContacts(trx, changed.filter(isStored))) {
      return new Map([...contactOf].flatMap(([sighting, { id }]) => (id ? [[sighting, id]] : [])));
    }
  }
  throw new Error("Contacts changed eight times while they were looked up");
}

/** What `sightings` mean for what was found, taken in the order in which they occurred. Pure. */
export function matchContacts({ contacts, keys }: FoundContacts, sightings: Sighting[]): ContactPlan {
  const book = openBook(contacts);
  const personOf = new Map<Sighting, Person>();
  for (const sighting of sightings.toSorted(inOrder)) {
    const { waId, groupId = null, formerly, spoke, seenAt } = sighting;
    const { tenantId, provider, userId, username, profileName, saved } = sighting;
    const numberKey = waId === null ? null : (keys.get(waId) ?? waId);
    const names = { tenantId, provider, username, profileName, seenAt, waIdAt: seenAt, userIdAt: seenAt };
    const savedNames = { savedName: saved?.name ?? null, savedNameAt: saved?.at ?? null };
    const row: ContactRow = { ...names, ...savedNames, waId, numberKey, userId, groupId };
    const also = givenIds(sighting.also ?? [], keys);
    const person =
      groupId !== null
        ? recogniseGroup(book, row, groupId)
        : formerly
          ? follow(
              book,
              row,
              {
                ids: givenIds([formerly, ...(formerly.also ?? [])], keys),
                numberGone: formerly.numberGone === true,
              },
              also,
            )
          : recognise(book, row, { spoke, also });
    learnNames(book, person, row);
    personOf.set(sighting, person);
  }
  return {
    contactOf: new Map([...personOf].map(([sighting, person]) => [sighting, rootOf(book, person)])),
    added: [...book.added],
    changed: [...book.filled].filter((person) => rootOf(book, person) === person),
    moves: movesOf(book),
  };
}

function givenIds(ids: ContactIds[], keys: Map<string, string>): GivenId[] {
  return ids.flatMap(({ waId, userId }) => {
    const given: GivenId[] = [];
    if (waId !== null) given.push({ kind: "waId", id: keys.get(waId) ?? waId, spelling: waId });
    if (userId !== null) given.push({ kind: "userId", id: userId, spelling: userId });
    return given;
  });
}

/** Those that name both ids first: they tell that what others name by one id is one person. */
function inOrder(a: Sighting, b: Sighting): number {
  const namesOne = ({ waId, userId, formerly }: Sighting) => Number(!formerly && !(waId && userId));
  return namesOne(a) - namesOne(b) || Number(a.seenAt) - Number(b.seenAt);
}

function hasNoId({ waId, userId, groupId }: Person): boolean {
  return waId === null && userId === null && groupId === null;
}

function movesOf(book: Book): IdentityMoves | undefined {
  const merged = [...book.mergedInto.keys()].flatMap((gone) => {
    const kept = rootOf(book, gone);
    return isStored(gone) && isStored(kept) ? { tenantId: gone.tenantId, gone: gone.id, kept: kept.id } : [];
  });
  const formers = [...book.left].flatMap(({ person, ...former }) => {
    const contact = rootOf(book, person);
    const { tenantId, provider } = contact;
    // Of one that is not stored yet: the next round finds it stored and says so again.
    return isStored(contact) ? { ...former, tenantId, provider, contactId: contact.id } : [];
  });
  const rewritten = [...book.rewritten].filter(isStored).filter((person) => rootOf(book, person) === person);
  if (merged.length + formers.length + rewritten.length === 0) return undefined;
  const concerned = new Set([
    ...merged.flatMap(({ kept, gone }) => [kept, gone]),
    ...formers.map(({ contactId }) => contactId),
    ...rewritten.map(({ id }) => id),
  ]);
  return { merged, formers, rewritten, concerned: [...concerned] };
}

/** A busy contact is seen a thousand times in one job, and looked up once. */
function distinctNames(sightings: Sighting[]): Names[] {
  const distinct = new Map<string, Names>();
  for (const sighting of sightings) {
    const { tenantId, provider, formerly, also = [] } = sighting;
    for (const ids of [sighting, ...also, ...(formerly ? [formerly, ...(formerly.also ?? [])] : [])]) {
      const { waId, userId } = ids;
      const groupId = ids === sighting ? (sighting.groupId ?? null) : null;
      const names = { tenantId, provider, waId, userId, groupId };
      distinct.set(JSON.stringify(Object.values(names)), names);
    }
  }
  return [...distinct.values()];
}
