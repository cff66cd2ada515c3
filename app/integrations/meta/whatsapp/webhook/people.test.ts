import { describe, expect, test } from "vitest";
import type { MessageEvent, PersonEvent } from "../../../channel-events.server.ts";
import * as meta from "./testing/fixtures.ts";
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
    ["changes nothing", { type: "user_changed_number", wa_id: "34600" }],
    ["is about something else", { type: "customer_identity_changed", wa_id: "34700" }],
    ["has ids that cannot be read", { type: "user_changed_user_id", wa_id: { a: 1 }, user_id: [] }],
    ["has none of it", 7],
  ])("that %s is of who sent it", (_, notice) => {
    expect(ids(system({ from: "34600" }, notice as Record<string, unknown>))).toEqual({
      now: ["34600", null],
      was: undefined,
    });
  });
});

describe("a system message that tells less, or elsewhere", () => {
  const ofIds = { type: "user_changed_user_id" };
  const inBody = { ...ofIds, body: "User A changed from US.1 to US.2" };

  test.each<[string, object, object, object]>([
    [
      "the old id in its text alone",
      {},
      { ...inBody, user_id: "US.2" },
      { userId: "US.2", formerly: { userId: "US.1" } },
    ],
    ["both ids in its text alone", {}, inBody, { userId: "US.2", formerly: { userId: "US.1" } }],
    [
      "ids in the text of another language, with a full stop, after a name that looks like some",
      {},
      { ...ofIds, body: "AB.C cambió de US.ENT.1 a US.ENT.2." },
      { userId: "US.ENT.2", formerly: { userId: "US.ENT.1" } },
    ],
    [
      "the old id under a parent alone",
      {},
      { ...ofIds, user_id: "US.2", parent_user_id: "US.ENT.2", previous_parent_user_id: "US.ENT.1" },
      { userId: "US.2", also: [{ waId: null, userId: "US.ENT.2" }], formerly: { userId: "US.ENT.1" } },
    ],
    [
      "ids under parents beside the others",
      {},
      { ...ofIds, user_id: "US.2", previous_user_id: "US.1", previous_parent_user_id: "US.ENT.1" },
      { userId: "US.2", formerly: { userId: "US.1", also: [{ waId: null, userId: "US.ENT.1" }] } },
    ],
    [
      "no new number",
      { from: "34600" },
      number("x"),
      { waId: null, userId: null, formerly: { waId: "34600", numberGone: true } },
    ],
    [
      "no new number, but who it is",
      { from: "34600" },
      { ...number("x"), user_id: "US.2", previous_user_id: "US.1" },
      { waId: null, userId: "US.2", formerly: { waId: "34600", userId: "US.1", numberGone: true } },
    ],
    [
      "both numbers in its text alone",
      {},
      number("Ana changed from 34600111222 to 34700111222"),
      { waId: "34700111222", formerly: { waId: "34600111222" } },
    ],
    [
      "numbers of somebody else in its text",
      { from: "34600111222" },
      number("Ana changed from 34600999888 to 34700111222"),
      { waId: null, formerly: { waId: "34600111222", numberGone: true } },
    ],
    ["nobody but in itself", {}, { type: "customer_identity_changed", wa_id: "34600" }, { waId: "34600" }],
  ])("%s", (_, message, notice, contact) => {
    expect(system(message as Record<string, unknown>, notice as Record<string, unknown>)).toMatchObject(
      contact,
    );
  });

  function number(body: string) {
    return { type: "user_changed_number", body };
  }
});

describe("a sender and the contacts beside", () => {
  const contact = (waId: string | undefined, name: string, more: object = {}) => ({
    ...(waId && { wa_id: waId }),
    profile: { name },
    ...more,
  });
  const from = (sender: string | undefined, id = "wamid.1") => ({ ...meta.textMessage(id), from: sender });
  const people = (contacts: object[], ...messages: object[]) =>
    read(meta.bodyOf({ contacts, messages })).events.map((event) => (event as MessageEvent).contact);

  test.each([
    ["16505551234", "+1 (650) 555-1234"],
    ["5491123456789", "541123456789"],
    ["5215587654321", "525587654321"],
    ["551187654321", "5511987654321"],
    ["34600111222", "49151222333"],
  ])("one message with one contact is theirs: %s and %s", (waId, sender) => {
    expect(people([contact(waId, "Ana")], from(sender))).toMatchObject([
      { waId: sender, profileName: "Ana" },
    ]);
  });

  test("numbers that differ by one digit are one line where they are told of one person", () => {
    const also = (waId: string, sender: string) => people([contact(waId, "Ana")], from(sender))[0]?.also;
    expect(also("5491123456789", "541123456789")).toEqual([{ waId: "5491123456789", userId: null }]);
    expect(also("34600111222", "49151222333")).toBeUndefined();
    expect(also("34600111222", "34600111222")).toBeUndefined();
  });

  test("of several each has the name of the number that is spelt most like theirs, or none", () => {
    const named = people(
      [contact("5491123456789", "Ana"), contact("5491198765432", "Bea"), contact("16505551234", "Cy")],
      from("541198765432", "wamid.1"),
      from("541123456789", "wamid.2"),
      from("+16505551234", "wamid.3"),
      from("34600111222", "wamid.4"),
    );
    expect(named.map((person) => person?.profileName)).toEqual(["Bea", "Ana", "Cy", null]);
    // Either of the two could be meant.
    const unsure = people(
      [contact("5491123456789", "Ana"), contact("5411234567890", "Bea")],
      from("541123456789", "wamid.1"),
      from("54112345678900", "wamid.2"),
    );
    expect(unsure).toMatchObject([{ profileName: null }, { profileName: null }]);
  });

  test("nobody is taken for somebody else: another id, too few digits, two who are alike", () => {
    const [other] = people([contact("34600", "Ana", { user_id: "US.1" })], {
      ...from("49151222333"),
      from_user_id: "US.2",
    });
    expect(other).toEqual({ waId: "49151222333", userId: "US.2", username: null, profileName: null });
    expect(people([contact("1234567", "Ana")], from("12345678"))[0]).not.toHaveProperty("also");
    // Two senders could each be the one contact, and the other contact is theirs who says nothing here.
    const two = people(
      [contact("5491123456789", "Ana"), contact("16505551234", "Cy")],
      from("541123456789", "wamid.1"),
      from("549112345678", "wamid.2"),
    );
    expect(two.map((person) => person?.profileName)).toEqual([null, null]);
  });

  test("what stands under standby is beside the contacts as well", () => {
    const standby = { statuses: [meta.status("wamid.S", "read", meta.sentAt, { recipient_id: "34600" })] };
    const { events } = read(
      meta.bodyOf({ contacts: [contact("49151222333", "Bea")], messages: [from("16505551234")], standby }),
    );
    // Two people are spoken of, so nobody knows whose the name is.
    expect(events[0]).toMatchObject({ contact: { waId: "16505551234", profileName: null } });
  });

  test("a message without a sender is of the only contact, by whatever id", () => {
    expect(people([contact(undefined, "Ana", { user_id: "US.1" })], from(undefined))).toMatchObject([
      { waId: null, userId: "US.1", profileName: "Ana" },
    ]);
    const two = [contact(undefined, "Ana", { user_id: "US.1" }), contact("34600", "Bea")];
    expect(people(two, from(undefined))).toEqual([]);
    expect(people([contact("34600", "Bea")], from("34600"), from(undefined, "wamid.2"))).toHaveLength(1);
  });

  test("ids under a parent are another name of the same person", () => {
    const parent = { from_user_id: "US.1", from_parent_user_id: "US.ENT.1" };
    expect(people([], { ...from(undefined), ...parent })).toMatchObject([
      { userId: "US.1", also: [{ waId: null, userId: "US.ENT.1" }] },
    ]);
    const listed = contact("34600", "Ana", { user_id: "US.1", parent_user_id: "US.ENT.1" });
    expect(people([listed], from("34600"))).toMatchObject([
      { waId: "34600", userId: "US.1", also: [{ waId: null, userId: "US.ENT.1" }] },
    ]);
    const also = [{ waId: null, userId: "US.ENT.2" }];
    const echo = { ...from(undefined), to_user_id: "US.2", to_parent_user_id: "US.ENT.2" };
    const step = meta.status("wamid.2", "read", meta.sentAt, {
      recipient_id: "",
      recipient_user_id: "US.2",
      recipient_parent_user_id: "US.ENT.2",
    });
    expect(read(meta.bodyOf({ message_echoes: [echo], statuses: [step] })).events).toMatchObject([
      { kind: "message", contact: { userId: "US.2", also } },
      { kind: "status", recipient: { userId: "US.2", also } },
    ]);
    const only = people([], { ...from(undefined), from_parent_user_id: "US.ENT.1" });
    expect(only).toMatchObject([{ userId: "US.ENT.1" }]);
    expect(only[0]?.also).toBeUndefined();
  });

  test.each([
    ["\u200b\u2060", null],
    ["\ufeff \u00ad\u180e\u3164\u2800", null],
    ["\u202e\u2066\u{e0020}\u0000\t", null],
    ["\u200bAna", "\u200bAna"],
    ["👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"],
    [`${"x".repeat(499)}👩\u200d👩\u200d👧`, "x".repeat(499)],
  ])("the name %j is %j", (name, shown) => {
    expect(people([contact("34600", name)], from("34600"))[0]?.profileName).toBe(shown);
  });

  test.each([
    ["@ana", "ana"],
    [" @\u200bana ", "ana"],
    ["ana", "ana"],
    ["@", null],
  ])("the username %j is %j", (username, shown) => {
    const named = people([contact("34600", "Ana", { profile: { username } })], from("34600"));
    expect(named[0]?.username).toBe(shown);
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

describe("a card that was asked for", () => {
  const contactOf = (card: object, more: object = {}) => {
    const item = { ...meta.bare("contacts"), from: undefined, contacts: [card], ...more };
    return (read(meta.bodyOf({ messages: [item] })).events[0] as MessageEvent).contact;
  };
  const phones = [{ phone: "+52 55 0000-0001", wa_id: "5215500000001" }];

  test("gives whoever sends it their number", () => {
    expect(contactOf({ origin: "contact_request", phones })).toMatchObject({
      waId: "5215500000001",
      userId: meta.userId,
    });
    expect(contactOf({ origin: "contact_request", phones: [{ phone: "+52 55 0000-0001" }] })?.waId).toBe(
      "525500000001",
    );
  });

  test.each([
    ["one that somebody sends by themselves", { origin: "other", phones }, {}, null],
    ["one without an origin", { phones }, {}, null],
    ["one without a number", { origin: "contact_request", phones: [{ phone: "soon" }] }, {}, null],
    [
      "one of somebody whose number is told",
      { origin: "contact_request", phones },
      { from: "34600" },
      "34600",
    ],
  ])("%s gives none", (_name, card, more, waId) => {
    expect(contactOf(card, more)?.waId).toBe(waId);
  });
});
