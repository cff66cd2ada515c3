import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import * as told from "./testing/account-fixtures.ts";
import { bytes, wabaId } from "./testing/fixtures.ts";
import { whatsappWebhook } from "./webhook.server.ts";

const read = (value: unknown) => whatsappWebhook.read(bytes(value));
const place = "entry.0.changes.0";

describe("what Meta tells of an account", () => {
  test.each(Object.entries(told.accountEntries))("%s", (_, { entry, read: expected }) => {
    const { events, problems } = read(told.bodyWith(entry));
    expect(problems).toEqual([]);
    const [{ field } = { field: "" }] = entry.changes as { field: string }[];
    const common = { kind: "account", path: place, phoneNumberId: null, field };
    expect(events).toEqual([{ ...common, ...expected, occurredAt: new Date(told.toldAt * 1000) }]);
  });

  test("is never looked for under the id of an entry that names the partner", () => {
    const named = Object.values(told.accountEntries).filter(({ entry }) => entry.id === told.partnerId);
    expect(named.length).toBeGreaterThan(1);
    for (const { entry } of named) {
      const { events } = read(told.bodyWith(entry));
      expect(events).toHaveLength(1);
      expect(JSON.stringify(events)).not.toContain(told.partnerId);
    }
  });

  test("keeps nothing of the person who asked for a PIN, and no name", () => {
    const body = told.bodyWith(...Object.values(told.accountEntries).map(({ entry }) => entry));
    for (const person of ["61555822107539", "Panader"]) {
      expect(JSON.stringify(body)).toContain(person);
      expect(JSON.stringify(read(body))).not.toContain(person);
    }
  });

  test("of our app's grant names the portfolio", () => {
    const { events, problems } = read(told.uninstall());
    expect(problems).toEqual([]);
    expect(events).toMatchObject([
      {
        kind: "account",
        field: "business_integration_uninstall",
        event: null,
        accountId: null,
        phoneDigits: null,
        businessId: told.ownerId,
      },
    ]);
  });

  test("may have ids that were sent as numbers, and no time or an odd one", () => {
    for (const time of [undefined, null, "soon", 1e300, {}]) {
      const entry = { ...told.accountUpdate("ACCOUNT_DELETED"), id: 102290129340398, time };
      expect(read(told.bodyWith(entry)).events).toMatchObject([
        { kind: "account", accountId: wabaId, occurredAt: null },
      ]);
    }
  });
});

describe("of no concern is", () => {
  const dashboard = { ...told.accountUpdate("ACCOUNT_DELETED"), id: "0" };
  test.each([
    ["an event that Meta adds", told.bodyWith(told.accountUpdate("ACCOUNT_TELEPORTED")), "account_update"],
    ["a partner's event that names no account", told.bodyWith(withoutInfo()), "account_update"],
    ["the dashboard's test", told.bodyWith(dashboard), "dashboard_test"],
    [
      "a message among what is told of an app",
      { ...told.bodyWith(message()), object: "application" },
      "messages",
    ],
    ["a field of an app that is not known", ofApp("permissions"), "permissions"],
  ])("%s", (_, value, field) => {
    expect(read(value)).toMatchObject({ events: [{ kind: "other", field }], problems: [] });
  });

  function withoutInfo() {
    const { changes, ...entry } = told.partnerUpdate("PARTNER_APP_UNINSTALLED");
    const value = { event: "PARTNER_APP_UNINSTALLED" };
    return { ...entry, changes: (changes as object[]).map((change) => ({ ...change, value })) };
  }
  function message() {
    const value = { metadata: { phone_number_id: "106540352242922" }, messages: [{}] };
    return { id: wabaId, changes: [{ field: "messages", value }] };
  }
  function ofApp(field: string) {
    return { object: "application", entry: [{ id: told.ourAppId, changes: [{ field, value: {} }] }] };
  }
});

describe("a problem with its place is", () => {
  const of = (entry: object) => told.bodyWith(entry as never);
  test.each([
    ["an event without its word", of(told.accountUpdate("", { event: 7 }))],
    ["a value that is none", of({ id: wabaId, changes: [{ field: "account_update", value: [] }] })],
    ["an account id that is none", of(told.partnerUpdate("PARTNER_REMOVED", { waba_id: {} }))],
    ["an account that is not named", of({ ...told.accountUpdate("ACCOUNT_DELETED"), id: null })],
    [
      "a number that is none",
      of(told.ofNumber("security", { event: "PIN_CHANGED", display_phone_number: "x" })),
    ],
    [
      "an older form with a number that is none",
      of(told.accountUpdate("PARTNER_REMOVED", { phone_number: "" })),
    ],
    ["a portfolio that is none", told.uninstall({})],
  ])("%s", (_, value) => {
    const { events, problems } = read(value);
    expect(events).toEqual([]);
    expect(problems).toMatchObject([{ path: place, phoneNumberId: null }]);
    expect(problems[0]?.detail).toMatch(/^[\w\s.,:;-]+$/);
  });
});

test("junk in any place costs at most that change, and nothing PostgreSQL refuses comes through", () => {
  const entries = Object.values(told.accountEntries).map(({ entry }) => entry);
  const junk = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" });
  fc.assert(
    fc.property(fc.constantFrom(...entries), fc.string(), junk, fc.nat(), (entry, extra, value, at) => {
      const [change] = entry.changes as { field: string; value: Record<string, unknown> }[];
      const names = [...Object.keys(change?.value ?? {}), extra];
      const spoiled = { ...change?.value, [names[at % names.length] ?? extra]: value };
      const good = told.accountUpdate("ACCOUNT_DELETED");
      const body = told.bodyWith({ ...entry, changes: [{ ...change, value: spoiled }] }, good);
      const { events, problems } = read(body);
      expect(events.length + problems.length).toBe(2);
      expect(events.at(-1)).toMatchObject({ event: "ACCOUNT_DELETED" });
      expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }),
    cases(1_000),
  );
});
