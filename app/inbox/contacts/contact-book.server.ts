/**
 * Who carries which id, as far as one job needs to know. Pure. A number is known by its key, which the database made.
 *
 * - A user_id is one person's for ever. Meta makes a new one when somebody changes their number.
 * - A wa_id may pass to somebody else. It is taken for the same person as long as no other user_id stands beside it.
 * - An id that a person had stays theirs for everything that occurred before they left it.
 * - A second id that the platform named beside the first is theirs for good: another number of one line, an id under a parent.
 */
import type { ContactRow, FoundContact, IdKind, StoredContact } from "#db/queries/inbox/contacts.ts";

/** A contact as it is stored, or as it will be. */
export interface Person extends ContactRow {
  id: string | null;
}

export interface Former {
  kind: IdKind;
  formerId: string;
  person: Person;
  heldUntil: Date;
}

export interface Book {
  present: Map<string, Person>;
  former: Map<string, Former[]>;
  /** Who became part of whom. */
  mergedInto: Map<Person, Person>;
  added: Set<Person>;
  /** Stored contacts that were given an id they lacked, or newer names. */
  filled: Set<Person>;
  /** Stored contacts of which an id changed hands. */
  rewritten: Set<Person>;
  /** Former ids that are not stored yet. */
  left: Set<Former>;
}

const kinds = ["waId", "userId"] as const satisfies IdKind[];
/** Where the present id of a kind stands, as it is compared. */
export const idOf = { waId: "numberKey", userId: "userId" } as const;
const timeOf = { waId: "waIdAt", userId: "userIdAt" } as const;

/** An id as it is compared and, of a number, as it was sent. */
export interface GivenId {
  kind: IdKind;
  id: string;
  spelling: string;
}

export function openBook(found: FoundContact[]): Book {
  const book: Book = {
    present: new Map(),
    former: new Map(),
    mergedInto: new Map(),
    added: new Set(),
    filled: new Set(),
    rewritten: new Set(),
    left: new Set(),
  };
  const people = new Map<string, Person>();
  for (const { kind, formerId, heldUntil, ...contact } of found) {
    const person: Person = people.get(contact.id) ?? contact;
    if (!people.has(contact.id)) enter(book, person);
    people.set(contact.id, person);
    if (kind && formerId && heldUntil) noteFormer(book, { kind, formerId, person, heldUntil });
  }
  return book;
}

/** A contact that is not stored yet. */
export function addPerson(book: Book, row: ContactRow): Person {
  const person = { id: null, ...row };
  book.added.add(person);
  enter(book, person);
  return person;
}

/** The group with this id, which nobody else ever has. */
export function groupOf(book: Book, at: ContactRow, groupId: string): Person | undefined {
  return book.present.get(keyOf(at, "groupId", groupId));
}

/** Whose id it was at that time: of those who left it later, the first to leave; else whoever has it now. */
export function holderAt(book: Book, at: ContactRow, kind: IdKind, id: string, time: Date) {
  const formers = book.former.get(keyOf(at, kind, id)) ?? [];
  const holder = book.present.get(keyOf(at, kind, id));
  if (kind === "userId") return rootOf(book, holder ?? formers[0]?.person);
  const left = formers.filter(({ heldUntil }) => heldUntil >= time);
  return rootOf(book, earliest(left)?.person ?? holder);
}

/** Who had an id last that nobody has now. */
export function lastHolder(book: Book, at: ContactRow, kind: IdKind, id: string): Person | undefined {
  const formers = book.former.get(keyOf(at, kind, id)) ?? [];
  return rootOf(book, formers.toSorted((a, b) => Number(b.heldUntil) - Number(a.heldUntil))[0]?.person);
}

/** True for an id that is theirs no more and is known to have been until then, or longer. */
export function wasTheirs(book: Book, person: Person, kind: IdKind, id: string, time: Date): boolean {
  const formers = book.former.get(keyOf(person, kind, id)) ?? [];
  return formers.some((former) => rootOf(book, former.person) === person && former.heldUntil >= time);
}

/** Gives `person` an id, in place of one they have had for longer; one older than theirs is kept as a former one. */
export function giveId(book: Book, person: Person, given: GivenId, time: Date): void {
  const { kind, id } = given;
  const present = person[idOf[kind]];
  if (present !== null && time < person[timeOf[kind]]) {
    leaveId(book, person, kind, id, person[timeOf[kind]]);
    return;
  }
  if (present !== null) leaveId(book, person, kind, present, time);
  putId(book, person, given, time);
}

/** Makes it the present id of its kind. */
export function putId(book: Book, person: Person, { kind, id, spelling }: GivenId, time: Date): void {
  const present = person[idOf[kind]];
  if (present !== null) book.present.delete(keyOf(person, kind, present));
  touch(book, person, present === null ? "filled" : "rewritten");
  person[kind] = spelling;
  person[idOf[kind]] = id;
  person[timeOf[kind]] = time;
  enter(book, person);
}

/**
 * Of the spellings of a number that were told, the one that is its own key stays, else the shortest: in whatever order
 * they are told, and however they take turns, it is the same one, and nothing is written.
 */
export function spell(book: Book, person: Person, told: string): void {
  if (person.waId === null || !isBetterSpelling(told, person.waId, person.numberKey)) return;
  person.waId = told;
  touch(book, person, "rewritten");
}

function isBetterSpelling(told: string, kept: string, key: string | null): boolean {
  if (told === kept || kept === key) return false;
  if (told === key || told.length !== kept.length) return told === key || told.length < kept.length;
  return told < kept;
}

/** Notes that the present id was told anew: a change of before then does not take its place. */
export function confirmId(book: Book, person: Person, kind: IdKind, time: Date): void {
  if (person[timeOf[kind]] >= time) return;
  person[timeOf[kind]] = time;
  touch(book, person, "rewritten");
}

/** Takes an id from whom it is no longer. */
export function takeId(book: Book, person: Person, kind: IdKind, id: string, time: Date): void {
  leaveId(book, person, kind, id, time);
  book.present.delete(keyOf(person, kind, id));
  person[kind] = null;
  person[idOf[kind]] = null;
  touch(book, person, "rewritten");
}

/** Notes that `person` had an id until `until`, unless as much is known. */
export function leaveId(book: Book, person: Person, kind: IdKind, formerId: string, until: Date): void {
  if (wasTheirs(book, person, kind, formerId, until)) return;
  const former = { kind, formerId, person, heldUntil: until };
  noteFormer(book, former);
  book.left.add(former);
}

/** Makes one of two: the one stored earlier stays, with the later of their ids, the newer of their names. */
export function merge(book: Book, a: Person, b: Person): Person {
  const [kept, gone] = isOlder(b, a) ? [b, a] : [a, b];
  book.mergedInto.set(gone, kept);
  book.added.delete(gone);
  if (isStored(gone)) touch(book, kept, "rewritten");
  for (const kind of kinds) {
    const id = gone[idOf[kind]];
    const spelling = gone[kind];
    const time = gone[timeOf[kind]];
    if (id === null || spelling === null) continue;
    book.present.delete(keyOf(gone, kind, id));
    const present = kept[idOf[kind]];
    const isTie = Number(time) === Number(kept[timeOf[kind]]);
    // At one and the same time, the same id wins whichever contact is older.
    if (isTie && present !== null && id < present) leaveId(book, kept, kind, id, time);
    else giveId(book, kept, { kind, id, spelling }, time);
  }
  learnNames(book, kept, gone);
  return kept;
}

/** Takes over newer names, and those that `person` lacks. */
export function learnNames(book: Book, person: Person, told: ContactRow): void {
  learnSavedName(book, person, told);
  const isNewer = told.seenAt >= person.seenAt;
  let changed = false;
  for (const name of ["username", "profileName"] as const) {
    const value = isNewer ? (told[name] ?? person[name]) : (person[name] ?? told[name]);
    changed ||= value !== person[name];
    person[name] = value;
  }
  if (!changed) return;
  if (isNewer) person.seenAt = told.seenAt;
  touch(book, person, "filled");
}

/** What the business calls them: the name told last wins, and of two of one moment always the same. */
function learnSavedName(book: Book, person: Person, { savedName = null, savedNameAt }: ContactRow): void {
  if (!savedNameAt) return;
  const later = Number(savedNameAt) - Number(person.savedNameAt ?? Number.NEGATIVE_INFINITY);
  if (later < 0 || (later === 0 && (savedName ?? "") <= (person.savedName ?? ""))) return;
  Object.assign(person, { savedName, savedNameAt });
  touch(book, person, "filled");
}

export function rootOf<P extends Person | undefined>(book: Book, person: P): P {
  let root: P = person;
  while (root && book.mergedInto.has(root)) root = book.mergedInto.get(root) as P;
  return root;
}

export function isStored(person: Person): person is StoredContact {
  return person.id !== null;
}

function isOlder(a: Person, b: Person): boolean {
  if (a.id === null || b.id === null) return a.id !== null;
  return BigInt(a.id) < BigInt(b.id);
}

function touch(book: Book, person: Person, how: "filled" | "rewritten"): void {
  if (isStored(person)) book[how].add(person);
}

function enter(book: Book, person: Person): void {
  for (const kind of kinds) {
    const id = person[idOf[kind]];
    if (id !== null) book.present.set(keyOf(person, kind, id), person);
  }
  if (person.groupId !== null) book.present.set(keyOf(person, "groupId", person.groupId), person);
}

function noteFormer(book: Book, former: Former): void {
  const key = keyOf(former.person, former.kind, former.formerId);
  const formers = book.former.get(key);
  if (formers) formers.push(former);
  else book.former.set(key, [former]);
}

function earliest(formers: Former[]): Former | undefined {
  return formers.toSorted((a, b) => Number(a.heldUntil) - Number(b.heldUntil))[0];
}

function keyOf({ tenantId, provider }: ContactRow, kind: IdKind | "groupId", id: string): string {
  return `${tenantId} ${provider} ${kind} ${id}`;
}
