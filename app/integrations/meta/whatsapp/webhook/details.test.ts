import { describe, expect, test } from "vitest";
import type { MessageEvent, StatusEvent } from "../../../channel-events.server.ts";
import { otherFields, statusDetails } from "./testing/field-fixtures.ts";
import * as meta from "./testing/fixtures.ts";
import { whatsappWebhook } from "./webhook.server.ts";
import { webhookFields } from "./webhook-fields.ts";

const read = (value: unknown) => whatsappWebhook.read(meta.bytes(value));

describe("fields that are shown nowhere", () => {
  test.each(Object.entries(otherFields))("%s is valid and counted under its name", (field, body) => {
    const { events, problems } = read(body);
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "other", field }]);
  });

  test("with a name that is no name are counted as unknown", () => {
    const { events } = read(meta.bodyOf({}, meta.phoneNumberId, "Ana +34 600 <script>"));
    expect(events).toMatchObject([{ kind: "other", field: "unknown" }]);
  });

  test("parts of a value beside its messages are counted, and the messages read", () => {
    const value = {
      messages: [meta.textMessage("wamid.A")],
      errors: [{ code: 131000 }],
      user_actions: [{ action_type: "x" }],
      "not a name": 1,
    };
    expect(read(meta.bodyOf(value)).events).toMatchObject([
      { kind: "message" },
      { kind: "other", field: "messages.errors" },
      { kind: "other", field: "messages.user_actions" },
      { kind: "other", field: "messages.unknown" },
    ]);
  });

  test("ten thousand unknown parts are the first fifty of them, and no problem", () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `part_${n}`);
    const { events, problems } = read(meta.bodyOf(Object.fromEntries(names.map((name) => [name, 0]))));
    const place = "entry.0.changes.0";
    expect(events.map(({ path }) => path)).toEqual(names.slice(0, 50).map((name) => `${place}.${name}`));
    expect(problems).toEqual([]);
  });
});

test("every field that is read is listed with what is lost without it", () => {
  // Lists within a value, a field that nobody can subscribe to, and one of the object `application`.
  const others = ["statuses", "state_sync", "groups", "user_id_update", "business_integration_uninstall"];
  const read = [...whatsappWebhook.reads].filter((name) => !others.includes(name));
  expect(read.length).toBeGreaterThan(10);
  // Whoever is told to subscribe to one is not to find it among what was passed by.
  expect(read.toSorted()).toEqual(Object.keys(webhookFields).toSorted());
});

describe("a message of an unknown type", () => {
  test.each(["hologram", "new.type v2", "тип", "x".repeat(500), "__proto__"])("%s is kept whole", (type) => {
    const item = { ...meta.bare("text", "wamid.U"), type, [type]: { a: 1 } };
    const { events, problems } = read(meta.bodyOf({ messages: [item] }));
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "message", type: type.slice(0, 64), body: null }]);
  });
});

describe("what is told with a step", () => {
  const detailOf = (more: Record<string, unknown>) =>
    (
      read(meta.bodyOf({ statuses: [meta.status("wamid.S", "sent", meta.sentAt, more)] }))
        .events[0] as StatusEvent
    ).detail;

  test("is kept: price, conversation, callback data, and what Meta adds", () => {
    expect(detailOf({ ...statusDetails, new_one: [1] })).toEqual({ ...statusDetails, new_one: [1] });
  });

  test("is nothing when there is nothing but the step", () => {
    expect(detailOf({ recipient_user_id: meta.userId, type: "message" })).toBeNull();
  });

  test("is made safe for PostgreSQL, and left out when it is nested too deeply", () => {
    expect(detailOf({ biz_opaque_callback_data: "a\u0000b\ud800" })).toEqual({
      biz_opaque_callback_data: "a\ufffdb\ufffd",
    });
    let deep: unknown = 1;
    for (let level = 0; level < 70; level++) deep = [deep];
    expect(detailOf({ deep })).toBeNull();
  });
});

test("a dashboard sample of BSUID events has no person in it, its entry's id as text or as a number", () => {
  for (const id of ["0", 0]) {
    const value = { messages: [{ ...meta.bare("text"), text: { body: "x" } }] };
    const { events, problems } = read(meta.body({ id, changes: [meta.change(value)] }));
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "other", field: "dashboard_test" }]);
  }
});

test("echoes of edits and of revoked messages are the business's own", () => {
  const message_echoes = (["edit", "revoke"] as const).map((type) => ({
    from: "15550783881",
    to: meta.waId,
    to_user_id: meta.userId,
    id: `wamid.${type}`,
    timestamp: meta.sentAt,
    type,
    [type]: { original_message_id: "wamid.A" },
  }));
  const { events } = read(meta.bodyOf({ message_echoes }, meta.phoneNumberId, "smb_message_echoes"));
  expect(events.map((event) => (event as MessageEvent).direction)).toEqual(["outbound", "outbound"]);
  expect((events[0] as MessageEvent).contact).toMatchObject({ waId: meta.waId, userId: meta.userId });
});
