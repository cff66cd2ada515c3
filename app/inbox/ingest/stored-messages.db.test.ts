/** What is stored of a message and of a status: once, in its thread, with its times. */
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { inboxStage, luzNumber } from "../testing/inbox-stage.ts";

const { inbox, sql, process, count, messages, quarantined } = inboxStage();

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
          tenant_id: inbox.luz.tenantId,
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
      await sql(`select v.connection_id, c.wa_id, c.user_id, c.username, c.profile_name, v.last_message_at,
        v.last_inbound_at from conversations v join contacts c on c.id = v.contact_id`),
    ).toEqual([
      {
        connection_id: inbox.luz.connectionId,
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
    expect(await sql("select profile_name from contacts")).toEqual([{ profile_name: "A\ufffd\ufffd" }]);
  });

  test("older than the newest does not move the conversation back", async () => {
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.B", meta.waId, "b", "1749416900")] }));
    await process(meta.bodyOf({ messages: [meta.textMessage("wamid.A", meta.waId, "a", "1749416100")] }));
    expect(await sql("select last_message_at, last_inbound_at from conversations")).toEqual([
      { last_message_at: new Date(1_749_416_900_000), last_inbound_at: new Date(1_749_416_900_000) },
    ]);
    // Together with something of ours that does move it on.
    const newer = meta.echo("wamid.E", meta.waId, "x", "1749416950");
    await process(
      meta.bodyOf({ message_echoes: [newer] }, luzNumber, "smb_message_echoes"),
      meta.bodyOf({ messages: [meta.textMessage("wamid.C", meta.waId, "c", "1749416200")] }),
    );
    expect(await sql("select last_message_at, last_inbound_at from conversations")).toEqual([
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
    expect(await sql("select last_message_at, last_inbound_at from conversations")).toEqual([
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
      await sql("select * from contacts"),
      await sql("select * from conversations"),
    ];
    const again = meta.bodyOf(first);
    expect(await process(again, again, again)).toEqual({
      outcomes: ["processed", "processed", "processed"],
      quarantined: [],
    });
    expect([
      await messages(),
      await sql("select * from contacts"),
      await sql("select * from conversations"),
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
    expect(await sql("select last_message_at, last_inbound_at from conversations")).toEqual([
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
      sql("select last_message_at as at, last_inbound_at as inbound from conversations order by id");
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
      await sql(`select c.wa_id from messages m join conversations v on v.id = m.conversation_id
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
