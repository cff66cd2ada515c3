import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import type { MessageEvent, StatusEvent } from "../../../channel-events.server.ts";
import * as meta from "./testing/fixtures.ts";
import { hostileBodies } from "./testing/hostile-bodies.ts";
import { whatsappWebhook } from "./webhook.server.ts";

const read = (value: unknown) => whatsappWebhook.read(meta.bytes(value));

function onlyMessage(value: unknown): MessageEvent {
  const { events, problems } = read(value);
  expect(problems).toEqual([]);
  expect(events.map(({ kind }) => kind)).toEqual(["message"]);
  return events[0] as MessageEvent;
}

describe("an inbound message", () => {
  test.each(Object.entries(meta.inboundMessages))(
    "%s is read with the words a list shows",
    (_, { item, body, contact }) => {
      const event = onlyMessage(meta.bodyOf({ contacts: meta.people, messages: [item] }));
      expect(event).toMatchObject({
        direction: "inbound",
        providerMessageId: item.id,
        type: item.type,
        body,
        content: item,
        phoneNumberId: meta.phoneNumberId,
        path: "entry.0.changes.0.messages.0",
        occurredAt: new Date(1_749_416_383_000),
      });
      expect(event.contact).toMatchObject(
        contact ?? { waId: meta.waId, userId: meta.userId, profileName: "Ana 🌻" },
      );
    },
  );

  test("of a user with a username has no wa_id, and one of a legacy user has no user_id", () => {
    const named = { id: "wamid.A", timestamp: meta.sentAt, type: "text", text: { body: "x" } };
    const messages = [
      { ...named, from_user_id: "ES.777" },
      { ...named, from: "34600111222", from_user_id: null },
    ];
    const { events } = read(meta.bodyOf({ contacts: meta.people, messages }));
    expect(events.map((event) => (event as MessageEvent).contact)).toEqual([
      { waId: null, userId: "ES.777", username: null, profileName: "Sin número" },
      { waId: "34600111222", userId: null, username: null, profileName: null },
    ]);
  });

  test("takes the other id of its sender from the contacts", () => {
    const event = onlyMessage(
      meta.bodyOf({ contacts: meta.people, messages: [meta.textMessage("wamid.A")] }),
    );
    expect(event.contact).toEqual({
      waId: meta.waId,
      userId: meta.userId,
      username: "ana.luz",
      profileName: "Ana 🌻",
    });
  });

  test("keeps its sender when the contacts cannot be read", () => {
    for (const contacts of [7, {}, [null, 7, { wa_id: {} }, { profile: 7 }]]) {
      const event = onlyMessage(meta.bodyOf({ contacts, messages: [meta.textMessage("wamid.A")] }));
      expect(event.contact).toMatchObject({ waId: meta.waId, profileName: null });
    }
  });

  test.each([1_749_416_383, 1_749_416_383_999, "1749416383000"])("may have its time as %j", (timestamp) => {
    const item = { ...meta.textMessage("wamid.A"), timestamp };
    expect(onlyMessage(meta.bodyOf({ messages: [item] })).occurredAt.toISOString()).toBe(
      "2025-06-08T20:59:43.000Z",
    );
  });

  const noTimes = ["", "0", "99999999999999999999", null, undefined, 1e300, 1.5];

  test.each(noTimes)("or a status with the time %j happened when it was delivered", (timestamp) => {
    const messages = [{ ...meta.textMessage("wamid.B"), timestamp }];
    const statuses = [{ ...meta.status("wamid.C", "read"), timestamp }];
    const receivedAt = new Date("2026-02-03T04:05:06.789Z");
    const delivery = meta.bytes(meta.bodyOf({ messages, statuses }));
    const { events, problems } = whatsappWebhook.read(delivery, receivedAt);
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      { kind: "message", occurredAt: receivedAt },
      { kind: "status", occurredAt: receivedAt },
    ]);
  });

  test.each(["soon", "-1", {}])("with the time %j is a problem", (timestamp) => {
    const untimed = meta.bodyOf({ messages: [{ ...meta.textMessage("wamid.B"), timestamp }] });
    expect(whatsappWebhook.read(meta.bytes(untimed), new Date()).problems).toHaveLength(1);
  });

  test.each(noTimes)(
    "with the time %j is a problem with its place where nobody says when it was delivered, and in a history",
    (timestamp) => {
      const untimed = { ...meta.textMessage("wamid.B"), timestamp };
      const history = meta.bodyOf({ messages: [untimed] }, meta.phoneNumberId, "history");
      expect(whatsappWebhook.read(meta.bytes(history), new Date()).problems).toHaveLength(1);
      const { events, problems } = read(meta.bodyOf({ messages: [meta.textMessage("wamid.A"), untimed] }));
      expect(events).toHaveLength(1);
      expect(problems).toMatchObject([
        { path: "entry.0.changes.0.messages.1", phoneNumberId: meta.phoneNumberId },
      ]);
    },
  );

  test.each([[["G"]], [{ id: "G" }], ["G".repeat(400)]])(
    "of a group that cannot be read is none between two",
    (group_id) => {
      const item = { ...meta.textMessage("wamid.A"), group_id };
      expect(read(meta.bodyOf({ messages: [item] }))).toMatchObject({
        events: [],
        problems: [{ detail: "group_id: invalid_type" }],
      });
    },
  );

  test("that names nobody is a problem", () => {
    const item = { ...meta.textMessage("wamid.A"), from: "" };
    expect(read(meta.bodyOf({ messages: [item] })).problems).toMatchObject([{ detail: "names nobody" }]);
  });

  test("nested deeper than jsonb would bear is a problem, and its neighbours are read", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 70; level++) deep = [deep];
    const messages = [{ ...meta.textMessage("wamid.A"), deep }, meta.textMessage("wamid.B")];
    const { events, problems } = read(meta.bodyOf({ messages }));
    expect(events).toHaveLength(1);
    expect(problems).toMatchObject([{ path: "entry.0.changes.0.messages.0", detail: "nested too deeply" }]);
  });

  test("is made safe for PostgreSQL: U+0000 and lone surrogates become U+FFFD, whole emoji stay", () => {
    const item = { ...meta.textMessage("wamid.A", meta.waId, "a\u0000b\ud83d c 🥖"), "k\u0000": ["\udc00"] };
    const contacts = [{ wa_id: meta.waId, profile: { name: "\u0000\ud83dAna" } }];
    const event = onlyMessage(meta.bodyOf({ contacts, messages: [item] }));
    expect(event.body).toBe("a\ufffdb\ufffd c 🥖");
    expect(event.contact?.profileName).toBe("\ufffd\ufffdAna");
    expect(event.content).toMatchObject({ text: { body: "a\ufffdb\ufffd c 🥖" }, "k\ufffd": ["\ufffd"] });
  });

  test("with an id that could not be told from another after cleaning is a problem", () => {
    for (const id of ["", "wamid.\u0000", "wamid.\ud800", "x".repeat(256), null, {}, []]) {
      expect(read(meta.bodyOf({ messages: [{ ...meta.textMessage(""), id }] })).problems).toHaveLength(1);
    }
  });

  test("keeps every digit of ids that were sent as numbers", () => {
    const text = JSON.stringify(
      meta.bodyOf({ messages: [meta.textMessage("ID"), meta.bare("hologram", "X")] }),
    )
      .replace('"ID"', "9007199254740993")
      .replace(`"${meta.phoneNumberId}"`, "106540352242922777")
      .replace('"hologram"', '"hologram","template_id":1234567890123456789');
    const { events, problems } = whatsappWebhook.read(Buffer.from(text));
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      { providerMessageId: "9007199254740993", phoneNumberId: "106540352242922777" },
      { content: { template_id: "1234567890123456789" } },
    ]);
  });

  test("with a key __proto__ keeps it as a key and pollutes nothing", () => {
    const text = JSON.stringify(meta.bodyOf({ messages: [meta.textMessage("wamid.A")] })).replace(
      '"type":"text"',
      '"type":"text","__proto__":{"polluted":true}',
    );
    const [event] = whatsappWebhook.read(Buffer.from(text)).events as [MessageEvent];
    expect(Object.hasOwn(event.content, "__proto__")).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("a status", () => {
  test.each(["sent", "delivered", "read", "played", "failed"])("%s is read", (step) => {
    const item = meta.status("wamid.S", step, "1749416400", { recipient_user_id: meta.userId });
    const { events, problems } = read(meta.bodyOf({ statuses: [item] }));
    expect(problems).toEqual([]);
    expect(events).toEqual([
      {
        kind: "status",
        path: "entry.0.changes.0.statuses.0",
        phoneNumberId: meta.phoneNumberId,
        providerMessageId: "wamid.S",
        status: step,
        occurredAt: new Date(1_749_416_400_000),
        recipient: { waId: meta.waId, userId: meta.userId, username: null, profileName: null },
        error: step === "failed" ? meta.failure : null,
        detail: step === "failed" ? { errors: [meta.failure] } : null,
      },
    ]);
  });

  test("may name nobody, and one of a group names the group", () => {
    const nobody = { recipient_id: undefined };
    const group = { recipient_type: "group", recipient_id: "HBgLMTY1MDU1" };
    const statuses = [
      meta.status("wamid.A", "sent", meta.sentAt, nobody),
      meta.status("wamid.B", "read", meta.sentAt, group),
    ];
    const { events } = read(meta.bodyOf({ statuses }));
    expect(events.map((event) => (event as StatusEvent).recipient)).toMatchObject([
      null,
      { waId: null, groupId: "HBgLMTY1MDU1" },
    ]);
  });

  test("of a payment or a call, or one that Meta adds, says nothing about the message", () => {
    const statuses = [
      meta.status("wamid.A", "failed", meta.sentAt, { type: "payment" }),
      meta.status("wamid.B", "deleted"),
    ];
    expect(read(meta.bodyOf({ statuses })).events).toMatchObject([
      { kind: "other", field: "statuses" },
      { kind: "other", field: "statuses" },
    ]);
  });
});

describe("a body", () => {
  test("with an echo is what the business sent to the contact from its own phone", () => {
    const value = { contacts: meta.people, message_echoes: [meta.echo("wamid.E")] };
    expect(onlyMessage(meta.bodyOf(value, meta.phoneNumberId, "smb_message_echoes"))).toMatchObject({
      direction: "outbound",
      providerMessageId: "wamid.E",
      body: "Desde el móvil",
      path: "entry.0.changes.0.message_echoes.0",
      contact: { waId: meta.waId, userId: meta.userId },
    });
  });

  test("with several entries and changes is read to its end, each item with its own number", () => {
    const { events } = read(
      meta.body(
        meta.entry(
          meta.change({ messages: [meta.textMessage("wamid.1"), meta.textMessage("wamid.2")] }, "111111"),
          meta.change({ statuses: [meta.status("wamid.3", "read")] }, "222222"),
        ),
        meta.entry(
          { field: "account_update", value: { event: "ACCOUNT_DELETED" } },
          meta.change({ messages: [meta.textMessage("wamid.4")] }, "333333"),
        ),
      ),
    );
    expect(events.map(({ kind, path, phoneNumberId }) => [kind, path, phoneNumberId])).toEqual([
      ["message", "entry.0.changes.0.messages.0", "111111"],
      ["message", "entry.0.changes.0.messages.1", "111111"],
      ["status", "entry.0.changes.1.statuses.0", "222222"],
      ["account", "entry.1.changes.0", null],
      ["message", "entry.1.changes.1.messages.0", "333333"],
    ]);
  });

  test.each([
    ["errors of the account", meta.bodyOf({ errors: [{ code: 130429 }] }), "messages.errors"],
    [
      "a template's status",
      meta.bodyOf({}, meta.phoneNumberId, "message_template_status_update"),
      "message_template_status_update",
    ],
    [
      "an error of a history",
      meta.bodyOf({ history: [{ errors: [{ code: 1 }] }] }, meta.phoneNumberId, "history"),
      "history.errors",
    ],
    ["another product", { object: "instagram", entry: [] }, "object"],
    ["the dashboard's test", meta.dashboardTest, "dashboard_test"],
    ["its copy without the envelope", meta.dashboardTest.entry[0]?.changes[0], "dashboard_test"],
  ])("of %s is valid and shown nowhere", (_, value, field) => {
    const { events, problems } = read(value);
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "other", field }]);
  });

  test("with no entries has nothing in it", () => {
    expect(read(meta.body())).toEqual({ events: [], problems: [] });
  });

  const change = "entry.0.changes.0";
  const five = [0, 1, 2, 3, 4];
  /** What cannot be read in each: the whole body, unless it stands here. */
  const costs: Record<string, string[]> = {
    "entry is an object": ["entry"],
    "entries of every wrong kind": [...five, 5].map((n) => `entry.${n}.changes`),
    "changes of every wrong kind": [...five, 5, 6].map((n) => `entry.0.changes.${n}`),
    "value is a list": [change],
    "no metadata": [change],
    "metadata is a list": [change],
    "messages is an object": [`${change}.messages`],
    "messages of every wrong kind": ["messages", "statuses"].flatMap((list) =>
      five.map((n) => `${change}.${list}.${n}`),
    ),
    "a type that is a method": [],
    "keys of the prototype": [],
  };

  test.each(Object.entries(hostileBodies))("%s costs only what is wrong in it", (name, bytes) => {
    const { events, problems } = whatsappWebhook.read(bytes);
    expect(problems.map(({ path }) => path)).toEqual(costs[name] ?? ["body"]);
    for (const { detail } of problems) expect(detail).toMatch(/^[\w\s.,:;-]+$/);
    const types = name === "a type that is a method" ? ["constructor", "__proto__", "toString"] : [];
    expect(events.map((event) => (event as MessageEvent).type)).toEqual(types);
  });

  test("of three megabytes of nothing does not become a million problems", () => {
    const many = Buffer.from(`{"object":"whatsapp_business_account","entry":[${"0,".repeat(1_000_000)}0]}`);
    const { problems } = whatsappWebhook.read(many);
    expect(problems.length).toBe(2_001);
    expect(problems.at(-1)).toMatchObject({
      path: "body",
      detail: expect.stringMatching(/rest was not read/),
    });
  });
});

describe("whatever the bytes", () => {
  const items = Object.values(meta.inboundMessages).map(({ item }) => item);
  const junk = fc.jsonValue({ maxDepth: 4, stringUnit: "binary" });

  test("junk in any place of a real item costs at most that item", () => {
    const spoiled = fc
      .tuple(fc.constantFrom(...items), fc.string(), junk)
      .chain(([item, extra, value]) =>
        fc.constantFrom(...Object.keys(item), extra).map((name) => ({ ...item, [name]: value })),
      );
    fc.assert(
      fc.property(fc.array(spoiled, { maxLength: 5 }), junk, (messages, contacts) => {
        const good = meta.textMessage("wamid.GOOD");
        const { events, problems } = read(meta.bodyOf({ contacts, messages: [...messages, good] }));
        expect(events.length + problems.length).toBe(messages.length + 1);
        expect(events.at(-1)).toMatchObject({ providerMessageId: "wamid.GOOD" });
        // What goes to PostgreSQL holds nothing it refuses.
        expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
      }),
      cases(1_000),
    );
  });
});
