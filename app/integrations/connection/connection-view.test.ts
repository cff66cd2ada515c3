import { describe, expect, test } from "vitest";
import type { ConnectionRow } from "../../../db/queries/connections/connections.ts";
import { maySend, viewOf } from "./connection-view.server.ts";

const now = new Date("2026-06-01T12:00:00Z");
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);
const row: ConnectionRow = {
  id: "1",
  tenant_id: "t",
  provider: "meta_whatsapp",
  status: "active" as const,
  waba_id: "1",
  phone_number_id: "1",
  phone_number_e164: "+525512345678",
  display_name: "x",
  attempted_by: null,
  choice_expires_at: null,
  requested_at: null,
  granted_by_meta_user: null,
  granted_at: null,
  grant_taken_back_at: null,
  access_token_enc: "sealed",
  token_expires_at: null,
  scopes: [],
  metadata: {},
  created_at: before,
  updated_at: before,
};

describe("sending", () => {
  test.each([
    ["an active connection with a token that has no end", {}, true],
    ["one whose token ends a moment later", { token_expires_at: after }, true],
    ["one whose token ends now", { token_expires_at: now }, false],
    ["one whose token has ended", { token_expires_at: before }, false],
    ["one without a token", { access_token_enc: null }, false],
    ["one that is broken", { status: "error" as const }, false],
    ["one that waits for its number", { status: "pending" as const }, false],
    ["one that was left", { status: "revoked" as const }, false],
  ])("through %s: %o %s", (_what, changed, may) => {
    expect(maySend({ ...row, ...changed }, now)).toBe(may);
    expect(viewOf({ ...row, ...changed }, undefined, now).maySend).toBe(may);
  });
});

test.each([
  [after, after],
  [now, null],
  [before, null],
])("when a number may be registered again (%s) is shown while it is to come", (again, shown) => {
  const registration = { result: "failed", code: "x", again_at: again.toISOString() };
  const view = viewOf({ ...row, metadata: { registration } }, undefined, now);
  expect(view.registrationRefusal).toBe("x");
  expect(view.registrationAgainAt).toEqual(shown);
});

test.each([
  [{}, null],
  [{ contacts: "asked" }, null],
  [{ contacts: "asked", chats: "asked" }, { state: "asked" }],
  [{ chats: "too_late" }, { state: "too_late" }],
  [{ chats: "refused" }, { state: "refused" }],
  [{ chats: "asked", declined_at: true }, { state: "declined" }],
  // What has come was shared, whatever else was told of it.
  [
    { chats: "asked", declined_at: true, progress: 55.9 },
    { state: "arriving", percent: 55 },
  ],
  [
    { chats: "too_late", progress: 0 },
    { state: "arriving", percent: 0 },
  ],
  [{ progress: 99.9 }, { state: "arriving", percent: 99 }],
  [{ progress: 100 }, { state: "complete" }],
])("of a phone's history %j is told as %j", (told: Record<string, unknown>, shown) => {
  const at = before.toISOString();
  const history = Object.fromEntries(
    Object.entries(told).map(([name, said]) => [
      name,
      said === true ? at : typeof said === "string" ? { result: said, at } : said,
    ]),
  );
  expect(viewOf({ ...row, metadata: { history } }, undefined, now).history).toEqual(shown);
});
