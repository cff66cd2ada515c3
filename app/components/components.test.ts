import { describe, expect, test } from "vitest";
import type { ConnectionView } from "../integrations/connections.server.ts";
import { cardView } from "./card-view.ts";
import { groupDigits } from "./phone-number.tsx";

describe("a phone number in groups", () => {
  test.each([
    ["+525512345678", "+52 55 1234 5678"],
    ["+5215512345678", "+52 1 55 1234 5678"],
    ["+16505551234", "+1 650 555 1234"],
    ["+447700900123", "+44 7700 900123"],
    ["+5511987654321", "+55 11 98765 4321"],
    ["+5491123456789", "+54 9 11 2345 6789"],
    ["+56912345678", "+56 9 1234 5678"],
    ["+50212345678", "+502 1234 5678"],
    ["+4912345", "+49 1 2345"],
    ["123", "123"],
    ["+52 CANARY", "+52 CANARY"],
  ])("%s", (e164, grouped) => {
    expect(groupDigits(e164)).toBe(grouped);
  });

  test("keeps every digit in its place", () => {
    for (let length = 7; length <= 15; length += 1) {
      const e164 = `+${"9876543210987654".slice(0, length)}`;
      expect(groupDigits(e164).replaceAll(" ", "")).toBe(e164);
    }
  });
});

describe("the card", () => {
  const view = (changed: Partial<ConnectionView>): ConnectionView => ({
    id: "1",
    channel: "whatsapp",
    status: "active",
    phoneNumberE164: "+525512345678",
    displayName: "Luz",
    tokenExpiresAt: null,
    createdAt: new Date(0),
    updatedAt: new Date(1),
    error: null,
    deliveries: "on",
    maySend: true,
    ...changed,
  });

  test.each([
    ["works", {}, "connected"],
    ["waits for Meta", { deliveries: "starting" }, "starting"],
    ["gets no messages", { deliveries: "failed" }, "attention"],
    ["has lost its token", { maySend: false, tokenExpiresAt: new Date(5) }, "attention"],
    ["was refused by Meta", { status: "error", error: { code: "x", at: "2026-01-01" } }, "attention"],
  ] as [string, Partial<ConnectionView>, string][])("of a number that %s", (_what, changed, state) => {
    expect(cardView([view(changed)], false).numbers).toMatchObject([{ state }]);
  });

  test("without a number tells what there was: nothing, a disconnect, an attempt that lacked a permission", () => {
    const nothing = { numbers: [], choosing: false, failedAttempt: null, disconnected: false };
    expect(cardView([], false)).toEqual(nothing);
    expect(cardView([view({ status: "revoked" })], false)).toEqual({ ...nothing, disconnected: true });
    const lacking = view({ status: "error", phoneNumberE164: null });
    expect(cardView([lacking], false)).toEqual({ ...nothing, failedAttempt: "permission_missing" });
    expect(cardView([view({ status: "pending", phoneNumberE164: null })], true)).toEqual({
      ...nothing,
      choosing: true,
    });
  });

  test("an attempt that failed says nothing beside a number that works", () => {
    const lacking = view({ id: "2", status: "error", phoneNumberE164: null });
    expect(cardView([view({}), lacking], false)).toMatchObject({
      failedAttempt: null,
      numbers: [{ id: "1" }],
    });
  });
});
