/** What others than the customer and ourselves say and do on a number: signed bodies in, rows and pages out. */
import { beforeEach, describe, expect, test } from "vitest";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import * as around from "../../integrations/meta/whatsapp/webhook/testing/sender-fixtures.ts";
import { deliveryStage } from "../testing/deliveries/delivery-stage.ts";

type Item = Record<string, unknown>;

const { sql, deliverBody, markup, startAfresh, connectionId } = deliveryStage();

/** Delivers each change by itself, and works it off before the next. */
async function deliver(...changes: Item[]): Promise<void> {
  for (const change of changes) {
    const report = await deliverBody(meta.bytes(meta.body(meta.entry(change))));
    expect(report).toMatchObject({ outcomes: ["processed"], quarantined: [] });
  }
}

/** The only conversation's thread, and its line in the list. */
async function pages(): Promise<{ thread: string; line: string }> {
  const conversations = await sql<{ id: string }>("select id from conversations");
  expect(conversations).toHaveLength(1);
  const list = await markup("/conversations");
  const thread = await markup(`/conversations/${conversations[0]?.id}`);
  expect(thread + list).not.toMatch(/undefined|NaN|\[object/);
  return { thread, line: /<li class="relative[\s\S]*?<\/li>/.exec(list)?.[0] ?? "" };
}

const rows = () =>
  sql(`select direction, type, body, sent_by, counts_unread, status from messages order by occurred_at, id`);
const at = (seconds: number) => String(Number(meta.sentAt) + seconds);

describe("while Meta’s assistant answers", () => {
  test("its conversation stands in the inbox, and says who said what", async () => {
    await deliver(
      around.standby({ messages: [meta.textMessage("wamid.1", meta.waId, "¿Abren hoy?")] }),
      around.standby({ message_echoes: [around.agentEcho("wamid.2", "Sí, hasta las 8", at(5))] }),
      around.standby({ statuses: [meta.status("wamid.2", "read", at(9))] }),
    );
    expect(await rows()).toEqual([
      {
        direction: "inbound",
        type: "text",
        body: "¿Abren hoy?",
        sent_by: null,
        counts_unread: true,
        status: "received",
      },
      {
        direction: "outbound",
        type: "text",
        body: "Sí, hasta las 8",
        sent_by: "agent",
        counts_unread: false,
        status: "read",
      },
    ]);
    const { thread, line } = await pages();
    expect(thread).toMatch(/¿Abren hoy\?.*Meta’s assistant.*Sí, hasta las 8.*Read/s);
    expect(line).toMatch(/Ana 🌻.*Meta’s assistant: <.span><bdi>Sí, hasta las 8.*1 unread/s);
  });

  test("a handover is a line, with what the assistant tells, however often it is told", async () => {
    const passed = { previous_owner_role: "ai_agent", new_owner_role: "escalation", metadata: "Pedido 7" };
    const asked = around.handover("control_passed", passed, { conversation_context: around.summary });
    await deliver(
      around.standby({ messages: [meta.textMessage("wamid.1", meta.waId, "Con una persona, por favor")] }),
      asked,
      asked,
      around.handover("control_passed", passed, {
        conversation_context: around.summary,
        sender: { phone_number: `+${meta.waId}` },
      }),
    );
    expect(await rows()).toHaveLength(2);
    const { thread, line } = await pages();
    expect(thread).toMatch(/Asked for a person.*bread without gluten, for Friday\..*Pedido 7/s);
    expect(line).toMatch(/<bdi>Asked for a person: Ana asks for bread/);
    expect(line).toContain("1 unread");
  });

  test.each([
    [
      "control_taken",
      { previous_owner_role: "ai_agent", new_owner_role: "escalation" },
      "A person took over",
    ],
    [
      "control_passed",
      { previous_owner_role: "escalation", new_owner_role: "ai_agent" },
      "The assistant took over",
    ],
    ["control_passed", { metadata: "x" }, "The conversation was handed over"],
  ] as const)("%s %j says %s", async (type, control, words) => {
    await deliver(around.handover(type, control));
    const { thread } = await pages();
    expect(thread).toContain(words);
    // The conversation is with them.
    expect(thread).not.toMatch(/phone number/i);
  });

  test("what it sums up stands with the customer's message", async () => {
    const messages = [meta.textMessage("wamid.1", meta.waId, "Hola")];
    // It may have come while we listened, before it was handed over.
    await deliver(around.standby({ messages }));
    await deliver(meta.change({ conversation_context: around.summary, messages }));
    expect((await pages()).thread).toMatch(/The assistant sums up: <bdi>Ana asks for bread.*Hola/s);
  });
});

describe("a number that Meta’s assistant answers for", () => {
  const secondsNow = Math.floor(Date.now() / 1000);
  const said = (id: string, secondsAgo: number) =>
    around.standby({ message_echoes: [around.agentEcho(id, "Hola", String(secondsNow - secondsAgo))] });
  const claim = async () =>
    (await sql<{ xmin: string; at: Date | null }>("select xmin, agent_seen_at as at from number_claims"))[0];
  const tells = async () => {
    const cards = await markup("/settings/integrations");
    const page = await markup(`/settings/integrations/whatsapp/numbers/${connectionId()}`);
    return [cards, page].map((html) => html.includes("Meta’s assistant answers on this number."));
  };
  beforeEach(() =>
    sql("update number_claims set agent_seen_at = null, first_event_at = coalesce(first_event_at, now())"),
  );

  test("says so on its page and its card, and no more when it was not seen for a week", async () => {
    await deliver(meta.change({ messages: [meta.textMessage("wamid.0")] }));
    expect(await tells()).toEqual([false, false]);
    await deliver(said("wamid.1", 60));
    expect((await claim())?.at).toEqual(new Date((secondsNow - 60) * 1000));
    expect(await tells()).toEqual([true, true]);
    await sql("update number_claims set agent_seen_at = now() - interval '8 days'");
    expect(await tells()).toEqual([false, false]);
  });

  test("is not written with every message, and never of a time to come", async () => {
    await deliver(said("wamid.1", 8 * 3600));
    const first = await claim();
    await deliver(said("wamid.2", 3 * 3600), said("wamid.3", 9 * 3600));
    expect(await claim()).toEqual(first);
    await deliver(said("wamid.4", -9 * 3600));
    expect((await claim())?.at?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await claim())?.at?.getTime()).toBeGreaterThan((secondsNow - 3600) * 1000);
  });
});

describe("what the business says elsewhere", () => {
  test.each([
    ["smb_message_echoes", meta.echo("wamid.E", meta.waId, "Ya sale"), "Your phone"],
    ["message_echoes", around.appEcho("wamid.E", "Ya sale"), "Another app"],
    [
      "message_echoes",
      around.appEcho("wamid.E", "Ya sale", { message_creation_type: "created_by_1p_bot" }),
      "Meta’s assistant",
    ],
  ])("in %s names its sender in thread and list", async (field, echo, sender) => {
    await deliver(meta.change({ message_echoes: [echo] }, meta.phoneNumberId, field));
    const { thread, line } = await pages();
    expect(thread).toMatch(new RegExp(`From your business: .*${sender}.*Ya sale`, "s"));
    expect(line).toContain(`${sender}: </span><bdi>Ya sale`);
    expect(line).not.toContain("You:");
  });
});

test("a field that nobody knows brings its messages", async () => {
  const messages = [meta.textMessage("wamid.1", meta.waId, "Hola")];
  await deliver(meta.change({ messages }, meta.phoneNumberId, "messages_of_tomorrow"));
  const { thread, line } = await pages();
  expect(thread).toContain("Hola");
  expect(line).toMatch(/Hola.*1 unread/s);
});

const wordsOfUntyped: Record<string, string> = {
  text: "Sin tipo",
  location: "Panadería Luz",
  image: "La mesa",
  contacts: "Marta Gil",
  interactive: "Sí",
  button: "Baja",
  reaction: "👍",
  order: "Order",
};

test.each(Object.entries(around.untyped))(
  "a %s without a type is shown as what it is",
  async (type, content) => {
    const item = { from: meta.waId, id: "wamid.1", timestamp: Number(meta.sentAt), ...content };
    await deliver(meta.change({ messages: [item] }));
    expect(await rows()).toMatchObject([{ type, direction: "inbound" }]);
    const { thread, line } = await pages();
    const said = { ...wordsOfUntyped }[type] ?? "no words";
    expect(thread.split('<li id="m')[1]).toContain(said);
    expect(line).toContain(said);
  },
);

describe("a call is one line", () => {
  const calls = (...items: Item[]) => meta.change({ calls: items }, meta.phoneNumberId, "calls");
  const steps = (...items: Item[]) => meta.change({ statuses: items }, meta.phoneNumberId, "calls");
  const { callEvent, callStep, byBusiness, answered } = around;
  test.each<[string, Item[], string]>([
    ["that goes on", [calls(callEvent("connect"))], "The customer called"],
    [
      "answered",
      [calls(callEvent("connect")), calls(callEvent("terminate", answered))],
      "The customer called · 2 min 5 s",
    ],
    [
      "missed",
      [calls(callEvent("connect")), calls(callEvent("terminate", { timestamp: at(30) }))],
      "Missed call",
    ],
    ["of ours that rings", [steps(callStep("RINGING"))], "Your business called"],
    [
      "of ours, answered",
      [
        steps(callStep("RINGING")),
        steps(callStep("ACCEPTED")),
        calls(callEvent("connect", byBusiness)),
        calls(callEvent("terminate", { ...byBusiness, ...answered })),
      ],
      "Your business called · 2 min 5 s",
    ],
    ["of ours, declined", [steps(callStep("RINGING")), steps(callStep("REJECTED"))], "the customer declined"],
    [
      "of ours that nobody takes",
      [calls(callEvent("connect", byBusiness)), calls(callEvent("terminate", byBusiness))],
      "nobody answered",
    ],
  ])("%s, whatever order it is told in", async (_, changes, words) => {
    for (const order of [changes, changes.toReversed(), [...changes, ...changes]]) {
      await startAfresh();
      await deliver(...order);
      expect(await rows()).toMatchObject([{ type: "call", counts_unread: false }]);
      const { thread, line } = await pages();
      expect(thread).toContain(words);
      expect(line).toContain(words.replace(" · ", ": "));
      expect(line).not.toMatch(/You:|unread</);
    }
  });
});

describe("what a person wants to receive", () => {
  const told = (value: string, seconds: number, more: Item = {}) =>
    meta.change(
      {
        contacts: meta.people,
        user_preferences: [around.preference(value, { timestamp: Number(at(seconds)), ...more })],
      },
      meta.phoneNumberId,
      "user_preferences",
    );
  const wish = async () => (await sql<{ marketing: string }>("select marketing from contacts"))[0]?.marketing;
  const header = (thread: string) => thread.split("<section")[0] ?? "";

  test("is a line, and a fact in the thread's header: what was told last, whatever comes when", async () => {
    await deliver(told("stop", 20), told("resume", 10));
    expect(await wish()).toBe("unwanted");
    const { thread, line } = await pages();
    expect(header(thread)).toContain("Does not want marketing messages");
    expect(thread).toMatch(/wants marketing messages again.*no longer wants marketing messages/s);
    expect(line).toContain("The customer no longer wants marketing messages");
    await deliver(told("signup", 30), told("stop", 20));
    expect(await wish()).toBe("wanted");
    expect(header((await pages()).thread)).toContain("Wants marketing messages");
  });

  test("is of the one person that two turn out to be", async () => {
    const alone = (value: string, seconds: number, more: Item) =>
      meta.change(
        { user_preferences: [around.preference(value, { timestamp: Number(at(seconds)), ...more })] },
        meta.phoneNumberId,
        "user_preferences",
      );
    await deliver(alone("resume", 10, { user_id: null }), alone("stop", 20, { wa_id: null }));
    expect(await sql("select marketing from contacts order by id")).toEqual([
      { marketing: "wanted" },
      { marketing: "unwanted" },
    ]);
    const ofBoth = { ...meta.textMessage("wamid.1"), from_user_id: meta.userId };
    await deliver(meta.change({ contacts: meta.people, messages: [ofBoth] }));
    expect(await sql("select marketing from contacts where wa_id is not null")).toEqual([
      { marketing: "unwanted" },
    ]);
    expect(header((await pages()).thread)).toContain("Does not want marketing messages");
  });

  test("in one second the refusal stays; of anything else only the line is kept", async () => {
    await deliver(told("resume", 20), told("stop", 20), told("resume", 20));
    expect(await wish()).toBe("unwanted");
    const atOnce = ["resume", "stop", "resume"].map((value) =>
      around.preference(value, { timestamp: Number(at(30)) }),
    );
    await deliver(
      told("resume", 25),
      meta.change({ user_preferences: atOnce }, meta.phoneNumberId, "user_preferences"),
    );
    expect(await wish()).toBe("unwanted");
    await deliver(told("stop", 40, { category: "news", detail: "User muted the news" }));
    const { thread } = await pages();
    expect(thread).toMatch(/changed what they want to receive.*User muted the news/s);
  });
});
