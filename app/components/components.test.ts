import { describe, expect, test } from "vitest";
import type { ConnectionView } from "../integrations/connections.server.ts";
import { cardView } from "./card-view.ts";

describe("the card", () => {
  const view = (changed: Partial<ConnectionView>): ConnectionView => ({
    id: "1",
    channel: "whatsapp",
    status: "active",
    phoneNumberE164: "+525512345678",
    phoneNumber: "+52 55 1234 5678",
    displayName: "Luz",
    tokenExpiresAt: null,
    connectedAt: new Date(0),
    updatedAt: new Date(1),
    error: null,
    deliveries: "on",
    maySend: true,
    requestedAt: null,
    silentSince: null,
    registrationRefusal: null,
    ...changed,
  });

  test.each([
    ["works", {}, "connected"],
    ["waits for Meta", { deliveries: "starting" }, "starting"],
    ["gets no messages", { deliveries: "failed" }, "attention"],
    ["is not registered", { registrationRefusal: "pin_mismatch" }, "attention"],
    ["has lost its token", { maySend: false, tokenExpiresAt: new Date(5) }, "attention"],
    ["was refused by Meta", { status: "error", error: { code: "x", at: "2026-01-01" } }, "attention"],
  ] as [string, Partial<ConnectionView>, string][])("of a number that %s", (_what, changed, state) => {
    expect(cardView([view(changed)]).numbers).toMatchObject([{ state }]);
  });

  test("without a number tells what there was: nothing, a disconnect, an attempt that lacked a permission", () => {
    const nothing = {
      numbers: [],
      choosing: false,
      connecting: false,
      failedAttempt: null,
      disconnected: false,
    };
    expect(cardView([])).toEqual(nothing);
    expect(cardView([view({ status: "revoked" })])).toEqual({ ...nothing, disconnected: true });
    const lacking = view({ status: "error", phoneNumberE164: null });
    expect(cardView([lacking])).toEqual({ ...nothing, failedAttempt: "permission_missing" });
    expect(cardView([view({ status: "pending", phoneNumberE164: null })], { choosing: "several" })).toEqual({
      ...nothing,
      choosing: "several",
    });
  });

  test("warns of the token's end two weeks before, and tells only admins that the number was asked for", () => {
    const now = new Date("2026-01-01");
    const at = (day: string) => view({ tokenExpiresAt: new Date(day), requestedAt: now });
    const of = (day: string, isAdmin: boolean) => cardView([at(day)], { now, isAdmin }).numbers[0];
    expect(of("2026-01-16", true)).toMatchObject({ endsAt: null, requestedAt: now });
    expect(of("2026-01-14", false)).toMatchObject({ endsAt: new Date("2026-01-14"), requestedAt: null });
  });

  test("an attempt that failed says nothing beside a number that works", () => {
    const lacking = view({ id: "2", status: "error", phoneNumberE164: null });
    expect(cardView([view({}), lacking])).toMatchObject({
      failedAttempt: null,
      numbers: [{ id: "1" }],
    });
  });
});
