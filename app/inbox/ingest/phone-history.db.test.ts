/** What a number on somebody's phone shares of before: its chats, in chunks, and what its owner calls people. */
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { randomFrom } from "#db/testing/generated.ts";
import { inboxStage } from "../testing/inbox-stage.ts";

const { inbox, sql, process, count, messages, quarantined } = inboxStage();

type Item = Record<string, unknown>;

const customer = "34600111222";
const other = "34600333444";
const business = "15550783881";
const time = (at: number) => String(Number(meta.sentAt) + at);

const historyBody = (value: Item) => meta.bodyOf(value, meta.phoneNumberId, "history");
const namesBody = (...state_sync: Item[]) =>
  meta.bodyOf({ state_sync }, meta.phoneNumberId, "smb_app_state_sync");

function chunk(threads: Item[], { phase = 0, order = 1, progress = 10 } = {}): Item {
  return historyBody({ history: [{ metadata: { phase, chunk_order: order, progress }, threads }] });
}

/** One message of a thread; `more` has its content. */
function told(id: string, from: string, at: number, status: string, more: Item = {}): Item {
  const content = { type: "text", text: { body: id } };
  return { from, id, timestamp: time(at), ...content, history_context: { status }, ...more };
}

const thread = (id: string, ...told: Item[]): Item => ({ id, messages: told });

function named(name: string | null, at: number, action = "add", phone = customer): Item {
  const contact = {
    phone_number: phone,
    ...(name ? { full_name: name, first_name: name.split(" ")[0] } : {}),
  };
  return { type: "contact", action, contact, metadata: { timestamp: time(at) } };
}

const placeholder = (id: string, from: string, at: number) =>
  told(id, from, at, "READ", { type: "media_placeholder", text: undefined });
const image = {
  type: "image",
  text: undefined,
  image: { id: "1", mime_type: "image/jpeg", caption: "La mesa" },
};

const row = async (id: string) =>
  (await sql("select * from messages where provider_message_id = $1", [id]))[0];

describe("a history", () => {
  test("becomes conversations that nobody has to read, each message on its side", async () => {
    const report = await process(
      chunk([
        thread(
          customer,
          told("wamid.1", customer, 1, "READ"),
          told("wamid.2", business, 2, "READ"),
          told("wamid.3", `+1 555-078-3881`, 3, "PLAYED"),
          told("wamid.4", "no number", 4, "delivered", { to: customer }),
          told("wamid.5", customer, 5, "SENT", { history_context: { status: "SENT", from_me: true } }),
          told("wamid.6", business, 6, "ERROR"),
          told("wamid.7", business, 7, "pending"),
          told("wamid.8", business, 8, "A_WORD_OF_THE_FUTURE"),
        ),
        thread(other, told("wamid.9", other, -90, "READ", { history_context: { from_me: false } })),
      ]),
    );
    expect(report).toEqual({ outcomes: ["processed"], quarantined: [] });
    const rows = await sql<Item>("select provider_message_id as name, m.* from messages m order by 1");
    expect(rows.map(({ name, direction, status }) => `${name} ${direction} ${status}`)).toEqual([
      "wamid.1 inbound received",
      "wamid.2 outbound read",
      "wamid.3 outbound played",
      "wamid.4 outbound delivered",
      "wamid.5 outbound sent",
      "wamid.6 outbound failed",
      "wamid.7 outbound sent",
      "wamid.8 outbound sent",
      "wamid.9 inbound received",
    ]);
    expect(
      new Set(rows.map(({ counts_unread, completeness }) => `${counts_unread} ${completeness}`)),
    ).toEqual(new Set(["false 2"]));
    expect(rows.slice(1, 8).map(({ sent_by }) => sent_by)).toEqual(Array(7).fill("business_app"));
    // Not even sent, and no step of it has a time.
    expect(rows[6]).toMatchObject({ sent_at: null, read_at: null });
    const conversations = await sql<Item>(
      `select p.wa_id, c.last_message_at, c.last_inbound_at from conversations c join contacts p on p.id = c.contact_id
        order by c.last_message_at desc`,
    );
    expect(conversations).toEqual([
      { wa_id: customer, last_message_at: new Date(Number(time(8)) * 1000), last_inbound_at: null },
      { wa_id: other, last_message_at: new Date(Number(time(-90)) * 1000), last_inbound_at: null },
    ]);
  });

  test("puts no conversation before one in which something happened since", async () => {
    await process(
      meta.bodyOf({ messages: [meta.textMessage("wamid.NOW", customer, "x", time(100))] }),
      chunk([
        thread(customer, told("wamid.OLD", customer, 1, "READ")),
        thread(other, told("wamid.O", other, 2, "READ")),
      ]),
    );
    const order = await sql<{ wa_id: string }>(
      `select p.wa_id from conversations c join contacts p on p.id = c.contact_id order by c.last_message_at desc`,
    );
    expect(order.map(({ wa_id }) => wa_id)).toEqual([customer, other]);
    const [live] = await sql("select last_inbound_at from conversations where last_inbound_at is not null");
    expect(live).toEqual({ last_inbound_at: new Date(Number(time(100)) * 1000) });
  });

  test("ends in the same rows in any order, however often, with the live copy before or after it", async () => {
    const said: Item[] = [
      chunk([
        thread(customer, told("wamid.A", customer, 1, "READ"), told("wamid.B", business, 2, "DELIVERED")),
      ]),
      chunk([thread(customer, placeholder("wamid.C", customer, 3), placeholder("wamid.D", business, 4))], {
        phase: 1,
        progress: 60,
      }),
      historyBody({ messages: [told("wamid.C", customer, 3, "READ", image)] }),
      historyBody({ messages: [{ ...told("wamid.D", business, 4, "READ", image), to: customer }] }),
      meta.bodyOf({ messages: [meta.textMessage("wamid.A", customer, "as it came", time(1))] }),
      meta.bodyOf({ statuses: [meta.status("wamid.B", "read", time(9), { recipient_id: customer })] }),
      namesBody(named("Ana la del pan", 5)),
      namesBody(named("Ana Ruiz", 7, "edit"), named(null, 3, "remove")),
    ];
    const rows = async () => [
      await sql(`select to_jsonb(m) - 'id' - 'delivery_id' - 'received_at' - 'conversation_id' - 'tenant_id' as row
                   from messages m order by provider_message_id`),
      await sql(`select wa_id, saved_name, saved_name_at, last_message_at, last_inbound_at
                   from conversations c join contacts p on p.id = c.contact_id`),
    ];
    const empty = () => inbox.database.empty("messages", "conversations", "contacts");
    await process(...said);
    const expected = await rows();
    expect(expected[1]).toMatchObject([{ wa_id: customer, saved_name: "Ana Ruiz" }]);
    expect(await row("wamid.A")).toMatchObject({ body: "as it came", completeness: 3, counts_unread: true });
    expect(await row("wamid.C")).toMatchObject({ type: "image", body: "La mesa", completeness: 2 });
    const random = randomFrom();
    for (let round = 0; round < 12; round++) {
      await empty();
      const order = [...said, ...said].map((body) => ({ body, key: random() })).sort((a, b) => a.key - b.key);
      const bodies = order.map(({ body }) => body);
      if (round % 2 === 0) await process(...bodies);
      else for (const body of bodies) await process(body);
      expect(await rows()).toEqual(expected);
    }
    expect(await quarantined()).toEqual([]);
  });

  test("knows whose chat a medium belongs to that names nobody, by the message it follows", async () => {
    const medium = { ...told("wamid.M", business, 1, "READ", image) };
    const before = chunk([thread(customer, placeholder("wamid.M", business, 1))]);
    await process(before);
    await process(historyBody({ messages: [medium] }));
    expect(await row("wamid.M")).toMatchObject({ type: "image", direction: "outbound", completeness: 2 });
    const together = told("wamid.N", business, 1, "READ", image);
    await process(
      historyBody({ messages: [together] }),
      chunk([thread(customer, placeholder("wamid.N", business, 1))]),
    );
    expect(await row("wamid.N")).toMatchObject({ type: "image" });
    expect(await count("conversations")).toBe(1);
    const { quarantined: aside } = await process(
      historyBody({ messages: [told("wamid.P", business, 1, "READ", image)] }),
    );
    expect(aside).toEqual(["unreadable"]);
  });

  test("names people of a thread by number, by user_id, or by what stands beside it", async () => {
    const bare = told("wamid.1", "MX.99", 1, "READ", { from: undefined, from_user_id: "MX.99" });
    const beside = { id: other, context: { wa_id: other, user_id: "ES.7", username: "bea" } };
    await process(
      chunk([thread("MX.99", bare), { ...beside, messages: [told("wamid.2", other, 2, "READ")] }]),
    );
    expect(await sql("select wa_id, user_id, username from contacts order by user_id")).toEqual([
      { wa_id: other, user_id: "ES.7", username: "bea" },
      { wa_id: null, user_id: "MX.99", username: null },
    ]);
  });

  test("is no first message and no sign of life; what comes after it is", async () => {
    const firstAt = async () =>
      (
        await sql<{ at: Date | null }>(
          "select first_event_at as at from number_claims where tenant_id = $1",
          [inbox.luz.tenantId],
        )
      )[0]?.at;
    await process(
      chunk([thread(customer, told("wamid.1", customer, 1, "READ"))]),
      namesBody(named("Ana", 1)),
    );
    expect(await firstAt()).toBeNull();
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.2", customer)] }));
    expect(await firstAt()).not.toBeNull();
  });

  test("tells the connection how far it has come, each delivery the furthest, and that it was declined", async () => {
    const items = (...progress: number[]) =>
      progress.map((one) => ({ metadata: { phase: 1, chunk_order: 1, progress: one }, threads: [] }));
    const declined = { errors: [{ code: 2593109, title: "History sharing is turned off" }] };
    const { outcomes } = await process(
      historyBody({ history: items(40, 55, 12) }),
      historyBody({ history: [declined] }),
    );
    expect(outcomes).toEqual(["processed", "processed"]);
    // What has come was shared, whatever else is told with it.
    await process(historyBody({ history: [...items(5), declined] }));
    const jobs = await sql<{ payload: Item }>(
      "select payload from graphile_worker._private_jobs where payload ->> 'connectionId' = $1 order by id",
      [inbox.luz.connectionId],
    );
    expect(jobs.map(({ payload }) => payload)).toMatchObject([
      { connectionId: inbox.luz.connectionId, detail: { progress: 55 } },
      { connectionId: inbox.luz.connectionId, detail: { progress: "declined" } },
      { connectionId: inbox.luz.connectionId, detail: { progress: 5 } },
    ]);
  });

  test("of a number that nobody has is set aside, how far it has come as well", async () => {
    const { quarantined: aside } = await process(
      meta.bodyOf({ history: [{ metadata: { progress: 5 } }] }, "999", "history"),
    );
    expect(aside).toEqual(["unknown_number"]);
  });

  test("that cannot be read in part is kept in part, with its place", async () => {
    await process(
      historyBody({
        history: [
          7,
          { metadata: { progress: 5 }, threads: "none" },
          { threads: [{ messages: [] }, thread(customer, told("wamid.1", customer, 1, "READ"), { id: 7 })] },
        ],
      }),
    );
    expect(await messages()).toHaveLength(1);
    expect((await quarantined()).map(({ item_path }) => item_path).sort()).toEqual([
      "entry.0.changes.0.history.0",
      "entry.0.changes.0.history.1.threads",
      "entry.0.changes.0.history.2.threads.0",
      "entry.0.changes.0.history.2.threads.1.messages.1",
    ]);
  });

  test("of three megabytes is stored within seconds", async () => {
    const threads = Array.from({ length: 200 }, (_, t) => {
      const id = String(34_600_000_000 + t);
      const all = Array.from({ length: 50 }, (__, m) => {
        const text = { body: "palabra ".repeat(18) };
        return told(`wamid.${t}.${m}`, m % 2 ? business : id, t + m, "READ", { text });
      });
      return thread(id, ...all);
    });
    const body = chunk(threads, { progress: 100 });
    expect(meta.bytes(body).byteLength).toBeGreaterThan(2_700_000);
    const started = performance.now();
    expect(await process(body)).toEqual({ outcomes: ["processed"], quarantined: [] });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect([await count("messages"), await count("conversations")]).toEqual([10_000, 200]);
  });
});

describe("what the business calls people", () => {
  const names = () =>
    sql<Item>("select wa_id, saved_name, profile_name from contacts order by wa_id").then((all) =>
      all.map(({ wa_id, saved_name, profile_name }) => [wa_id, saved_name, profile_name]),
    );

  test("is kept beside what they call themselves, whichever is told first", async () => {
    const profile = { wa_id: customer, profile: { name: "ana 🌻" } };
    await process(namesBody(named("Ana Ruiz", 1), named("Bea", 1, "add", `+34 600 333 444`)));
    await process(meta.bodyOf({ contacts: [profile], messages: [meta.textMessage("wamid.1", customer)] }));
    expect(await names()).toEqual([
      [customer, "Ana Ruiz", "ana 🌻"],
      [other, "Bea", null],
    ]);
    // Whoever is only in the address book has no conversation.
    expect(await count("conversations")).toBe(1);
  });

  test("is what was told last, and nothing once it is removed", async () => {
    await process(namesBody(named("Second", 2, "edit")));
    await process(namesBody(named("First", 1)));
    expect(await names()).toEqual([[customer, "Second", null]]);
    await process(namesBody(named(null, 4, "remove")));
    await process(namesBody(named("Third", 3, "edit")));
    expect(await names()).toEqual([[customer, null, null]]);
    await process(namesBody(named("Fourth", 5)));
    expect(await names()).toEqual([[customer, "Fourth", null]]);
  });

  test.each([undefined, null, { timestamp: null }, { timestamp: `${time(1)}000` }])(
    "is read where it can be: with the time %j, without a full name; the rest is left alone",
    async (metadata) => {
      const { quarantined: aside } = await process(
        namesBody(
          {
            type: "contact",
            action: "add",
            contact: { first_name: "Ana", phone_number: customer },
            metadata,
          },
          { type: "label", action: "add", label: {} },
          {
            type: "contact",
            action: "add",
            contact: { full_name: "Nobody" },
            metadata: { timestamp: time(1) },
          },
        ),
      );
      expect([await names(), aside]).toEqual([[[customer, "Ana", null]], []]);
    },
  );

  test("goes with a person when two contacts turn out to be one", async () => {
    await process(namesBody(named("Ana Ruiz", 3)));
    await process(
      meta.bodyOf({ messages: [{ ...meta.textMessage("wamid.1"), from: undefined, from_user_id: "ES.5" }] }),
    );
    await process(
      meta.bodyOf({ messages: [{ ...meta.textMessage("wamid.2", customer), from_user_id: "ES.5" }] }),
    );
    expect(await names()).toEqual([[customer, "Ana Ruiz", null]]);
  });
});
