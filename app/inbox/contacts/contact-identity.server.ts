/** Recognises the person of an event in a contact book, by the rules that stand at its top. Pure. */
import type { ContactRow, IdKind } from "#db/queries/inbox/contacts.ts";
import type { ContactIds } from "../../integrations/channel.server.ts";
import {
  addPerson,
  type Book,
  confirmId,
  giveId,
  holderAt,
  lastHolder,
  leaveId,
  merge,
  type Person,
  rootOf,
  takeId,
  wasTheirs,
} from "./contact-book.server.ts";

/** Whom an event names by the ids they had at its time. */
export function recognise(book: Book, row: ContactRow, spoke: boolean): Person {
  const { waId, userId, seenAt } = row;
  const sameUser = userId === null ? undefined : holderAt(book, row, "userId", userId, seenAt);
  if (waId === null || userId === null) {
    const byNumber = waId === null ? undefined : holderAt(book, row, "waId", waId, seenAt);
    // What was addressed to a number that nobody has now was meant for who had it; who speaks from it is somebody else.
    const meant = waId !== null && !spoke ? lastHolder(book, row, "waId", waId) : undefined;
    return sameUser ?? byNumber ?? meant ?? addPerson(book, row);
  }
  const sameNumber = holderAt(book, row, "waId", waId, seenAt);
  const known = sameUser ?? (sameNumber?.userId === null ? sameNumber : undefined);
  if (!known && !sameNumber) return addPerson(book, row);
  // A known number with an unknown user_id beside another one: it was given to somebody else.
  const person = known ?? addPerson(book, { ...row, waId: null });
  return claim(book, claim(book, person, "userId", userId, row), "waId", waId, row);
}

/** Whom an event is about that says that somebody's ids were `formerly` and are those of `row` from now on. */
export function follow(book: Book, row: ContactRow, formerly: ContactIds): Person {
  const { seenAt } = row;
  const of = (kind: IdKind, id: string | null) =>
    id === null ? undefined : holderAt(book, row, kind, id, seenAt);
  const hadNumber = of("waId", formerly.waId);
  let person =
    of("userId", formerly.userId) ?? hadNumber ?? of("userId", row.userId) ?? someoneNew(book, row);
  const others = [of("userId", formerly.userId), of("userId", row.userId)];
  if (hadNumber && isCompatible(hadNumber, person)) others.push(hadNumber);
  for (const other of others) {
    const root = rootOf(book, other);
    if (root && root !== person) person = merge(book, person, root);
  }
  for (const kind of ["userId", "waId"] as const) {
    const id = row[kind];
    if (id !== null) person = claim(book, person, kind, id, row, "announced");
  }
  for (const kind of ["userId", "waId"] as const) {
    const id = formerly[kind];
    const isFree = id !== null && [undefined, person].includes(of(kind, id));
    if (isFree && person[kind] !== id) leaveId(book, person, kind, id, seenAt);
  }
  return person;
}

/** Nobody whom we knew; but somebody may have the number that they changed to. */
function someoneNew(book: Book, row: ContactRow): Person {
  const holder = row.waId === null ? undefined : holderAt(book, row, "waId", row.waId, row.seenAt);
  if (!holder) return addPerson(book, row);
  // One without any id could not be found again: of a number that has passed on already nothing new is told.
  if (row.userId === null && holder.waId !== row.waId) return holder;
  return addPerson(book, { ...row, waId: null });
}

/**
 * `person` is said to have had this id at the time of `row`. Who has it by then is the same person, or is not and loses
 * it: numbers are given to somebody else after a while.
 */
function claim(
  book: Book,
  person: Person,
  kind: IdKind,
  id: string,
  { seenAt }: ContactRow,
  how: "seen" | "announced" = "seen",
): Person {
  if (person[kind] === id) {
    if (how === "announced") confirmId(book, person, kind, seenAt);
    return person;
  }
  if (wasTheirs(book, person, kind, id, seenAt)) return person;
  // A change says who has it from that time on, and not who had it until then.
  const after = new Date(Number(seenAt) + 1);
  const holder = holderAt(book, person, kind, id, how === "announced" ? after : seenAt);
  if (!holder || holder === person) {
    giveId(book, person, kind, id, seenAt);
    return person;
  }
  // Who had the number before it was changed to is another person; who was seen with it since is this one.
  const isSince = how === "seen" || holder[kind] !== id || holder.waIdAt >= seenAt;
  if (kind === "userId" || (isSince && isCompatible(holder, person))) {
    return claim(book, merge(book, person, holder), kind, id, { ...person, seenAt }, how);
  }
  if (holder[kind] === id && seenAt >= holder.waIdAt) {
    takeId(book, holder, kind, id, seenAt);
    giveId(book, person, kind, id, seenAt);
  } else if (holderAt(book, person, kind, id, after)) {
    leaveId(book, person, kind, id, seenAt);
  } else {
    giveId(book, person, kind, id, seenAt);
  }
  return person;
}

/** Two with two user_ids are two people. */
function isCompatible(a: Person, b: Person): boolean {
  return a.userId === null || b.userId === null || a.userId === b.userId;
}
