/** What the business calls people in the address book of its phone. */
import { describe, expect, test } from "vitest";
import * as meta from "./testing/fixtures.ts";
import { readField } from "./testing/read-field.ts";

describe("what the business calls people", () => {
  const told = (more: object, contact: object) =>
    readField("smb_app_state_sync", { state_sync: [{ type: "contact", action: "add", contact, ...more }] })
      .events[0];
  const ana = { phone_number: "+34 600 111 222", full_name: "Ana Ruiz", first_name: "Ana" };
  const at = { metadata: { timestamp: meta.sentAt } };

  test.each([
    [at, ana, { waId: "34600111222", saved: { name: "Ana Ruiz", at: new Date(1_749_416_383_000) } }],
    [{ ...at, action: "edit" }, { ...ana, full_name: "" }, { saved: { name: "Ana" } }],
    [{ ...at, action: "a word of the future" }, ana, { saved: { name: "Ana Ruiz" } }],
    // Whatever it was, it is no more.
    [{ ...at, action: "remove" }, ana, { saved: { name: null } }],
    // Without a time it gives way to whatever has one.
    [{}, ana, { saved: { name: "Ana Ruiz", at: new Date(0) } }],
    [
      at,
      { user_id: "ES.1", username: "ana", full_name: "Ana" },
      { waId: null, userId: "ES.1", username: "ana" },
    ],
  ])("%j %j is %j", (more, contact, person) => {
    expect(told(more, contact)).toMatchObject({ kind: "person", contact: person });
  });
});
