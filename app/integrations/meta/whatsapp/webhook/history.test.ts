/** What a number brings of before it was connected. */
import { describe, expect, test } from "vitest";
import * as meta from "./testing/fixtures.ts";
import { messagesOf, readField } from "./testing/read-field.ts";
import { businessNumber } from "./testing/sender-fixtures.ts";

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
