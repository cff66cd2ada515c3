import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { type ConnectionFacts, factNames, factsOf, incidentOf, stepsIn, withFacts } from "./facts.ts";

const at = "2026-05-01T10:00:00.000Z";
const mark = { result: "done" as const, at };
const one = { accountId: "1", phoneNumberId: "2", e164: "+1", displayName: "One" };
const whole: Required<{ [name in keyof ConnectionFacts]: NonNullable<ConnectionFacts[name]> }> = {
  connected_by: "ana",
  connected_at: at,
  token_mark: "mark",
  steps: { state_checked: mark, a_step_of_the_future: { ...mark, result: "failed", code: "x" } },
  deliveries: { state: "failed", code: "override", at },
  registration: { result: "failed", code: "x", at, again_at: at, waits: 2 },
  choices: { numbers: [one], unread: true },
  error: { code: "x", at, missing: ["p"], also: [{ code: "y", at }] },
  told: { offboarded: at },
  quality: { event: "DOWNGRADE", current_limit: "TIER_50", at, more: 1 },
  name_status: { event: "APPROVED", at },
  limits: { at, max: 1000 },
  restriction: { ban_state: "DISABLE", at },
  history: {
    contacts: { result: "asked" as const, at },
    chats: { result: "refused" as const, at, code: "permission" },
    progress: 55,
    progress_at: at,
    declined_at: at,
  },
  silent_since: at,
  test_skipped_at: at,
  revoked_by: "ana",
  revoked_at: at,
  superseded_by: "2",
  former_phone_number_id: "3",
  given_up_at: at,
};
const names = Object.keys(whole) as (keyof ConnectionFacts)[];
const hostile: unknown[] = [
  null,
  7,
  true,
  "",
  "2026-99-99",
  [],
  [null],
  {},
  { at: "?" },
  { code: 1, at: {} },
  { toString: 1 },
];

test("every fact is read back as it was written", () => {
  expect(factsOf({ metadata: JSON.parse(JSON.stringify(whole)) })).toEqual(whole);
  expect(names.toSorted()).toEqual([...factNames].sort());
});

describe("what cannot be read is as if absent, and the rest is read", () => {
  test.each(names.flatMap((name) => hostile.map((value) => [name, value] as const)))(
    "%s: %j",
    (name, value) => {
      const read = factsOf({ metadata: { ...whole, [name]: value } });
      expect({ ...read, [name]: null }).toEqual({ ...whole, [name]: null });
    },
  );

  test.each([undefined, null, 7, "x", [], [whole], true])("metadata %j holds no facts", (metadata) => {
    expect(factsOf({ metadata })).toEqual({});
  });

  test("one thing inside a fact takes no other with it", () => {
    const metadata = {
      steps: { state_checked: mark, code_exchanged: { result: "?" }, access_seen: { ...mark, code: 7 } },
      registration: { result: "failed", code: 7, again_at: "soon", at },
      choices: { numbers: [one, { ...one, e164: null }, 7], unread: "yes" },
      error: { code: "x", at, also: [{ code: "y", at }, { code: "z" }, 7] },
      told: { offboarded: at, account_disabled: 7 },
      quality: { event: {}, current_limit: 50, at },
    };
    expect(factsOf({ metadata })).toEqual({
      steps: { state_checked: mark, access_seen: mark },
      registration: { result: "failed", at },
      choices: { numbers: [one] },
      error: { code: "x", at, also: [{ code: "y", at }] },
      told: { offboarded: at },
      quality: { current_limit: 50, at },
    });
  });

  test("whatever JSON it is, nothing throws", () => {
    const names = fc.constantFrom(
      ...factNames,
      "at",
      "code",
      "state",
      "result",
      "numbers",
      "also",
      "__proto__",
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 0, "", at, "on", "failed", true),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(names, tie("value"), { maxKeys: 6 }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (metadata) => {
        const facts = factsOf({ metadata });
        expect(factsOf({ metadata: JSON.parse(JSON.stringify(facts)) })).toEqual(facts);
      }),
      cases(500),
    );
  });
});

test("an incident and the steps of an event are read by the same rules", () => {
  expect(incidentOf({ code: "x", at })).toEqual({ code: "x", at });
  for (const odd of [null, {}, { code: "x" }, { code: "x", at: "?" }, []])
    expect(incidentOf(odd)).toBeUndefined();
  expect(stepsIn({ steps: { state_checked: mark, odd: 7 } })).toEqual({ state_checked: mark });
  expect(stepsIn({ steps: [] })).toEqual({});
  expect(stepsIn({})).toEqual({});
});

test("a fact takes the place of its earlier one and of nothing else, also of what nobody knows", () => {
  expect(withFacts({ color: "red", connected_at: "?", token_mark: "a" }, { token_mark: "b" })).toEqual({
    color: "red",
    connected_at: "?",
    token_mark: "b",
  });
  expect(JSON.stringify(withFacts({ error: 7, color: "red" }, { error: undefined }))).toBe('{"color":"red"}');
  expect(withFacts([1], { token_mark: "b" })).toEqual({ token_mark: "b" });
});
