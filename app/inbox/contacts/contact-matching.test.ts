import { describe, expect, test } from "vitest";
import type { FoundContact, StoredContact } from "#db/queries/inbox/contacts.ts";
import { matchContacts, type Sighting } from "./contact-matching.server.ts";

const start = 1_700_000_000_000;

function seen(
  waId: string | null,
  userId: string | null,
  profileName: string | null = null,
  at = 0,
): Sighting {
  const seenAt = new Date(start + at);
  return {
    tenantId: "t",
    provider: "meta_whatsapp",
    waId,
    userId,
    username: null,
    profileName,
    seenAt,
    spoke: true,
  };
}

function stored(id: string, waId: string | null, userId: string | null, at = 0): StoredContact {
  const times = { seenAt: new Date(start), waIdAt: new Date(start + at), userIdAt: new Date(start + at) };
  return {
    id,
    tenantId: "t",
    provider: "meta_whatsapp",
    waId,
    numberKey: waId,
    userId,
    groupId: null,
    username: null,
    profileName: null,
    ...times,
  };
}

/** No number here has a key of its own but the Mexican ones. */
const match = (contacts: FoundContact[], sightings: Sighting[]) =>
  matchContacts({ contacts, keys: new Map([["5215587654321", "525587654321"]]) }, sightings);

/** The contact of each sighting: its id, or its ids when it is new. */
function matched(known: FoundContact[], sightings: Sighting[]): string[] {
  const { contactOf } = match(known, sightings);
  return sightings.map((sighting) => {
    const contact = contactOf.get(sighting);
    return contact?.id ?? `new ${contact?.waId}/${contact?.userId}`;
  });
}

describe("a sighting", () => {
  test("is matched by either id", () => {
    const known = [stored("1", "34600", null), stored("2", null, "ES.1")];
    expect(matched(known, [seen("34600", null), seen(null, "ES.1"), seen("34700", "ES.1")])).toEqual([
      "1",
      "2",
      "2",
    ]);
  });

  test("with both ids tells what others with one id mean, wherever it stands", () => {
    const sightings = [seen("34600", null), seen(null, "ES.1"), seen("34600", "ES.1")];
    expect(new Set(matched([], sightings))).toEqual(new Set(["new 34600/ES.1"]));
    expect(match([], sightings).added).toHaveLength(1);
  });

  test("of another workspace or channel is another person", () => {
    const other = { ...seen("34600", null), tenantId: "u" };
    const channel = { ...seen("34600", null), provider: "pigeon" };
    expect(match([stored("1", "34600", null)], [other, channel]).added).toHaveLength(2);
  });

  test("that tells nothing new changes nothing", () => {
    const known = [{ ...stored("1", "34600", "ES.1"), profileName: "Ana" }];
    const { changed, added, moves } = match(known, [
      seen("34600", "ES.1", "Ana", 5),
      seen("34600", null, null, 9),
    ]);
    expect([changed, added, moves]).toEqual([[], [], undefined]);
  });

  test("with the ids of two contacts makes them the one that was stored first", () => {
    const known = [stored("10", "34600", null), stored("9", null, "ES.1")];
    const { contactOf, moves } = match(known, [seen("34600", "ES.1")]);
    expect([...contactOf.values()]).toMatchObject([{ id: "9", waId: "34600", userId: "ES.1" }]);
    expect(moves).toMatchObject({ merged: [{ tenantId: "t", kept: "9", gone: "10" }], formers: [] });
  });

  test("of a known number with another user_id is another person, who has the number from then on", () => {
    const { contactOf, moves, added } = match(
      [stored("1", "34600", "ES.9")],
      [seen("34600", "ES.1", null, 5)],
    );
    expect([...contactOf.values()]).toMatchObject([{ id: null, waId: "34600", userId: "ES.1" }]);
    expect(added).toHaveLength(1);
    expect(moves).toMatchObject({
      merged: [],
      rewritten: [{ id: "1", waId: null, userId: "ES.9" }],
      formers: [{ contactId: "1", kind: "waId", formerId: "34600", heldUntil: new Date(start + 5) }],
    });
  });

  test("that names a number as of before it passed on is of who had it then", () => {
    const former = { kind: "waId" as const, formerId: "34600", heldUntil: new Date(start + 5) };
    const known = [{ ...stored("1", null, "ES.9"), ...former }, stored("2", "34600", "ES.1", 5)];
    const at = (ms: number) => seen("34600", null, null, ms);
    expect(matched(known, [at(4), at(5), at(6)])).toEqual(["1", "1", "2"]);
  });

  test("of who left a number that nobody has now is theirs when they are addressed, not when somebody speaks", () => {
    const former = { kind: "waId" as const, formerId: "34600", heldUntil: new Date(start + 5) };
    const known = [{ ...stored("1", "34700", null), ...former }];
    const later = seen("34600", null, null, 9);
    expect(matched(known, [{ ...later, spoke: false }])).toEqual(["1"]);
    expect(matched(known, [later])).toEqual(["new 34600/null"]);
  });

  test("that says that ids changed gives the contact the new ones, unless it has newer ones still", () => {
    const change = { ...seen("34700", "ES.2", null, 5), formerly: { waId: "34600", userId: "ES.1" } };
    const moved = match([stored("1", "34600", "ES.1")], [change]);
    expect([...moved.contactOf.values()]).toMatchObject([{ id: "1", waId: "34700", userId: "ES.2" }]);
    expect(moved.moves?.formers.map(({ formerId }) => formerId).sort()).toEqual(["34600", "ES.1"]);
    const late = match([stored("1", "34800", "ES.1", 9)], [{ ...change, userId: "ES.2" }]);
    expect([...late.contactOf.values()]).toMatchObject([{ id: "1", waId: "34800", userId: "ES.1" }]);
  });

  test("that says that a number changed to one of somebody else leaves that person apart", () => {
    const change = { ...seen("34700", null, null, 5), formerly: { waId: "34600", userId: null } };
    const known = [stored("1", "34600", null), stored("2", "34700", null, 1)];
    const { contactOf, moves } = match(known, [change]);
    expect([...contactOf.values()]).toMatchObject([{ id: "1", waId: "34700" }]);
    expect(moves).toMatchObject({
      merged: [],
      rewritten: [
        { id: "2", waId: null },
        { id: "1", waId: "34700" },
      ],
    });
    // Seen with the new number only after the change, it is the same person who spoke first.
    const since = match([stored("1", "34600", null), stored("2", "34700", null, 6)], [change]);
    expect(since.moves?.merged).toMatchObject([{ kept: "1", gone: "2" }]);
  });
});
