import { describe, expect, test } from "vitest";
import type { MessageEvent } from "../../../channel.server.ts";
import * as meta from "./testing/fixtures.ts";
import { agentEcho, appEcho, businessNumber, standby, untyped } from "./testing/sender-fixtures.ts";
import { whatsappWebhook } from "./webhook.server.ts";

const readChange = (change: Record<string, unknown>) =>
  whatsappWebhook.read(meta.bytes(meta.body(meta.entry(change))));
const readField = (field: string, value: Record<string, unknown>) =>
  readChange(meta.change(value, meta.phoneNumberId, field));

function messagesOf({ events, problems }: ReturnType<typeof readChange>): MessageEvent[] {
  expect(problems).toEqual([]);
  return events.filter((event) => event.kind === "message");
}

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

describe("a group", () => {
  const group = "HBgLMTIwMzYzMDI1";
  const ofGroup = { waId: null, userId: null, groupId: group };
  const heard = (item: Record<string, unknown>) => messagesOf(readField("messages", { messages: [item] }))[0];

  test("is whose a message is, and whoever said it is its sender", () => {
    const message = heard({ ...meta.textMessage("wamid.A"), group_id: group });
    expect(message).toMatchObject({ contact: ofGroup, sender: { waId: meta.waId } });
    expect(heard(meta.textMessage("wamid.A"))).not.toHaveProperty("sender");
  });

  test.each([
    ["by its recipient", { recipient_type: "group", to: group }],
    ["by its id", { group_id: group, to: group }],
  ])("is whose an echo is, and nobody of it is its sender: %s", (_, more) => {
    const { events } = readField("message_echoes", {
      message_echoes: [{ ...meta.echo("wamid.A"), ...more }],
    });
    expect(events).toMatchObject([{ direction: "outbound", contact: ofGroup, sentBy: "other_app" }]);
    expect(events[0]).not.toHaveProperty("sender");
  });

  test.each([
    [{ recipient_type: "group", recipient_id: group, recipient_participant_id: "34600" }, "34600"],
    [{ recipient_id: group, group_id: group, participant_recipient_id: "34600" }, "34600"],
    [{ recipient_type: "group", recipient_id: group, recipient_participant_user_id: "ES.1" }, "ES.1"],
    [{ recipient_type: "group", recipient_id: group }, null],
  ])("is the recipient of a step, which may say who of it has come so far: %j", (more, participant) => {
    const step = meta.status("wamid.A", "read", meta.sentAt, more);
    expect(readField("messages", { statuses: [step] }).events).toMatchObject([
      { kind: "status", recipient: ofGroup, participant },
    ]);
  });

  test.each([
    [{ subject: "Padres" }, "Padres"],
    [{ group_subject: { text: "Padres", update_successful: true } }, "Padres"],
    [{ group_subject: { text: "Padres", update_successful: false } }, null],
    [{ subject: "Padres", errors: [{ code: 131000 }] }, null],
    [{ subject: "\u200b" }, null],
    [{}, null],
  ])("is called as an update of it says, if that came about: %j", (more, name) => {
    const groups = [{ group_id: group, timestamp: meta.sentAt, ...more }];
    const { events, problems } = readField("group_settings_update", { groups });
    expect([events, problems]).toMatchObject([
      name ? [{ kind: "person", contact: { ...ofGroup, profileName: name } }] : [],
      [],
    ]);
    expect(events).toHaveLength(name ? 1 : 0);
  });
});

describe("a history", () => {
  const said = (more: Record<string, unknown>) => ({ ...meta.textMessage("wamid.A"), ...more });
  const inThread = (more: Record<string, unknown>, id = meta.waId) =>
    messagesOf(readField("history", { history: [{ threads: [{ id, messages: [said(more)] }] }] }))[0];
  const medium = (value: Record<string, unknown>) => readField("history", { ...value });

  test.each([
    [{ from: meta.waId, to: businessNumber }, "inbound"],
    [{ from: `+${meta.waId}`, to: "34600" }, "inbound"],
    [{ from: businessNumber }, "outbound"],
    [{ from: "34600", to: meta.waId }, "outbound"],
    [{ from: meta.waId, history_context: { from_me: true } }, "outbound"],
    [{ from: businessNumber, history_context: { from_me: false } }, "inbound"],
  ])("says which way it went by who stands where: %j is %s", (more, direction) => {
    expect(inThread(more)).toMatchObject({
      direction,
      imported: true,
      countsUnread: false,
      contact: { waId: meta.waId },
      sentBy: direction === "outbound" ? "business_app" : null,
    });
  });

  test.each([
    ["525512345678", "5215512345678"],
    ["+52 1 55 1234 5678", "525512345678"],
    ["551187654321", "5511987654321"],
  ])("of a business whose number is %s there and %s here is not the customer's", (displayed, spelt) => {
    const metadata = { display_phone_number: displayed, phone_number_id: meta.phoneNumberId };
    const threads = [
      { id: meta.waId, messages: [said({ from: spelt }), said({ from: "34600", to: spelt })] },
    ];
    expect(readField("history", { metadata, history: [{ threads }] }).events).toMatchObject([
      { direction: "outbound", contact: { waId: meta.waId } },
      { direction: "inbound", contact: { waId: meta.waId } },
    ]);
    const calls = [{ id: "c", event: "terminate", timestamp: meta.sentAt, from: spelt, to: meta.waId }];
    expect(readField("calls", { metadata, calls }).events).toMatchObject([
      { direction: "outbound", contact: { waId: meta.waId } },
    ]);
    const contacts = [{ wa_id: spelt }, { wa_id: "34600" }];
    expect(medium({ metadata, contacts, messages: [said({ from: spelt })] }).events).toMatchObject([
      { direction: "outbound", contact: { waId: "34600" } },
    ]);
  });

  test("has media that name nobody: of the only contact beside them, who is not the business", () => {
    const ours = { wa_id: businessNumber, profile: { name: "Panadería Luz" } };
    const ana = { wa_id: "34600", profile: { name: "Ana" } };
    const messages = [said({ from: businessNumber })];
    expect(medium({ contacts: [ours, ana], messages }).events).toMatchObject([
      { direction: "outbound", contact: { waId: "34600", profileName: "Ana" } },
    ]);
    const bea = { wa_id: "34700", profile: { name: "Bea" } };
    expect(medium({ contacts: [ours, ana, bea], messages }).events).toMatchObject([{ contact: null }]);
  });

  test.each([
    [{ metadata: { progress: "55" } }, 55],
    [{ metadata: { progress: 100 }, threads: [] }, 100],
    [{ errors: [{ code: "2593109" }] }, "declined"],
  ])("says how far it has come: %j", (item, progress) => {
    expect(readField("history", { history: [item] })).toMatchObject({
      events: [{ kind: "history", progress }],
      problems: [],
    });
  });

  test.each([[{ metadata: { progress: "soon" } }], [{ metadata: { progress: 101 } }], [{}], [7]])(
    "that says nothing is a problem: %j",
    (item) => {
      expect(readField("history", { history: [item] })).toMatchObject({ events: [], problems: [{}] });
    },
  );

  test("that could not be shared for a reason nobody knows is counted", () => {
    expect(readField("history", { history: [{ errors: [{ code: 1 }] }] })).toMatchObject({
      events: [{ kind: "other", field: "history.errors" }],
      problems: [],
    });
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
