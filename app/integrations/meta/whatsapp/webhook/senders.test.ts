import { describe, expect, test } from "vitest";
import * as meta from "./testing/fixtures.ts";
import { messagesOf, readChange, readField } from "./testing/read-field.ts";
import { agentEcho, appEcho, businessNumber, standby, untyped } from "./testing/sender-fixtures.ts";

describe("what goes on while Meta’s assistant handles a conversation", () => {
  test("is the customer's messages, what it says, and how far that got", () => {
    const { events, problems } = readChange(
      standby({
        messages: [meta.textMessage("wamid.IN")],
        message_echoes: [agentEcho("wamid.OUT", "Abrimos a las 8")],
        statuses: [meta.status("wamid.OUT", "read")],
      }),
    );
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      {
        kind: "message",
        path: "entry.0.changes.0.standby.messages.0",
        direction: "inbound",
        sentBy: null,
        countsUnread: true,
        contact: { waId: meta.waId, profileName: "Ana 🌻" },
      },
      {
        kind: "message",
        direction: "outbound",
        providerMessageId: "wamid.OUT",
        type: "text",
        body: "Abrimos a las 8",
        content: { text: { body: "Abrimos a las 8" }, to: meta.waId, id: "wamid.OUT" },
        sentBy: "agent",
        countsUnread: false,
        contact: { waId: meta.waId, profileName: "Ana 🌻" },
      },
      { kind: "status", providerMessageId: "wamid.OUT", status: "read" },
    ]);
  });

  test("may stand beside the other lists of its value, or in place of them", () => {
    const both = readField("standby", {
      messages: [meta.textMessage("wamid.1")],
      message_echoes: [meta.echo("wamid.2")],
      standby: { messages: [meta.textMessage("wamid.3")] },
    });
    expect(messagesOf(both).map(({ providerMessageId, sentBy }) => [providerMessageId, sentBy])).toEqual([
      ["wamid.1", null],
      ["wamid.2", "agent"],
      ["wamid.3", null],
    ]);
  });

  test("names its people where they stand, also beside it", () => {
    const messages = [meta.textMessage("wamid.1")];
    const inside = [{ wa_id: meta.waId, profile: { name: "Inside" } }];
    const nameIn = (value: Record<string, unknown>) => messagesOf(readField("standby", value))[0]?.contact;
    expect(nameIn({ contacts: meta.people, standby: { messages } })).toMatchObject({
      profileName: "Ana 🌻",
      userId: meta.userId,
    });
    expect(nameIn({ contacts: meta.people, standby: { messages, contacts: inside } })).toMatchObject({
      profileName: "Inside",
    });
  });

  test("that is no object is counted, and costs nothing", () => {
    for (const inside of [[], "x", null, 7]) {
      const { events, problems } = readField("standby", { standby: inside });
      expect([events, problems]).toMatchObject([[{ kind: "other", field: "standby" }], []]);
    }
  });
});

describe("an echo says who sent it", () => {
  test.each([
    ["smb_message_echoes", meta.echo("wamid.E"), "business_app"],
    ["message_echoes", appEcho("wamid.E", "Su pedido"), "other_app"],
    ["message_echoes", appEcho("wamid.E", "Hola", { message_creation_type: "created_by_1p_bot" }), "agent"],
    ["message_echoes", agentEcho("wamid.E", "Hola"), "other_app"],
    ["a_field_of_the_future", meta.echo("wamid.E"), "other_app"],
  ])("of %s", (field, echo, sentBy) => {
    const [message] = messagesOf(readField(field, { message_echoes: [echo] }));
    expect(message).toMatchObject({ direction: "outbound", sentBy, contact: { waId: meta.waId } });
  });
});

describe("whoever stands in from and to says which way a message went", () => {
  const both = (from: string, to: string | undefined) => ({ ...meta.textMessage("wamid.A", from), to });
  test.each([
    ["messages", both(businessNumber, meta.waId), "outbound"],
    ["messages", both("+1 555-078-3881", meta.waId), "outbound"],
    ["messages", both(meta.waId, businessNumber), "inbound"],
    ["messages", both(businessNumber, undefined), "inbound"],
    ["messages", both(businessNumber, businessNumber), "inbound"],
    ["message_echoes", both(meta.waId, businessNumber), "inbound"],
    ["message_echoes", both(businessNumber, businessNumber), "outbound"],
    ["message_echoes", both("34600111222", meta.waId), "outbound"],
  ])("in %s %j is %s", (list, item, direction) => {
    const [message] = messagesOf(readField("messages", { [list]: [item] }));
    expect(message).toMatchObject({
      direction,
      sentBy: direction === "outbound" ? "other_app" : null,
      countsUnread: direction === "inbound",
    });
  });
});

describe("a message without a type", () => {
  test.each(Object.entries(untyped))("is a %s by its content", (type, content) => {
    for (const empty of [{}, { type: "" }, { type: null }]) {
      const item = { from: meta.waId, id: "wamid.A", timestamp: Number(meta.sentAt), ...empty, ...content };
      const [message] = messagesOf(readField("messages", { messages: [item] }));
      expect(message).toMatchObject({ type, content });
    }
  });

  test.each([
    ["quiz", { context: { id: "wamid.Q" }, referral: {}, quiz: { question: "¿Dulce o salado?" } }],
    ["unknown", { context: {}, text: null }],
  ])("and without content that is known is a %s", (type, content) => {
    const item = { from: meta.waId, id: "wamid.A", timestamp: meta.sentAt, ...content };
    const [message] = messagesOf(readField("messages", { messages: [item] }));
    expect(message).toMatchObject({ type, content, contact: { waId: meta.waId } });
  });
});

describe("a message without an id", () => {
  const ids = (...texts: string[]) =>
    messagesOf(
      readField("messages", {
        messages: texts.map((text) => ({ ...meta.textMessage("", meta.waId, text), id: undefined })),
      }),
    ).map(({ providerMessageId }) => providerMessageId);

  test("is the same one when it is told again, and another when it says something else", () => {
    const [one, same, other] = ids("Hola", "Hola", "Adiós");
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});

describe("a list that is null", () => {
  const none = { messages: null, errors: null, ban_info: null };

  test("is none, and its neighbours are read", () => {
    const { events, problems } = readField("messages", {
      ...none,
      contacts: null,
      statuses: [meta.status("wamid.B", "read")],
    });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "status", providerMessageId: "wamid.B" }]);
  });

  test("is counted where nothing else is there", () => {
    const { events, problems } = readField("messages", none);
    expect([events, problems]).toMatchObject([[{ kind: "other", field: "messages" }], []]);
  });
});

describe("a field that nobody knows", () => {
  test("brings its messages and statuses, and is counted", () => {
    const { events, problems } = readField("messages_of_tomorrow", {
      messages: [meta.textMessage("wamid.A")],
      statuses: [meta.status("wamid.B", "read")],
      more: [],
    });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      { kind: "message", direction: "inbound", providerMessageId: "wamid.A" },
      { kind: "status", providerMessageId: "wamid.B" },
      { kind: "other", field: "messages_of_tomorrow" },
    ]);
  });

  test("without a number is counted, and nothing of it set aside", () => {
    for (const value of [{ messages: [meta.textMessage("wamid.A")] }, [], "x", null]) {
      const { events, problems } = readChange({ field: "messages_of_tomorrow", value });
      expect([events, problems]).toMatchObject([[{ kind: "other", field: "messages_of_tomorrow" }], []]);
    }
  });
});
