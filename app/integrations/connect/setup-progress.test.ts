import { describe, expect, test } from "vitest";
import { progressOf, progressOfReach, stepFailed, stepStates, stepsDone } from "./setup-progress.server.ts";

const at = new Date("2026-05-01T10:00:00.000Z");
const reach = {
  scopes: [],
  missingPermissions: [] as string[],
  accountIds: ["1"],
  numbers: [{ accountId: "1", phoneNumberId: "2", e164: "+1", displayName: "One" }],
  expiresAt: undefined,
  metaUserId: undefined,
};
const resultsOf = (steps: ReturnType<typeof stepStates>) =>
  Object.fromEntries(steps.map(({ step, result, code }) => [step, code ?? result]));

test("a number that works has done every step, each with its time", () => {
  const progress = stepsDone(
    progressOfReach(stepsDone({}, at, "state_checked", "code_exchanged"), reach, at),
    at,
    "number_proved",
  );
  const steps = stepStates(
    {
      steps: progress,
      deliveries: { state: "on", at: at.toISOString() },
      registration: { result: "registered", code: "by_us", at: at.toISOString() },
    },
    at,
  );
  expect(steps.map(({ result }) => result)).toEqual(Array(8).fill("done"));
  for (const step of steps) expect(step).toMatchObject({ code: null, at });
});

describe("reading a grant's reach", () => {
  test.each([
    [{ missingPermissions: ["x"] }, { access_seen: "permission_missing", account_found: "waiting" }],
    [
      { accountIds: [], numbers: [] },
      { access_seen: "done", account_found: "no_number" },
    ],
    [{ numbers: [] }, { account_found: "done", number_proved: "no_number" }],
    [{}, { account_found: "done", number_proved: "waiting" }],
  ])("that shows %j leads to %j", (shown, expected) => {
    const steps = stepStates({ steps: progressOfReach({}, { ...reach, ...shown }, at) }, null);
    expect(resultsOf(steps)).toMatchObject(expected);
  });
});

test("what the worker has not begun, or is at, is still to come", () => {
  const steps = stepStates({ deliveries: { state: "starting" }, registration: { result: "open" } }, null);
  expect(new Set(steps.map(({ result }) => result))).toEqual(new Set(["waiting"]));
});

test("is read back from where it was kept, and what cannot be read counts as not done", () => {
  const progress = stepFailed(stepsDone({}, at, "state_checked"), at, "code_exchanged", "code_rejected");
  expect(progressOf(JSON.parse(JSON.stringify({ steps: progress })))).toEqual(progress);
  for (const odd of [{}, { steps: 7 }, { steps: { state_checked: { result: "?" } } }]) {
    expect(progressOf(odd)).toEqual({});
  }
});
