import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/fixtures.ts";
import { hostileBodies } from "#app/integrations/meta/whatsapp/webhook/hostile-bodies.ts";
import { widenProvider } from "#db/testing/second-provider.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import {
  connectWorkspace,
  deliver,
  deliverAll,
  inboxDeps,
  type Workspace,
} from "../testing/test-workspaces.ts";
import { giveUpDeliveries, processDeliveries } from "./ingest.server.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps>;
let luz: Workspace;
let norte: Workspace;
const luzNumber = meta.phoneNumberId;
const norteNumber = "777000111222333";

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = inboxDeps(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "webhook_deliveries");
  deps.lines.length = 0;
  luz = await connectWorkspace(database, luzNumber);
  norte = await connectWorkspace(database, norteNumber);
});

async function process(...bodies: unknown[]) {
  return processDeliveries(deps, await deliverAll(database, bodies));
}

const messages = () => database.sql("select * from messages order by provider_message_id");
const quarantined = () => database.sql("select * from delivery_quarantine order by id");
const count = async (table: string) =>
  (await database.sql<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n;

describe("a message", () => {
  test.each(Object.entries(meta.inboundMessages))(
    "%s is stored with its words",
    async (_, { item, body }) => {
      expect(await process(meta.bodyOf({ contacts: meta.people, messages: [item] }))).toEqual({
        outcomes: ["processed"],
        quarantined: [],
      });
      expect(await messages()).toMatchObject([
        {
          tenant_id: luz.tenantId,
          provider_message_id: item.id,
          direction: "inbound",
          status: "received",
          type: item.type,
          body,
          content: item,
          occurred_at: new Date("2025-06-08T20:59:43Z"),
          received_at: new Date("2026-01-01T00:00:00Z"),
          delivery_id: "1",
          sent_at: null,
          error: null,
        },
      ]);
    },
  );

  test("opens the contact's conversation on that connection, with its times", async () => {
    await process(meta.bodyOf({ contacts: meta.people, messages: [meta.textMessage("wamid.A")] }));
    expect(
      await database.sql(`select v.connection_id, c.wa_id, c.user_id, c.username, c.profile_name, v.last_message_at,
        v.last_inbound_at from conversations v join contacts c on c.id = v.contact_id`),
    ).toEqual([
      {
        connection_id: luz.connectionId,
        wa_id: meta.waId,
        user_id: meta.userId,
        username: "ana.luz",
        profile_name: "Ana 🌻",
        last_message_at: new Date("2025-06-08T20:59:43Z"),
        last_inbound_at: new Date("2025-06-08T20:59:43Z"),
      },
    ]);
  });

  test("with U+0000 and lone surrogates in body and name is stored", async () => {
    const contacts = [{ wa_id: meta.waId, profile: { name: "A\u0000\ud83d" } }];
    await process(
      meta.bodyOf({ contacts, messages: [meta.textMessage("wamid.A", meta.waId, "\u0000 \udc00 🥖")] }),
    );
    expect(await messages()).toMatchObject([{ body: "\ufffd \ufffd 🥖" }]);
    expect(await database.sql("select profile_name from contacts")).toEqual([
      { profile_name: "A\ufffd\ufffd" },
    ]);
  });

  test("older than the newest does not move the conversation back", async () => {
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.B", meta.waId, "b", "1749416900")] }));
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.A", meta.waId, "a", "1749416100")] }));
    expect(await database.sql("select last_message_at, last_inbound_at from conversations")).toEqual([
      { last_message_at: new Date(1_749_416_900_000), last_inbound_at: new Date(1_749_416_900_000) },
    ]);
    // Together with something of ours that does move it on.
    const newer = meta.echo("wamid.E", meta.waId, "x", "1749416950");
    await process(
      meta.bodyOf({ message_echoes: [newer] }, luzNumber, "smb_message_echoes"),
      meta.bodyOf({ messages: [meta.textMessage("wamid.C", meta.waId, "c", "1749416200")] }),
    );
    expect(await database.sql("select last_message_at, last_inbound_at from conversations")).toEqual([
      { last_message_at: new Date(1_749_416_950_000), last_inbound_at: new Date(1_749_416_900_000) },
    ]);
  });

  test("that is newer than the contact's last and older than our own moves only the contact's time", async () => {
    const echo = meta.echo("wamid.E", meta.waId, "x", "1749416900");
    await process(
      meta.bodyOf({ message_echoes: [echo] }, luzNumber, "smb_message_echoes"),
      meta.bodyOf({ messages: [meta.textMessage("wamid.A", meta.waId, "a", "1749416100")] }),
    );
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.B", meta.waId, "b", "1749416500")] }));
    expect(await database.sql("select last_message_at, last_inbound_at from conversations")).toEqual([
      { last_message_at: new Date(1_749_416_900_000), last_inbound_at: new Date(1_749_416_500_000) },
    ]);
  });

  test("delivered three more times, and once more beside a new one, adds nothing", async () => {
    const first = {
      contacts: meta.people,
      messages: [meta.textMessage("wamid.A"), meta.textMessage("wamid.B")],
    };
    await process(meta.bodyOf(first));
    const before = [
      await messages(),
      await database.sql("select * from contacts"),
      await database.sql("select * from conversations"),
    ];
    const again = meta.bodyOf(first);
    expect(await process(again, again, again)).toEqual({
      outcomes: ["processed", "processed", "processed"],
      quarantined: [],
    });
    expect([
      await messages(),
      await database.sql("select * from contacts"),
      await database.sql("select * from conversations"),
    ]).toEqual(before);
    await process(
      meta.bodyOf({
        messages: [meta.textMessage("wamid.A"), meta.textMessage("wamid.A"), meta.textMessage("wamid.C")],
      }),
    );
    expect(await count("messages")).toBe(3);
  });

  test("sent by the business from its own phone stands on the contact's thread as outbound", async () => {
    await process(
      meta.bodyOf({ messages: [meta.textMessage("wamid.A")] }),
      meta.bodyOf(
        { message_echoes: [meta.echo("wamid.E", meta.waId, "Sí", "1749416500")] },
        luzNumber,
        "smb_message_echoes",
      ),
    );
    expect(await messages()).toMatchObject([
      { provider_message_id: "wamid.A", direction: "inbound", conversation_id: "1" },
      {
        provider_message_id: "wamid.E",
        direction: "outbound",
        conversation_id: "1",
        status: "sent",
        body: "Sí",
      },
    ]);
    expect(await database.sql("select last_message_at, last_inbound_at from conversations")).toEqual([
      { last_message_at: new Date(1_749_416_500_000), last_inbound_at: new Date(1_749_416_383_000) },
    ]);
  });
});

describe("a status", () => {
  test("of a message that is not known yet makes its row, which the echo fills in", async () => {
    await process(meta.bodyOf({ statuses: [meta.status("wamid.E", "delivered", "1749416600")] }));
    expect(await messages()).toMatchObject([
      { type: "unknown", direction: "outbound", status: "delivered", body: null, content: {} },
    ]);
    await process(meta.bodyOf({ message_echoes: [meta.echo("wamid.E")] }, luzNumber, "smb_message_echoes"));
    expect(await messages()).toMatchObject([
      {
        type: "text",
        status: "delivered",
        body: "Desde el móvil",
        occurred_at: new Date(1_749_416_383_000),
        delivered_at: new Date(1_749_416_600_000),
      },
    ]);
  });

  test("moves no conversation: neither up by a step of today, nor at all by a step of what is not known", async () => {
    const times = () =>
      database.sql("select last_message_at as at, last_inbound_at as inbound from conversations order by id");
    const sent = new Date(Number(meta.sentAt) * 1000);
    await process(meta.bodyOf({ message_echoes: [meta.echo("wamid.E")] }, luzNumber, "smb_message_echoes"));
    const later = String(Number(meta.sentAt) + 86_400);
    const steps = ["delivered", "read", "failed"].map((step) => meta.status("wamid.E", step, later));
    await process(meta.bodyOf({ statuses: steps }));
    expect(await messages()).toMatchObject([{ status: "read", read_at: new Date(Number(later) * 1000) }]);
    expect(await times()).toEqual([{ at: sent, inbound: null }]);
    await process(
      meta.bodyOf({ statuses: [meta.status("wamid.UNKNOWN", "read", later, { recipient_id: "34999" })] }),
    );
    expect(await times()).toEqual([
      { at: sent, inbound: null },
      { at: null, inbound: null },
    ]);
  });

  test("that put its message into another thread than the message's own does not keep it there", async () => {
    await process(
      meta.bodyOf({ statuses: [meta.status("wamid.E", "read", meta.sentAt, { recipient_id: "34999" })] }),
    );
    await process(meta.bodyOf({ message_echoes: [meta.echo("wamid.E")] }, luzNumber, "smb_message_echoes"));
    expect(
      await database.sql(`select c.wa_id from messages m join conversations v on v.id = m.conversation_id
        join contacts c on c.id = v.contact_id`),
    ).toEqual([{ wa_id: meta.waId }]);
  });

  test("that names nobody is applied to a message we have, and set aside for one we do not have", async () => {
    await process(meta.bodyOf({ message_echoes: [meta.echo("wamid.E")] }, luzNumber, "smb_message_echoes"));
    const nobody = { recipient_id: undefined };
    const statuses = ["wamid.E", "wamid.UNKNOWN"].map((id) => meta.status(id, "read", meta.sentAt, nobody));
    expect(await process(meta.bodyOf({ statuses }))).toEqual({
      outcomes: ["quarantined"],
      quarantined: ["unreadable"],
    });
    expect(await messages()).toMatchObject([{ provider_message_id: "wamid.E", status: "read" }]);
    expect(await quarantined()).toMatchObject([
      { item_path: "entry.0.changes.0.statuses.1", reason: "unreadable" },
    ]);
  });
});

describe("a contact", () => {
  const from = (id: string, ids: Record<string, string>) => ({
    ...meta.textMessage(id),
    from: undefined,
    ...ids,
  });
  const contacts = () => database.sql("select wa_id, user_id from contacts order by id");
  const conversationOf = async (id: string) =>
    (await database.sql("select conversation_id from messages where provider_message_id = $1", [id]))[0]
      ?.conversation_id;

  test("known by one id is found by it and given the other", async () => {
    await process(meta.bodyOf({ messages: [from("wamid.1", { from: "34600" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.2", { from: "34600", from_user_id: "ES.1" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.3", { from_user_id: "ES.1" })] }));
    expect(await contacts()).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    await process(meta.bodyOf({ messages: [from("wamid.4", { from_user_id: "ES.2" })] }));
    await process(meta.bodyOf({ messages: [from("wamid.5", { from: "34700", from_user_id: "ES.2" })] }));
    expect((await contacts())[1]).toEqual({ wa_id: "34700", user_id: "ES.2" });
    expect(await conversationOf("wamid.1")).toBe(await conversationOf("wamid.3"));
    expect(await conversationOf("wamid.4")).toBe(await conversationOf("wamid.5"));
  });

  test("named three ways in one body is one contact", async () => {
    const messages: Record<string, string>[] = [
      { from_user_id: "ES.1" },
      { from: "34600" },
      { from: "34600", from_user_id: "ES.1" },
    ];
    await process(meta.bodyOf({ messages: messages.map((ids, n) => from(`wamid.${n}`, ids)) }));
    expect(await contacts()).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    expect(await count("conversations")).toBe(1);
  });

  test("keeps its newest name, and a name when none is sent", async () => {
    const named = (name: string, timestamp: string) =>
      meta.bodyOf({
        contacts: [{ wa_id: meta.waId, profile: { name } }],
        messages: [meta.textMessage(`wamid.${timestamp}`, meta.waId, "x", timestamp)],
      });
    await process(named("Ana", "1749416500"));
    await process(named("Ana Luz", "1749416700"));
    await process(named("Anita", "1749416600"));
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.X", meta.waId, "x", "1749416900")] }));
    expect(await database.sql("select profile_name from contacts")).toEqual([{ profile_name: "Ana Luz" }]);
  });

  test("of two workspaces is two contacts", async () => {
    const value = { contacts: meta.people, messages: [meta.textMessage("wamid.L")] };
    await process(
      meta.bodyOf(value),
      meta.bodyOf({ ...value, messages: [meta.textMessage("wamid.N")] }, norteNumber),
    );
    expect(
      await database.sql("select tenant_id from contacts where wa_id = $1 order by id", [meta.waId]),
    ).toEqual(
      [luz, norte]
        .map(({ tenantId }) => ({ tenant_id: tenantId }))
        .sort((a, b) => (a.tenant_id < b.tenant_id ? -1 : 1)),
    );
  });
});

describe("routing", () => {
  test("sends each entry of one body to the workspace that owns its number", async () => {
    await process(
      meta.body(
        meta.entry(meta.change({ messages: [meta.textMessage("wamid.L")] }, luzNumber)),
        meta.entry(
          meta.change({ messages: [meta.textMessage("wamid.N")] }, norteNumber),
          meta.change({ statuses: [meta.status("wamid.S", "sent")] }, norteNumber),
        ),
      ),
    );
    expect(await database.sql("select provider_message_id, tenant_id from messages order by 1")).toEqual([
      { provider_message_id: "wamid.L", tenant_id: luz.tenantId },
      { provider_message_id: "wamid.N", tenant_id: norte.tenantId },
      { provider_message_id: "wamid.S", tenant_id: norte.tenantId },
    ]);
  });

  test("asks who owned the number when the delivery was received, to the microsecond", async () => {
    const moved = "888000111222333";
    const handover = "2026-03-01T12:00:00.123456Z";
    const before = await connectWorkspace(database, moved, { until: handover });
    const after = await connectWorkspace(database, moved, { since: handover });
    const times = ["2026-03-01T12:00:00.123455Z", handover];
    const bodies = times.map((time) => meta.bodyOf({ messages: [meta.textMessage(`wamid.${time}`)] }, moved));
    await processDeliveries(deps, await deliverAll(database, bodies, times));
    expect(await database.sql("select tenant_id from messages order by delivery_id")).toEqual([
      { tenant_id: before.tenantId },
      { tenant_id: after.tenantId },
    ]);
  });

  test("ends at the moment a number was let go, when nobody has it after", async () => {
    const letGo = "888000111222444";
    await connectWorkspace(database, letGo, { until: "2026-03-01T12:00:00Z" });
    const id = await deliver(
      database,
      meta.bodyOf({ messages: [meta.textMessage("wamid.1")] }, letGo),
      "2026-03-01T12:00:00Z",
    );
    expect((await processDeliveries(deps, [id])).quarantined).toEqual(["unknown_number"]);
  });

  test("to nobody sets every item aside and warns once, under the delivery's request id", async () => {
    const unknown = "999000111222333";
    const value = { messages: [meta.textMessage("wamid.1"), meta.textMessage("wamid.2")] };
    await process(
      meta.body(
        meta.entry(meta.change(value, unknown), meta.change({ messages: [meta.textMessage("wamid.3")] })),
      ),
    );
    expect(await quarantined()).toMatchObject([
      {
        item_path: "entry.0.changes.0.messages.0",
        reason: "unknown_number",
        phone_number_id: unknown,
        delivery_id: "1",
      },
      {
        item_path: "entry.0.changes.0.messages.1",
        reason: "unknown_number",
        phone_number_id: unknown,
        delivery_id: "1",
      },
    ]);
    expect(deps.lines).toEqual([
      expect.objectContaining({
        level: "warn",
        request_id: "request-1",
        delivery_id: "1",
        phone_number_id: unknown,
        count: 2,
      }),
    ]);
    expect(await messages()).toMatchObject([{ provider_message_id: "wamid.3" }]);
    expect(await database.sql("select outcome from webhook_deliveries")).toEqual([
      { outcome: "quarantined" },
    ]);
  });

  test("never lets a message cross to another workspace, whoever speaks of it", async () => {
    await process(
      meta.bodyOf({ messages: [meta.textMessage("wamid.IN")] }),
      meta.bodyOf({ statuses: [meta.status("wamid.OUT", "sent")] }),
    );
    const before = await messages();
    const value = { messages: [meta.textMessage("wamid.IN")], statuses: [meta.status("wamid.OUT", "read")] };
    expect(await process(meta.bodyOf(value, norteNumber))).toEqual({
      outcomes: ["quarantined"],
      quarantined: ["conflict", "conflict"],
    });
    expect(await messages()).toEqual(before);
    expect(await database.sql("select from contacts where tenant_id = $1", [norte.tenantId])).toEqual([]);
  });

  test("gives an id that two workspaces claim in one body to the first", async () => {
    const value = { messages: [meta.textMessage("wamid.X")] };
    await process(meta.body(meta.entry(meta.change(value, luzNumber), meta.change(value, norteNumber))));
    expect(await messages()).toMatchObject([{ tenant_id: luz.tenantId }]);
    expect(await quarantined()).toMatchObject([
      { reason: "conflict", item_path: "entry.0.changes.1.messages.0" },
    ]);
  });
});

describe("a delivery", () => {
  test("of a thousand updates for twenty workspaces reaches them all", async () => {
    const numbers = Array.from({ length: 20 }, (_, n) => `55500000000000${n}`);
    const owners = await Promise.all(numbers.map((number) => connectWorkspace(database, number)));
    const entries = numbers.map((number, w) =>
      meta.entry(
        meta.change(
          {
            messages: Array.from({ length: 50 }, (_, n) =>
              meta.textMessage(`wamid.${w}.${n}`, `346${n % 10}`),
            ),
          },
          number,
        ),
      ),
    );
    const id = await deliver(database, meta.body(...entries));
    await processDeliveries(deps, [id]);
    const rows = await database.sql<{ tenant_id: string; n: number; wrong: number }>(
      `select tenant_id, count(*)::int as n,
              count(*) filter (where provider_message_id not like 'wamid.' || array_position($1::uuid[], tenant_id) - 1 || '.%')::int as wrong
         from messages group by 1`,
      [owners.map(({ tenantId }) => tenantId)],
    );
    expect(rows).toHaveLength(20);
    expect(rows.every(({ n, wrong }) => n === 50 && wrong === 0)).toBe(true);
    expect(await count("conversations")).toBe(200);
  });

  test("of a thousand updates with seven poisoned ones has 993 effects and seven places in quarantine", async () => {
    const poison: Record<number, unknown> = {
      3: null,
      77: [],
      200: { ...meta.textMessage("wamid.P3"), timestamp: "soon" },
      401: { ...meta.textMessage("wamid.P4"), from: undefined },
      640: meta.textMessage(""),
      801: { ...meta.textMessage("wamid.P6"), type: 7 },
      999: "text",
    };
    const all = Array.from({ length: 1_000 }, (_, n) =>
      n in poison ? poison[n] : meta.textMessage(`wamid.${n}`, `34${n % 40}`),
    );
    const body = meta.bodyOf({ messages: all });
    for (let delivery = 1; delivery <= 4; delivery++) {
      const report = await process(body);
      expect(report).toEqual({ outcomes: ["quarantined"], quarantined: Array(7).fill("unreadable") });
      expect(await count("messages")).toBe(993);
    }
    const places = await database.sql(
      "select item_path from delivery_quarantine where delivery_id = 1 order by id",
    );
    expect(places.map(({ item_path }) => item_path).sort()).toEqual(
      Object.keys(poison)
        .map((n) => `entry.0.changes.0.messages.${n}`)
        .sort(),
    );
  });

  test.each(Object.entries(hostileBodies))("%s is closed and kept", async (name, bytes) => {
    // Nothing of the others is readable.
    const readable: Record<string, string> = {
      "a type that is a method": "processed",
      "keys of the prototype": "ignored",
    };
    const outcome = readable[name] ?? "quarantined";
    expect((await process(bytes)).outcomes).toEqual([outcome]);
    const kept = await database.sql<{ outcome: string; body: Buffer }>(
      "select outcome, body from webhook_deliveries",
    );
    expect(kept).toEqual([{ outcome, body: Buffer.from(bytes) }]);
    expect(((await count("delivery_quarantine")) ?? 0) > 0).toBe(outcome === "quarantined");
  });

  test("with nothing for us is ignored, the dashboard's test included", async () => {
    expect(await process(meta.dashboardTest, meta.body(), { object: "page", entry: [] })).toEqual({
      outcomes: ["ignored", "ignored", "ignored"],
      quarantined: [],
    });
    expect([await count("contacts"), await count("delivery_quarantine")]).toEqual([0, 0]);
  });

  test("that is processed is not processed again", async () => {
    const id = await deliver(database, meta.bodyOf({ messages: [meta.textMessage("wamid.A")] }));
    expect((await processDeliveries(deps, [id])).outcomes).toEqual(["processed"]);
    expect((await processDeliveries(deps, [id, "999999"])).outcomes).toEqual([]);
  });

  test("of a channel that nobody reads is set aside", async () => {
    await widenProvider(database, "pigeon");
    const id = await deliver(database, {});
    await database.sql("update webhook_deliveries set provider = 'pigeon'");
    expect(await processDeliveries(deps, [id])).toEqual({
      outcomes: ["quarantined"],
      quarantined: ["unreadable"],
    });
  });

  test("given up is closed as failed with the whole body in quarantine, once", async () => {
    const id = await deliver(database, meta.body());
    expect((await giveUpDeliveries(deps, [id])).outcomes).toEqual(["failed"]);
    expect((await giveUpDeliveries(deps, [id])).outcomes).toEqual([]);
    expect(await quarantined()).toMatchObject([{ item_path: "body", reason: "failed" }]);
    expect(await database.sql("select outcome from webhook_deliveries")).toEqual([{ outcome: "failed" }]);
  });
});
