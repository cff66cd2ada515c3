/** Recognises the person of an event in a contact book, by the rules that stand at its top. Pure. */
import type { ContactRow, IdKind } from "#db/queries/inbox/contacts.ts";
import {
  addPerson,
  type Book,
  confirmId,
  type GivenId,
  giveId,
  groupOf,
  holderAt,
  idOf,
  lastHolder,
  leaveId,
  merge,
  type Person,
  putId,
  rootOf,
  spell,
  takeId,
  wasTheirs,
} from "./contact-book.server.ts";

/** Ids that somebody had until an event says otherwise. */
export interface FormerIds {
  ids: GivenId[];
  /** The number is theirs no more, and none is told in its place. */
  numberGone: boolean;
}

/** The group of an event: the same one for ever, under one id. */
export function recogniseGroup(book: Book, row: ContactRow, groupId: string): Person {
  return groupOf(book, row, groupId) ?? addPerson(book, row);
}

/** Whom an event names by the ids they had at its time; `also` are others of theirs that it names beside those. */
export function recognise(
  book: Book,
  row: ContactRow,
  { spoke, also }: { spoke: boolean; also: GivenId[] },
): Person {
  return joined(book, named(book, row, spoke, also), row, also);
}

function named(book: Book, row: ContactRow, spoke: boolean, also: GivenId[]): Person {
  const { numberKey, userId, seenAt } = row;
  const sameUser = holderOf(book, row, "userId", also);
  const sameNumber = holderOf(book, row, "waId", also);
  if (numberKey === null || userId === null) {
    // What was addressed to a number that nobody has now was meant for who had it; who speaks from it is somebody else.
    const meant = numberKey !== null && !spoke ? lastHolder(book, row, "waId", numberKey) : undefined;
    return sameUser ?? sameNumber ?? meant ?? addPerson(book, row);
  }
  const known = sameUser ?? (sameNumber?.userId === null ? sameNumber : undefined);
  if (!known && !sameNumber) return addPerson(book, row);
  // A known number with an unknown user_id beside another one: it was given to somebody else.
  let person = known ?? addPerson(book, { ...row, waId: null, numberKey: null });
  for (const given of presentIds(row)) person = claim(book, person, given, seenAt);
  return person;
}

/** Whom an event is about that says that somebody's ids were `formerly` and are those of `row` from now on. */
export function follow(
  book: Book,
  row: ContactRow,
  { ids, numberGone }: FormerIds,
  also: GivenId[] = [],
): Person {
  const { seenAt } = row;
  const hadIds = (kind: IdKind) => ids.filter((id) => id.kind === kind);
  const hadUser = firstHolder(book, row, hadIds("userId"));
  const holdsNumber = firstHolder(book, row, hadIds("waId"));
  const hadNumber = isAnother(holdsNumber, [...ids, ...presentIds(row), ...also]) ? undefined : holdsNumber;
  const hasUser = holderOf(book, row, "userId", also);
  let person = hadUser ?? hadNumber ?? hasUser ?? someoneNew(book, row, ids);
  const others = [hadUser, hasUser];
  if (hadNumber && isCompatible(hadNumber, person)) others.push(hadNumber);
  for (const other of others) {
    const root = rootOf(book, other);
    if (root && root !== person) person = merge(book, person, root);
  }
  for (const given of presentIds(row)) person = claim(book, person, given, seenAt, "announced");
  for (const { kind, id } of ids) {
    const isFree = [undefined, person].includes(holderAt(book, row, kind, id, seenAt));
    if (isFree && person[idOf[kind]] !== id) leaveId(book, person, kind, id, seenAt);
    // Of one that is not stored yet the next round takes it: without any id it could not be found again.
    const isGone = numberGone && kind === "waId" && person.id !== null && seenAt >= person.waIdAt;
    if (isGone && person.numberKey === id) takeId(book, person, kind, id, seenAt);
  }
  return joined(book, person, row, also);
}

function presentIds({ userId, numberKey, waId }: ContactRow): GivenId[] {
  const ids: GivenId[] = [];
  if (userId !== null) ids.push({ kind: "userId", id: userId, spelling: userId });
  if (numberKey !== null && waId !== null) ids.push({ kind: "waId", id: numberKey, spelling: waId });
  return ids;
}

/** Who has the id of that kind which the event names, or else one of those beside it. Every message asks. */
function holderOf(book: Book, row: ContactRow, kind: IdKind, also: GivenId[]): Person | undefined {
  const id = kind === "userId" ? row.userId : row.numberKey;
  const holder = id === null ? undefined : holderAt(book, row, kind, id, row.seenAt);
  if (holder || also.length === 0) return holder;
  return firstHolder(
    book,
    row,
    also.filter((given) => given.kind === kind),
  );
}

function firstHolder(book: Book, row: ContactRow, ids: GivenId[]): Person | undefined {
  for (const { kind, id } of ids) {
    const holder = holderAt(book, row, kind, id, row.seenAt);
    if (holder) return holder;
  }
  return undefined;
}

/** Whoever has the number by now under a user_id that the event does not name has it since, and is somebody else. */
function isAnother(holder: Person | undefined, told: GivenId[]): boolean {
  const users = told.filter(({ kind }) => kind === "userId").map(({ id }) => id);
  return holder?.userId != null && users.length > 0 && !users.includes(holder.userId);
}

/** Nobody whom we knew; but somebody may have the number that they changed to. */
function someoneNew(book: Book, row: ContactRow, formerly: GivenId[]): Person {
  if (presentIds(row).length === 0) return addPerson(book, { ...row, ...lastIds(formerly) });
  const holder = row.numberKey === null ? undefined : holderAt(book, row, "waId", row.numberKey, row.seenAt);
  if (!holder) return addPerson(book, row);
  // One without any id could not be found again: of a number that has passed on already nothing new is told.
  if (row.userId === null && holder.numberKey !== row.numberKey) return holder;
  return addPerson(book, { ...row, waId: null, numberKey: null });
}

function lastIds(formerly: GivenId[]): Pick<ContactRow, "waId" | "numberKey" | "userId"> {
  const number = formerly.find(({ kind }) => kind === "waId");
  const user = formerly.find(({ kind }) => kind === "userId");
  return { waId: number?.spelling ?? null, numberKey: number?.id ?? null, userId: user?.id ?? null };
}

/**
 * `person` is said to have had this id at that time. Who has it by then is the same person, or is not and loses
 * it: numbers are given to somebody else after a while.
 */
function claim(
  book: Book,
  person: Person,
  given: GivenId,
  seenAt: Date,
  how: "seen" | "announced" = "seen",
): Person {
  const { kind, id } = given;
  const present = idOf[kind];
  if (person[present] === id) {
    if (how === "announced") confirmId(book, person, kind, seenAt);
    return person;
  }
  if (wasTheirs(book, person, kind, id, seenAt)) return person;
  // A change says who has it from that time on, and not who had it until then.
  const after = new Date(Number(seenAt) + 1);
  const holder = holderAt(book, person, kind, id, how === "announced" ? after : seenAt);
  if (!holder || holder === person) {
    giveId(book, person, given, seenAt);
    return person;
  }
  // Who had the number before it was changed to is another person; who was seen with it since is this one.
  const isSince = how === "seen" || holder[present] !== id || holder.waIdAt >= seenAt;
  if (kind === "userId" || (isSince && isCompatible(holder, person))) {
    return claim(book, merge(book, person, holder), given, seenAt, how);
  }
  if (holder[present] === id && seenAt >= holder.waIdAt) {
    takeId(book, holder, kind, id, seenAt);
    giveId(book, person, given, seenAt);
  } else if (holderAt(book, person, kind, id, after)) {
    leaveId(book, person, kind, id, seenAt);
  } else {
    giveId(book, person, given, seenAt);
  }
  return person;
}

/** Two with two user_ids are two people. */
function isCompatible(a: Person, b: Person): boolean {
  return a.userId === null || b.userId === null || a.userId === b.userId;
}

/** For good, as far as a database keeps it. */
const forever = new Date("9999-12-31T00:00:00Z");

/** The person with what the event names beside their ids, and the number as it is spelt there. */
function joined(book: Book, found: Person, row: ContactRow, also: GivenId[]): Person {
  let person = found;
  for (const other of also) {
    person =
      other.kind === "waId" ? withNumber(book, person, row, other) : withUser(book, person, row, other);
  }
  if (row.waId !== null && person.numberKey === row.numberKey) spell(book, person, row.waId);
  for (const { kind, id, spelling } of also) {
    if (kind === "waId" && person.numberKey === id) spell(book, person, spelling);
  }
  return person;
}

/** Two numbers of one line, as the platform itself says: one of them stands, always the same one, and both are found. */
function withNumber(book: Book, found: Person, row: ContactRow, other: GivenId): Person {
  const pair = [...presentIds(row), other].filter(({ kind }) => kind === "waId").toSorted(longestFirst);
  const [first, second] = pair;
  if (!first || !second || first.id === second.id) return found;
  let person = found;
  for (const { id } of pair) {
    const holder = holderAt(book, row, "waId", id, row.seenAt);
    if (!holder || holder === person) continue;
    if (!isCompatible(holder, person)) return person;
    person = merge(book, person, holder);
  }
  const present = person.numberKey;
  if (present === null || (present !== first.id && present !== second.id)) {
    // They have changed their number since.
    for (const { id } of pair) leaveId(book, person, "waId", id, row.seenAt);
    return person;
  }
  if (present === second.id) putId(book, person, first, person.waIdAt);
  leaveId(book, person, "waId", second.id, forever);
  return person;
}

function longestFirst(a: GivenId, b: GivenId): number {
  return b.id.length - a.id.length || (a.id < b.id ? 1 : -1);
}

/** A user_id of another kind (of a parent business) is the same person's as the one beside it. */
function withUser(book: Book, found: Person, row: ContactRow, other: GivenId): Person {
  if (row.userId === null || row.userId === other.id) return found;
  const holder = holderAt(book, row, "userId", other.id, row.seenAt);
  const person = holder && holder !== found ? merge(book, found, holder) : found;
  if (person.userId === other.id) {
    putId(book, person, { kind: "userId", id: row.userId, spelling: row.userId }, person.userIdAt);
  }
  leaveId(book, person, "userId", other.id, forever);
  return person;
}
