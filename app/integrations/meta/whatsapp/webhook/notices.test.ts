import { describe, expect, test } from "vitest";
import type { MessageEvent } from "../../../channel-events.server.ts";
import * as meta from "./testing/fixtures.ts";
import * as around from "./testing/sender-fixtures.ts";
import { whatsappWebhook } from "./webhook.server.ts";

const readChange = (change: Record<string, unknown>) =>
  whatsappWebhook.read(meta.bytes(meta.body(meta.entry(change))));
const readField = (field: string, value: Record<string, unknown>) =>
  readChange(meta.change(value, meta.phoneNumberId, field));

function onlyNotice({ events, problems }: ReturnType<typeof readChange>): MessageEvent {
  expect(problems).toEqual([]);
  expect(events).toHaveLength(1);
  const [event] = events as [MessageEvent];
  expect(event).toMatchObject({ kind: "message", countsUnread: false, sentBy: null });
  return event;
}

const { handover, callEvent, callStep, byBusiness, answered, preference, summary } = around;
const passed = { previous_owner_role: "ai_agent", new_owner_role: "escalation", metadata: "Order 7" };

describe("a handover", () => {
  test("is a notice of its conversation, with the summary and what was passed on with it", () => {
    const event = onlyNotice(
      readChange(handover("control_passed", passed, { conversation_context: summary })),
    );
    expect(event).toMatchObject({
      path: "entry.0.changes.0",
      phoneNumberId: meta.phoneNumberId,
      direction: "inbound",
      type: "handover",
      body: `${summary.summary.text}\nOrder 7`,
      content: { handover: { control_passed: passed, conversation_context: summary } },
      occurredAt: new Date(1_749_416_383_000),
      contact: { waId: meta.waId },
      ofAgent: true,
    });
  });

  test("is the same one when it is told again, and another one at another time, person or number", () => {
    const idOf = (...given: Parameters<typeof handover>) =>
      onlyNotice(readChange(handover(...given))).providerMessageId;
    const id = idOf("control_passed", passed);
    expect(idOf("control_passed", passed, { more: 1 })).toBe(id);
    const others = [
      idOf("control_taken", passed),
      idOf("control_passed", { ...passed, new_owner_role: "ai_agent" }),
      idOf("control_passed", passed, { timestamp: Number(meta.sentAt) + 1 }),
      idOf("control_passed", passed, { sender: { phone_number: "34600111222" } }),
      idOf("control_passed", passed, {}, "222222"),
    ];
    expect(new Set([id, ...others]).size).toBe(6);
  });

  test("may name its time in milliseconds, its person by a user id, and no roles at all", () => {
    const more = { timestamp: 1_749_416_383_999, sender: { user_id: meta.userId }, type: undefined };
    const event = onlyNotice(readChange(handover("control_passed", { metadata: { note: ["a", 7] } }, more)));
    expect(event).toMatchObject({ contact: { userId: meta.userId }, body: "a" });
    expect(event.occurredAt.toISOString()).toBe("2025-06-08T20:59:43.000Z");
    expect(event.ofAgent).toBeUndefined();
  });

  test("tells a long summary up to a whole sign, and shows where it is cut", () => {
    const text = `x${"👩‍🍳".repeat(1_000)}`;
    const { body } = onlyNotice(
      readChange(handover("control_passed", passed, { conversation_context: { summary: { text } } })),
    );
    expect(body).toBe(`x${"👩‍🍳".repeat(799)}…`);
    const many = Array.from({ length: 30 }, (_, n) => `n${n}`);
    const metadata = { some: many.slice(0, 12), others: many.slice(12) };
    expect(onlyNotice(readChange(handover("control_passed", { metadata }))).body).toBe(
      many.slice(0, 20).join("\n"),
    );
  });

  test("may have the summary within its own part", () => {
    const within = { ...passed, metadata: undefined, conversation_context: summary };
    expect(onlyNotice(readChange(handover("control_taken", within))).body).toBe(summary.summary.text);
  });

  test.each([[{ sender: 7 }], [{ sender: {} }], [{ timestamp: "soon" }]])("with %j is a problem", (more) => {
    const { events, problems } = readChange(handover("control_passed", passed, more));
    expect([events, problems]).toMatchObject([[], [{ phoneNumberId: meta.phoneNumberId }]]);
  });

  test("of a shape that is not known is counted", () => {
    const { events, problems } = readField("messaging_handovers", { control_released: {} });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "other", field: "messaging_handovers.control_released" }]);
  });
});

test("the assistant's summary stands with the message that it came with", () => {
  const messages = [meta.textMessage("wamid.A"), meta.textMessage("wamid.B")];
  const { events } = readField("messages", { conversation_context: summary, messages });
  expect(events.map((event) => (event as MessageEvent).content.conversation_context)).toEqual([
    summary,
    undefined,
  ]);
});

describe("a call", () => {
  test.each([
    ["connect", callEvent("connect"), "first"],
    ["a word of the future", { ...callEvent("connect"), event: "hold" }, "first"],
    ["terminate", callEvent("terminate"), undefined],
  ])("of the customer: %s", (_, item, interim) => {
    const event = onlyNotice(readField("calls", { calls: [item] }));
    expect(event).toMatchObject({
      direction: "inbound",
      type: "call",
      providerMessageId: "wacid.HBgL1",
      content: { call: item, calledBy: "customer" },
      contact: { waId: meta.waId },
    });
    expect(event.interim).toBe(interim);
  });

  test.each([
    ["connect", { calls: [callEvent("connect", byBusiness)] }, "first"],
    ["ringing", { statuses: [callStep("RINGING")] }, "first"],
    ["accepted", { statuses: [callStep("ACCEPTED")] }, "later"],
    ["rejected", { statuses: [callStep("REJECTED", { timestamp: Number(meta.sentAt) })] }, "later"],
    ["terminate", { calls: [callEvent("terminate", byBusiness)] }, undefined],
  ])("of the business: %s", (_, value, interim) => {
    const event = onlyNotice(readField("calls", value));
    expect(event).toMatchObject({
      direction: "outbound",
      providerMessageId: "wacid.HBgL2",
      content: { calledBy: "business" },
      contact: { waId: meta.waId },
    });
    expect(event.interim).toBe(interim);
  });

  test("is by whoever stands in from and to, where nothing else says it", () => {
    const directionOf = (more: Record<string, unknown>) =>
      onlyNotice(readField("calls", { calls: [callEvent("connect", { ...more, direction: undefined })] }))
        .direction;
    expect(directionOf({})).toBe("inbound");
    const ofPlatform = { from: "an id of the platform's", to: meta.waId, direction: "BUSINESS_INITIATED" };
    const { direction } = onlyNotice(readField("calls", { calls: [callEvent("connect", ofPlatform)] }));
    expect(direction).toBe("outbound");
    expect(directionOf({ from: around.businessNumber, to: meta.waId })).toBe("outbound");
    expect(directionOf({ from: undefined, from_user_id: meta.userId })).toBe("inbound");
  });

  test("stands where it was answered, and else where it ended", () => {
    const at = (more: Record<string, unknown>) =>
      onlyNotice(readField("calls", { calls: [callEvent("terminate", more)] })).occurredAt.getTime() / 1_000;
    expect(at(answered)).toBe(Number(answered.start_time));
    expect(at({})).toBe(Number(meta.sentAt));
    expect(at({ timestamp: undefined, end_time: 1_749_416_500 })).toBe(1_749_416_500);
  });

  test("that names nobody, or no time, is a problem; a step that names nobody is counted", () => {
    const nobody = callEvent("connect", { from: undefined });
    const never = callEvent("connect", { timestamp: "soon" });
    expect(readField("calls", { calls: [nobody, never] }).problems).toHaveLength(2);
    const { events, problems } = readField("calls", {
      statuses: [callStep("RINGING", { recipient_id: undefined })],
      errors: [{ code: 138012 }],
    });
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      { kind: "other", field: "statuses" },
      { kind: "other", field: "calls.errors" },
    ]);
  });
});

describe("what a person wants to receive", () => {
  test.each([
    ["stop", "unwanted"],
    ["resume", "wanted"],
    ["signup", "wanted"],
    ["pause", undefined],
    ["constructor", undefined],
  ])("%s", (value, marketing) => {
    const item = preference(value);
    const event = onlyNotice(readField("user_preferences", { user_preferences: [item] }));
    expect(event).toMatchObject({
      type: "user_preference",
      direction: "inbound",
      content: { user_preference: item },
      contact: { waId: meta.waId, userId: meta.userId },
      occurredAt: new Date(1_749_416_383_000),
    });
    expect(event.marketing).toBe(marketing);
  });

  test("of another category says nothing about marketing", () => {
    const item = preference("stop", { category: "service_messages" });
    expect(onlyNotice(readField("user_preferences", { user_preferences: [item] })).marketing).toBeUndefined();
  });

  test("may have its time as text, and is the same one when it is told again", () => {
    const ids = [
      preference("stop"),
      preference("stop", { timestamp: meta.sentAt }),
      preference("resume"),
    ].map(
      (item) => onlyNotice(readField("user_preferences", { user_preferences: [item] })).providerMessageId,
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test("of nobody is a problem", () => {
    const item = preference("stop", { wa_id: null, user_id: "" });
    expect(readField("user_preferences", { user_preferences: [item] }).problems).toHaveLength(1);
  });
});
