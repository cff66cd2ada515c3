import { describe, expect, test } from "vitest";
import type { StoredContact } from "#db/queries/inbox-contacts.ts";
import { matchContacts, type Sighting } from "./contact-matching.server.ts";

function seen(
  waId: string | null,
  userId: string | null,
  profileName: string | null = null,
  at = 0,
): Sighting {
  const seenAt = new Date(1_700_000_000_000 + at);
  return { tenantId: "t", provider: "whatsapp", waId, userId, username: null, profileName, seenAt };
}

function stored(id: string, waId: string | null, userId: string | null): StoredContact {
  return { id, ...seen(waId, userId) };
}

/** The contact of each sighting: its id, or its ids when it is new. */
function matched(known: StoredContact[], sightings: Sighting[]): string[] {
  const { contactOf } = matchContacts(known, sightings);
  return sightings.map((sighting) => {
    const contact = contactOf.get(sighting);
    return contact?.id ?? `new ${contact?.waId}/${contact?.userId}`;
  });
}

describe("a sighting", () => {
  test("is matched by wa_id first, then by user_id", () => {
    const known = [stored("1", "34600", null), stored("2", null, "ES.1")];
    expect(matched(known, [seen("34600", "ES.1"), seen(null, "ES.1"), seen("34700", "ES.1")])).toEqual([
      "1",
      "2",
      "2",
    ]);
  });

  test("with both ids tells what others with one id mean, wherever it stands", () => {
    const sightings = [seen("34600", null), seen(null, "ES.1"), seen("34600", "ES.1")];
    expect(new Set(matched([], sightings))).toEqual(new Set(["new 34600/ES.1"]));
    expect(matchContacts([], sightings).added).toHaveLength(1);
  });

  test("of another workspace or channel is another person", () => {
    const other = { ...seen("34600", null), tenantId: "u" };
    const channel = { ...seen("34600", null), provider: "pigeon" };
    expect(matchContacts([stored("1", "34600", null)], [other, channel]).added).toHaveLength(2);
  });

  test("that tells nothing new changes nothing", () => {
    const known = [{ ...stored("1", "34600", "ES.1"), profileName: "Ana" }];
    const { changed, added } = matchContacts(known, [
      seen("34600", "ES.1", "Ana", 5),
      seen("34600", null, null, 9),
    ]);
    expect([changed.size, added.length]).toEqual([0, 0]);
  });

  test("never takes an id from the contact that has it", () => {
    const known = [stored("1", "34600", null), stored("2", null, "ES.1")];
    const { changed } = matchContacts(known, [seen("34600", "ES.1")]);
    expect(changed.size).toBe(0);
  });

  test("of two new people with one id each that meet later leaves both", () => {
    const plan = matchContacts([stored("1", "34600", "ES.9")], [seen("34600", "ES.1")]);
    expect([...plan.contactOf.values()]).toMatchObject([{ id: "1", userId: "ES.9" }]);
  });
});
