/** Who somebody is, however Meta names them, and groups: signed bodies in, rows and pages out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "../../../db/testing/generated.ts";
import { isSameLine } from "../../integrations/meta/whatsapp/webhook/fields.server.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { deliveryStage } from "../testing/deliveries/delivery-stage.ts";

type Item = Record<string, unknown>;

const { sql, deliverBody, markup, startAfresh } = deliveryStage();

/** Delivers each value by itself, and works it off before the next. */
async function deliver(...values: Item[]): Promise<void> {
  for (const { field = "messages", ...value } of values) {
    const body = meta.bytes(meta.bodyOf(value, meta.phoneNumberId, String(field)));
    expect((await deliverBody(body)).quarantined).toEqual([]);
  }
}

/** Every conversation, the newest first: its line in the list and its thread, in words. */
async function pages(): Promise<{ line: string; thread: string }[]> {
  const list = await markup("/conversations");
  const lines = list.match(/<li class="relative[\s\S]*?<\/li>/g) ?? [];
  const found = [];
  for (const line of lines) {
    const id = /conversations\/(\d+)#/.exec(line)?.[1];
    found.push({
      line: inWords(line),
      thread: inWords((await markup(`/conversations/${id}`)).split("<main")[1] ?? ""),
    });
  }
  expect(JSON.stringify(found)).not.toMatch(/undefined|NaN|\[object/);
  return found;
}

function inWords(html: string): string {
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

const at = (seconds: number) => String(Number(meta.sentAt) + seconds);
const says = (id: string, from: string | undefined, seconds = 0, more: Item = {}) => ({
  ...meta.textMessage(id, from, `says ${id}`, at(seconds)),
  from,
  ...more,
});
const named = (name: string, ids: Item) => ({ profile: { name }, ...ids });

describe("somebody who is named in several ways", () => {
  test.each([
    ["Mexico", "5215587654321", "+52 55 8765 4321"],
    ["Brazil", "551187654321", "5511987654321"],
    ["Argentina, by Meta's own word", "5491123456789", "541123456789"],
  ])("has one conversation, and their name: %s", async (_, waId, from) => {
    await deliver(
      { messages: [says("a", waId, 0)] },
      { contacts: [named("Ana Ruiz", { wa_id: waId })], messages: [says("b", from, 1)] },
      { statuses: [meta.status("c", "read", at(2), { recipient_id: from })] },
      { message_echoes: [meta.echo("d", from, "we", at(3))], field: "smb_message_echoes" },
      { messages: [says("e", from, 4)] },
    );
    const found = await pages();
    expect(found).toHaveLength(1);
    expect(found[0]?.line).toMatch(/Ana Ruiz .*says e/);
    for (const words of ["says a", "says b", "we", "says e"]) expect(found[0]?.thread).toContain(words);
  });

  test("is found by either spelling of the number, and by part of it", async () => {
    await deliver(
      { contacts: [named("Brasil", { wa_id: "551187654321" })], messages: [says("a", "551187654321")] },
      { contacts: [named("México", { wa_id: "5215576543210" })], messages: [says("b", "5215576543210")] },
      { contacts: [named("Argentina", { wa_id: "541123456789" })], messages: [says("c", "541123456789")] },
    );
    const search = async (words: string) =>
      [
        ...(await markup(`/conversations?q=${encodeURIComponent(words)}`)).matchAll(
          /#latest"[^>]*><bdi>([^<]*)/g,
        ),
      ].map(([, name]) => name);
    for (const number of ["+55 11 98765-4321", "551187654321", "987654321"])
      expect(await search(number), number).toEqual(["Brasil"]);
    for (const number of ["525576543210", "+52 1 55 7654 3210", "5576543210"])
      expect(await search(number), number).toEqual(["México"]);
    for (const number of ["5491123456789", "+54 11 2345-6789"])
      expect(await search(number), number).toEqual(["Argentina"]);
  });

  test("is the same on a card that was asked for", async () => {
    const card = {
      origin: "contact_request",
      phones: [{ phone: "+52 55 7700 0000", wa_id: "525577000000" }],
    };
    const unnamed = { from_user_id: "MX.77" };
    await deliver(
      {
        contacts: [named("Ana Ruiz", { wa_id: "5215577000000" })],
        messages: [says("a", "5215577000000", 0)],
      },
      { messages: [says("b", undefined, 1, unnamed)] },
      { messages: [{ id: "c", timestamp: at(2), ...unnamed, type: "contacts", contacts: [card] }] },
    );
    const found = await pages();
    expect(found).toHaveLength(1);
    expect(found[0]?.line).toMatch(/Ana Ruiz .*Contact card/);
    for (const words of ["says a", "says b", "+52 55 7700 0000"]) expect(found[0]?.thread).toContain(words);
  });

  test("by an id alone is the contact beside, and stays one when Meta changes the id", async () => {
    const system = {
      type: "user_changed_user_id",
      body: "User A changed from US.1 to US.2",
      user_id: "US.2",
    };
    await deliver(
      { contacts: [named("Ana Ruiz", { user_id: "US.1" })], messages: [says("a", undefined, 0)] },
      { messages: [{ id: "b", timestamp: at(1), type: "system", system }] },
      { messages: [says("c", undefined, 2, { from_user_id: "US.2", from_parent_user_id: "US.ENT.2" })] },
      {
        messages: [
          {
            id: "d",
            timestamp: at(3),
            type: "system",
            system: { type: "user_changed_user_id", user_id: "US.3", previous_parent_user_id: "US.ENT.2" },
          },
        ],
      },
      { messages: [says("e", undefined, 4, { from_user_id: "US.3" })] },
    );
    const found = await pages();
    expect(found).toHaveLength(1);
    expect(found[0]?.line).toContain("Ana Ruiz");
    for (const words of ["says a", "The customer now uses another number", "says c", "says e"])
      expect(found[0]?.thread).toContain(words);
  });

  test("leaves a number behind without a new one, keeps the thread, and is nobody who has it later", async () => {
    const system = { type: "user_changed_number", body: "Ana changed their phone number" };
    await deliver(
      { contacts: [named("Ana Ruiz", { wa_id: "34600111222" })], messages: [says("a", "34600111222", 0)] },
      { messages: [{ id: "b", from: "34600111222", timestamp: at(1), type: "system", system }] },
      { contacts: [named("Bea", { wa_id: "34600111222" })], messages: [says("c", "34600111222", 9)] },
    );
    const [bea, ana, ...others] = await pages();
    expect(others).toEqual([]);
    expect(bea?.thread).toMatch(/Bea .*says c/);
    expect(bea?.thread).not.toContain("says a");
    expect(ana?.thread).toMatch(/Ana Ruiz .*says a .*The customer now uses another number/);
    expect(ana?.thread).not.toContain("600 11");
  });

  test("is called as the business calls them, in list, search and thread, and else as they call themselves", async () => {
    const calls = (action: string, full_name: string, seconds: number) => ({
      field: "smb_app_state_sync",
      state_sync: [
        {
          type: "contact",
          action,
          contact: { phone_number: "34600111222", full_name },
          metadata: { timestamp: at(seconds) },
        },
      ],
    });
    const said = {
      contacts: [named("ana 🌻", { wa_id: "34600111222" })],
      messages: [says("a", "34600111222")],
    };
    await deliver(said, calls("add", "Ana la del pan", 1));
    // Of two of one second always the same one stays.
    await deliver(calls("edit", "Ana A", 2), calls("edit", "Ana B", 2), calls("edit", "Ana A", 2));
    const [ana] = await pages();
    expect(ana?.line).toMatch(/ Ana B .*says a/);
    expect(ana?.thread).toMatch(/Ana B .*34 600 11 12 22.*says a/);
    expect(ana?.line + String(ana?.thread)).not.toContain("🌻");
    for (const words of ["ana b", "ana 🌻"])
      expect(await markup(`/conversations?q=${encodeURIComponent(words)}`)).toContain("Ana B");
    await deliver(calls("remove", "Ana B", 3));
    expect((await pages())[0]?.line).toMatch(/ ana 🌻 .*says a/);
  });

  test("has no name that shows nothing, and one username with its @ and without", async () => {
    const nothing = { profile: { name: "\u200b\u2060\u3164", username: "@ana" }, wa_id: "34600111222" };
    await deliver({ contacts: [nothing], messages: [says("a", "34600111222")] });
    const [ana] = await pages();
    expect(ana?.line).toContain(" @ana ");
    expect(await sql("select profile_name, username from contacts")).toEqual([
      { profile_name: null, username: "ana" },
    ]);
  });
});

describe("a group", () => {
  const group = "HBgLMTIwMzYzMDI1";
  const inGroup = (id: string, from: string, name: string, seconds: number) => ({
    contacts: [named(name, { wa_id: from })],
    messages: [says(id, from, seconds, { group_id: group })],
  });
  const step = (status: string, participant: string | undefined, seconds: number) => ({
    statuses: [
      meta.status("wamid.out", status, at(seconds), {
        recipient_id: group,
        recipient_type: "group",
        recipient_participant_id: participant,
      }),
    ],
  });
  const titled = (subject: unknown, seconds: number, field = "group_settings_update") => ({
    field,
    groups: [{ group_id: group, timestamp: at(seconds), type: field, ...(subject as Item) }],
  });

  test("has a conversation of its own, in which each message says whose it is", async () => {
    await deliver(
      {
        contacts: [named("Ana Ruiz", { wa_id: "34600111222" })],
        messages: [says("private", "34600111222", 0)],
      },
      inGroup("a", "34600111222", "Ana Ruiz", 1),
      inGroup("b", "34600333444", "Bea Sanz", 2),
    );
    const [chat, ana, ...others] = await pages();
    expect(others).toEqual([]);
    expect(chat?.line).toMatch(/Unnamed group Group .*Bea Sanz : says b/);
    expect(chat?.thread).toMatch(/Group .*Ana Ruiz says a .*Bea Sanz says b/);
    expect(ana?.thread).toContain("says private");
    expect(ana?.thread).not.toContain("says a");
  });

  test("says of a quoted message whose it is, on the page and on another", async () => {
    const answer = (id: string, to: string, seconds: number) => ({
      messages: [says(id, "34600333444", seconds, { group_id: group, context: { id: to } })],
    });
    await deliver(
      inGroup("a", "34600111222", "Ana Ruiz", 1),
      inGroup("b", "34600333444", "Bea Sanz", 2),
      answer("c", "a", 3),
    );
    const quote = /Bea Sanz In reply to the customer: Ana Ruiz : says a says c/;
    expect((await pages())[0]?.thread).toMatch(quote);
    await deliver({
      messages: Array.from({ length: 50 }, (_, n) =>
        says(`n${n}`, "34600111222", 4 + n, { group_id: group }),
      ),
    });
    await deliver(answer("d", "b", 90));
    expect((await pages())[0]?.thread).toMatch(/In reply to the customer: Bea Sanz : says b says d/);
  });

  test("is called by its subject, the newest that came about", async () => {
    await deliver(
      inGroup("a", "34600111222", "Ana", 1),
      titled({ subject: "Padres 3B" }, 0, "group_lifecycle_update"),
      titled({ group_subject: { text: "Padres 4B", update_successful: true } }, 5),
      titled({ group_subject: { text: "Nunca", update_successful: false } }, 9),
      titled({ added_participants: [{ wa_id: "34600333444" }] }, 9, "group_participants_update"),
    );
    const found = await pages();
    expect(found).toHaveLength(1);
    expect(found[0]?.line).toContain("Padres 4B");
  });

  test("tells of what was sent to it how many have it, and how many have read it", async () => {
    await deliver(
      step("sent", undefined, 0),
      step("delivered", "34600111222", 1),
      step("delivered", "34600333444", 2),
    );
    // Only steps are known so far, and no text: that comes with the message.
    const stored = await sql<{ type: string; status: string }>("select type, status from messages");
    expect(stored).toEqual([{ type: "unknown", status: "delivered" }]);
    await deliver({
      field: "message_echoes",
      message_echoes: [{ ...meta.echo("wamid.out", group, "A todos", at(0)), recipient_type: "group" }],
    });
    const [delivered] = await pages();
    expect(delivered?.thread).toMatch(/A todos .*Delivered to 2 people/);
    await deliver(step("read", "34600111222", 3), step("played", "34600333444", 4));
    await deliver(step("read", "34600555666", 6), step("read", "34600555666", 6));
    expect((await pages())[0]?.thread).toMatch(/A todos .*Read by 3 people/);
    // One line, however it is spelt.
    await deliver(
      step("read", "5215587654321", 7),
      step("read", "525587654321", 8),
      step("read", "+34 600 555 666", 9),
    );
    expect((await pages())[0]?.thread).toMatch(/A todos .*Read by 4 people/);
  });

  test("keeps a reaction of each, and who changes a message of somebody else changes nothing", async () => {
    const about = (type: string, content: Item, from: string, seconds: number) => ({
      messages: [
        { id: `${type}.${from}.${seconds}`, from, timestamp: at(seconds), type, group_id: group, ...content },
      ],
    });
    const thumb = { reaction: { message_id: "a", emoji: "👍" } };
    const heart = { reaction: { message_id: "a", emoji: "💙" } };
    await deliver(
      inGroup("a", "34600111222", "Ana", 1),
      about("reaction", thumb, "34600333444", 2),
      about("reaction", heart, "34600555666", 3),
      about("revoke", { revoke: { original_message_id: "a" } }, "34600333444", 4),
    );
    const answer = says("b", "34600333444", 5, { group_id: group, context: { id: "a" } });
    await deliver({ messages: [answer] });
    const [chat] = await pages();
    expect(chat?.thread).toMatch(/says a .*👍.*💙.*In reply to.* says a .*says b/);
    expect(chat?.thread).not.toContain("was deleted");
  });

  test("ends as the same rows in whatever order it is told, also when two of it turn out to be one person", async () => {
    const told = [
      inGroup("a", "541123456789", "Ana", 1),
      inGroup("b", "5491123456789", "Ana", 2),
      { contacts: [named("Ana", { wa_id: "5491123456789" })], messages: [says("c", "541123456789", 3)] },
      inGroup("d", "5215587654321", "Bea", 4),
      inGroup("e", "525587654321", "Bea", 4),
      step("sent", undefined, 5),
      step("read", "541123456789", 6),
      titled({ subject: "Padres" }, 7),
    ];
    const rows = () =>
      sql(`select m.provider_message_id, m.status, s.number_key as sender, c.group_id, c.number_key, c.profile_name,
                  (select count(*)::int from jsonb_object_keys(m.status_detail)) as steps
             from messages m join conversations v on v.id = m.conversation_id join contacts c on c.id = v.contact_id
             left join contacts s on s.id = m.sender_contact_id order by 1`);
    await deliver(...told);
    const expected = await rows();
    expect(expected.map((row) => (row as { sender: string | null }).sender)).toEqual([
      "5491123456789",
      "5491123456789",
      null,
      "525587654321",
      "525587654321",
      null,
    ]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...told.keys()], { minLength: told.length }), async (order) => {
        await startAfresh();
        await deliver(...order.map((n) => told[n] ?? {}), ...order.slice(3).map((n) => told[n] ?? {}));
        expect(await rows()).toEqual(expected);
        expect(await sql("select id from contacts")).toHaveLength(3);
      }),
      cases(6),
    );
  });
});

test("the reader of deliveries and the database take the same numbers for one line", async () => {
  const numbers = ["525587654321", "5215587654321", "+52 1 55 8765-4321", "52155876543210", "5511987654321"];
  numbers.push(
    "551187654321",
    "551133334444",
    "5511933334444",
    "541123456789",
    "5491123456789",
    "16505551234",
  );
  const pairs = numbers.flatMap((one) => numbers.map((other) => [one, other]));
  const same = await sql<{ same: boolean }>(
    `select app.number_key(one) = app.number_key(other) as same
       from unnest($1::text[], $2::text[]) with ordinality as p (one, other, n) order by n`,
    [pairs.map(([one]) => one), pairs.map(([, other]) => other)],
  );
  expect(pairs.map(([one = "", other = ""]) => isSameLine(one, other))).toEqual(same.map((row) => row.same));
});
