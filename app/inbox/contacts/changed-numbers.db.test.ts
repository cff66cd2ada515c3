/** Whoever changes their number or id keeps their thread, in whatever order it is told. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { withTenant } from "#db/client.ts";
import { cases } from "#db/testing/generated.ts";
import { norteNumber } from "../testing/inbox-stage.ts";
import { changesNumber, inBody, peopleStage, says, time } from "../testing/people-stage.ts";

const { inbox, sql, process, eachAlone, contacts, threads, everything } = peopleStage();

describe("somebody who changes their number", () => {
  const was = { wa: "34600", user: "ES.1" };
  const is = { wa: "34700", user: "ES.2" };

  test("keeps their thread, and what comes late under the old ids finds it", async () => {
    await eachAlone(says("a", was, 1), changesNumber("b", was, is, 5), says("c", is, 7));
    await eachAlone(says("d", { wa: "34600" }, 2), says("e", { user: "ES.1" }, 3), says("f", was, 4));
    expect(await contacts()).toEqual([{ wa_id: "34700", user_id: "ES.2" }]);
    expect(await threads()).toEqual(["34700 ES.2: a b c d e f"]);
    const before = await everything();
    await eachAlone(changesNumber("b", was, is, 5), says("a", was, 1));
    expect(await everything()).toEqual(before);
  });

  test("and is told of by numbers alone, or by ids alone, is followed", async () => {
    await eachAlone(says("a", { wa: "34600" }, 1), changesNumber("b", { wa: "34600" }, { wa: "34700" }, 5));
    expect(await contacts()).toEqual([{ wa_id: "34700", user_id: null }]);
    const system = { type: "user_changed_user_id", previous_user_id: "ES.8", user_id: "ES.9", body: "x" };
    await eachAlone(says("c", { user: "ES.8" }, 1), { id: "d", timestamp: time(5), type: "system", system });
    expect(await threads()).toEqual(["- ES.9: c d", "34700 -: a b"]);
  });

  test("by the field user_id_update, is followed; of somebody unknown it is remembered", async () => {
    const update = (previous: string, current: string, at: number) =>
      meta.bodyOf(
        { user_id_update: [{ detail: "x", user_id: { previous, current }, timestamp: time(at) }] },
        meta.phoneNumberId,
        "user_id_update",
      );
    await eachAlone(says("a", was, 1));
    expect((await process(update("ES.1", "ES.2", 5), update("ES.3", "ES.4", 5))).outcomes).toEqual([
      "processed",
      "processed",
    ]);
    await eachAlone(
      says("b", { user: "ES.2" }, 6),
      says("c", { user: "ES.3" }, 4),
      says("d", { user: "ES.4" }, 6),
    );
    expect(await threads()).toEqual(["- ES.4: c d", "34600 ES.2: a b"]);
  });

  test("is found under their former number also after they became part of an older contact", async () => {
    await eachAlone(says("a", { user: "ES.9" }, 1), says("b", { wa: "34600" }, 2));
    await eachAlone(changesNumber("c", { wa: "34600" }, { wa: "34700" }, 5));
    await eachAlone(says("d", { wa: "34700", user: "ES.9" }, 7));
    expect(await contacts()).toEqual([{ wa_id: "34700", user_id: "ES.9" }]);
    await eachAlone(says("e", { wa: "34600" }, 3));
    expect(await threads()).toEqual(["34700 ES.9: a b c d e"]);
  });

  test("had a number for as long as either of the two contacts that became theirs", async () => {
    await eachAlone(says("a", { wa: "34600" }, 1), changesNumber("b", { wa: "34600" }, { wa: "34800" }, 2));
    await eachAlone(says("c", { wa: "34600" }, 3), changesNumber("d", { wa: "34600" }, { wa: "34700" }, 6));
    expect(await contacts()).toHaveLength(2);
    await eachAlone(says("e", { wa: "34700", user: "ES.1" }, 7), says("f", { wa: "34800", user: "ES.1" }, 8));
    expect(await contacts()).toHaveLength(1);
    await eachAlone(says("g", { wa: "34600" }, 5));
    expect(await contacts()).toHaveLength(1);
    expect(await threads()).toEqual(["34800 ES.1: a b c d e f g"]);
  });

  test("is another person than who gets the number after them", async () => {
    await eachAlone(says("a", was, 1), changesNumber("b", was, is, 5));
    const stranger = { wa: "34600", user: "ES.7" };
    await eachAlone(says("c", stranger, 9), says("d", { wa: "34600" }, 10), says("e", { wa: "34600" }, 4));
    expect(await threads()).toEqual(["34600 ES.7: c d", "34700 ES.2: a b e"]);
  });

  test("unannounced is another person than who is seen with the number later", async () => {
    await eachAlone(says("a", was, 1), says("b", { wa: "34600", user: "ES.7" }, 9), says("c", was, 2));
    expect(await threads()).toEqual(["- ES.1: a c", "34600 ES.7: b"]);
  });

  test("in one workspace changes nothing in another", async () => {
    await process(inBody(says("a", was, 1)), meta.bodyOf({ messages: [says("n", was, 1)] }, norteNumber));
    await eachAlone(changesNumber("b", was, is, 5));
    await process(meta.bodyOf({ messages: [says("m", { wa: "34600" }, 9)] }, norteNumber));
    expect(await threads()).toEqual(["34600 ES.1: m n", "34700 ES.2: a b"]);
    const aliases = (tenantId: string) =>
      withTenant(inbox.database.as("app_tenant"), tenantId, (tdb) =>
        tdb.selectFrom("contact_aliases").select("former_id").orderBy("former_id").execute(),
      );
    expect(await aliases(inbox.luz.tenantId)).toEqual([{ former_id: "34600" }, { former_id: "ES.1" }]);
    expect(await aliases(inbox.norte.tenantId)).toEqual([]);
  });

  test("ends with the same people in whatever order and however often all of it is told", async () => {
    const third = { wa: "34800", user: "ES.3" };
    const delivered = meta.bodyOf({
      statuses: [meta.status("out", "delivered", time(6), { recipient_id: "34600" })],
    });
    const story = [
      says("a", was, 1),
      says("b", { wa: "34600" }, 2),
      says("c", { user: "ES.1" }, 3),
      changesNumber("d", was, is, 5),
      says("e", { wa: "34700" }, 6),
      says("f", is, 7),
      changesNumber("g", is, third, 9),
      says("h", { user: "ES.3" }, 10),
      says("i", third, 11),
      says("q", { wa: "999", user: "ES.Q" }, 4),
      says("r", { user: "ES.Q" }, 8),
    ].map((message) => inBody(message));
    const bodies = [...story, delivered];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...bodies.keys()], { minLength: bodies.length }),
        fc.array(fc.nat(bodies.length - 1), { maxLength: 4 }),
        fc.constantFrom(1, 3, 20),
        async (order, again, atOnce) => {
          await inbox.database.empty("contacts", "webhook_deliveries");
          const told = [...order, ...again].map((n) => bodies[n]);
          while (told.length > 0) await process(...told.splice(0, atOnce));
          expect(await threads()).toEqual(["34800 ES.3: a b c d e f g h i out", "999 ES.Q: q r"]);
          expect(await contacts()).toHaveLength(2);
        },
      ),
      cases(12),
    );
  });
});

test("whatever contradictions are said of who has which id, every message is stored once, in a thread", async () => {
  const id = (names: string[]) => fc.option(fc.constantFrom(...names), { nil: undefined });
  const numbers = ["1", "5491123456789", "541123456789", "5215587654321", "525587654321"];
  const who = fc
    .record({ wa: id(numbers), user: id(["U1", "U2", "U3"]) })
    .filter(({ wa, user }) => Boolean(wa ?? user));
  // What the platform names beside may be the same line in another spelling.
  const beside = fc.option(fc.record({ wa_id: fc.constantFrom(...numbers), user_id: id(["U1"]) }));
  const saying = fc.record({ who, was: fc.option(who), beside, at: fc.nat(6) });
  const seen = { said: 0, stored: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(saying, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(1, 3, 20),
      async (sayings, atOnce) => {
        await inbox.database.empty("contacts", "webhook_deliveries");
        const bodies = sayings.map(({ who, was, beside, at }, n) =>
          meta.bodyOf({
            ...(beside && { contacts: [beside] }),
            messages: [was ? changesNumber(`m${n}`, was, who, at) : says(`m${n}`, who, at)],
          }),
        );
        const reports = [];
        for (let n = 0; n < bodies.length; n += atOnce)
          reports.push(await process(...bodies.slice(n, n + atOnce)));
        const readable = reports
          .flatMap(({ quarantined }) => quarantined)
          .every((why) => why === "unreadable");
        expect(readable).toBe(true);
        const stored = async () => (await threads()).flatMap((thread) => thread.match(/m\d+/g) ?? []).sort();
        const before = await stored();
        for (let n = 0; n < bodies.length; n += atOnce) await process(...bodies.slice(n, n + atOnce));
        expect(await stored()).toEqual(before);
        expect(before.length).toBe(bodies.length - reports.flatMap(({ quarantined }) => quarantined).length);
        seen.said += bodies.length;
        seen.stored += before.length;
        const [{ orphans, idle } = {}] = await sql(
          `select (select count(*)::int from conversations v where not exists
                    (select from messages m where m.conversation_id = v.id)) as orphans,
                  (select count(*)::int from contacts c where wa_id is null and user_id is null and not exists
                    (select from contact_aliases a where a.contact_id = c.id)) as idle`,
        );
        expect({ orphans, idle }).toEqual({ orphans: 0, idle: 0 });
      },
    ),
    cases(20),
  );
  expect(seen.stored).toBeGreaterThan(seen.said / 2);
});
