import { describe, expect, test } from "vitest";
import type { MessageEvent, PersonEvent } from "../../../channel.server.ts";
import * as meta from "./fixtures.ts";
import { whatsappWebhook } from "./webhook.server.ts";

const read = (value: unknown) => whatsappWebhook.read(meta.bytes(value));
const system = (message: Record<string, unknown>, notice: Record<string, unknown>) => {
  const item = { id: "wamid.S", timestamp: meta.sentAt, type: "system", ...message, system: notice };
  return (read(meta.bodyOf({ messages: [item] })).events[0] as MessageEvent | undefined)?.contact;
};
const ids = (contact: MessageEvent["contact"] | undefined) =>
  contact && {
    now: [contact.waId, contact.userId],
    was: contact.formerly && Object.values(contact.formerly),
  };

describe("a system message", () => {
  const number = { type: "user_changed_number", body: "x", wa_id: "34700" };

  test.each([
    ["of old, with numbers only", { from: "34600" }, number, ["34700", null], ["34600", null]],
    [
      "of old, by its first name",
      { from: "34600" },
      { type: "customer_changed_number", new_wa_id: "34700" },
      ["34700", null],
      ["34600", null],
    ],
    [
      "with both ids of both",
      { from: "34600" },
      { ...number, user_id: "ES.2", previous_user_id: "ES.1" },
      ["34700", "ES.2"],
      ["34600", "ES.1"],
    ],
    [
      "sent under the old id",
      { from: "34600", from_user_id: "ES.1" },
      { ...number, user_id: "ES.2" },
      ["34700", "ES.2"],
      ["34600", "ES.1"],
    ],
    [
      "sent under the new id",
      { from: "34600", from_user_id: "ES.2" },
      { ...number, user_id: "ES.2" },
      ["34700", "ES.2"],
      ["34600", null],
    ],
    [
      "sent under the new id, which stands nowhere else",
      { from: "34600", from_user_id: "ES.2" },
      { ...number, previous_user_id: "ES.1" },
      ["34700", "ES.2"],
      ["34600", "ES.1"],
    ],
    [
      "that may not tell the number",
      {},
      { type: "user_changed_user_id", user_id: "ES.2", previous_user_id: "ES.1" },
      [null, "ES.2"],
      [null, "ES.1"],
    ],
  ])("%s tells the ids of before and after", (_, message, notice, now, was) => {
    expect(ids(system(message, notice))).toEqual({ now, was });
  });

  test.each([
    ["names no new id", { type: "user_changed_number", body: "x" }],
    ["changes nothing", { type: "user_changed_number", wa_id: "34600" }],
    ["is about something else", { type: "customer_identity_changed", wa_id: "34700" }],
    ["has ids that cannot be read", { type: "user_changed_number", wa_id: { a: 1 }, user_id: [] }],
    ["has none of it", 7],
  ])("that %s is of who sent it", (_, notice) => {
    expect(ids(system({ from: "34600" }, notice as Record<string, unknown>))).toEqual({
      now: ["34600", null],
      was: undefined,
    });
  });
});

describe("the field user_id_update", () => {
  const update = (item: unknown) =>
    read(meta.bodyOf({ user_id_update: [item] }, meta.phoneNumberId, "user_id_update"));
  const item = {
    wa_id: meta.waId,
    detail: "x",
    user_id: { previous: "ES.1", current: "ES.2" },
    timestamp: 1749416383,
  };

  test("tells of a person, in no conversation", () => {
    const { events, problems } = update(item);
    expect(problems).toEqual([]);
    expect(events).toMatchObject([{ kind: "person", path: "entry.0.changes.0.user_id_update.0" }]);
    expect((events[0] as PersonEvent).contact).toMatchObject({
      waId: meta.waId,
      userId: "ES.2",
      formerly: { waId: null, userId: "ES.1" },
    });
  });

  test.each([
    null,
    {},
    { ...item, user_id: "ES.2" },
    { ...item, timestamp: "soon" },
    { ...item, user_id: { previous: "E", current: "E" } },
  ])("that cannot be read is a problem with its place: %j", (spoiled) => {
    const { events, problems } = update(spoiled);
    expect(events).toEqual([]);
    expect(problems).toMatchObject([{ path: "entry.0.changes.0.user_id_update.0" }]);
  });
});
