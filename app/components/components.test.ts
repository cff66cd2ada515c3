import { describe, expect, test } from "vitest";
import { type ConnectStep, connectSteps, type StepState } from "../integrations/connect/setup-steps.ts";
import type { ConnectionView } from "../integrations/connection/connection-view.server.ts";
import { english as texts } from "../texts/en/index.ts";
import { cardView } from "./connect/card-view.ts";

/** Every step done, but for those named. */
function stepsWith(other: Partial<Record<ConnectStep, Partial<StepState>>> = {}): StepState[] {
  return connectSteps.map((step) => ({
    step,
    result: "done" as const,
    code: null,
    at: new Date(0),
    ...other[step],
  }));
}
const waiting = { result: "waiting" as const, at: null };
const nothingTold = { qualityNews: null, limit: null, name: null, restriction: null };

describe("the card", () => {
  const view = (changed: Partial<ConnectionView>): ConnectionView => ({
    id: "1",
    channel: "meta_whatsapp",
    status: "active",
    isOfNumber: changed.phoneNumberE164 !== null,
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
    agentSeenAt: null,
    onPhone: false,
    history: null,
    testSkipped: false,
    isRegistering: false,
    registrationRefusal: null,
    registrationAgainAt: null,
    steps: stepsWith(),
    latest: nothingTold,
    ...changed,
  });

  test.each([
    ["works", {}, "connected"],
    ["waits for its first message", { steps: stepsWith({ first_event_seen: waiting }) }, "awaitingTest"],
    [
      "goes on without one",
      { steps: stepsWith({ first_event_seen: waiting }), testSkipped: true },
      "connected",
    ],
    [
      "is not registered yet",
      { steps: stepsWith({ first_event_seen: waiting, number_registered: waiting }) },
      "starting",
    ],
    ["gets messages before Meta says so", { steps: stepsWith({ number_registered: waiting }) }, "connected"],
    ["waits for Meta", { deliveries: "starting" }, "starting"],
    ["gets no messages", { deliveries: "failed" }, "attention"],
    ["is not registered", { registrationRefusal: "pin_mismatch" }, "attention"],
    ["has lost its token", { maySend: false, tokenExpiresAt: new Date(5) }, "attention"],
    ["was refused by Meta", { status: "error", error: { code: "x", at: "2026-01-01" } }, "attention"],
  ] as [string, Partial<ConnectionView>, string][])("of a number that %s", (_what, changed, state) => {
    expect(cardView([view(changed)]).numbers).toMatchObject([{ state }]);
  });

  test("begins with the numbers that need somebody", () => {
    const [one, two, three] = ["1", "2", "3"].map((id) => ({ id }));
    const { numbers } = cardView([
      view({ ...one }),
      view({ ...two, deliveries: "failed" }),
      view({ ...three }),
    ]);
    expect(numbers.map(({ id }) => id)).toEqual(["2", "1", "3"]);
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

  const stepsOf = (changed: Partial<ConnectionView>) => {
    const [number] = cardView([view(changed)]).numbers;
    return { open: number?.stepsOpen, steps: number?.steps ?? [] };
  };

  test("shows the steps closed once all are done, and the first message may take its time", () => {
    expect(stepsOf({}).open).toBe(false);
    const { open, steps } = stepsOf({ steps: stepsWith({ first_event_seen: waiting }) });
    expect(open).toBe(false);
    expect(steps.at(-1)).toMatchObject({ step: "first_event_seen", result: "waiting", retry: null });
  });

  test.each([
    ["deliveries_on", "deliveries"],
    ["number_registered", "registration"],
  ] as const)("opens them while %s is under way, and offers it again when it failed", (step, retry) => {
    const underWay = stepsOf({ steps: stepsWith({ [step]: waiting }) });
    expect(underWay.open).toBe(true);
    expect(underWay.steps).toContainEqual(expect.objectContaining({ step, result: "underWay", retry: null }));
    const failed = stepsOf({ steps: stepsWith({ [step]: { result: "failed", code: "permission" } }) });
    expect(failed.open).toBe(true);
    expect(failed.steps).toContainEqual(expect.objectContaining({ step, result: "failed", retry }));
  });

  test("offers no step again without access, and nothing is under way then", () => {
    const { open, steps } = stepsOf({
      status: "error",
      error: { code: "token_rejected", at: "2026-01-01T00:00:00Z" },
      steps: stepsWith({ deliveries_on: { result: "failed" }, number_registered: waiting }),
    });
    expect(open).toBe(false);
    expect(steps.map(({ retry }) => retry)).toEqual(steps.map(() => null));
    expect(steps).toContainEqual(expect.objectContaining({ step: "number_registered", result: "waiting" }));
  });

  test("leaves out what a connect by hand did not need", () => {
    const { steps } = stepsOf({ steps: stepsWith({ state_checked: waiting, code_exchanged: waiting }) });
    expect(steps.map(({ step }) => step)).toEqual(connectSteps.slice(2));
  });
});

test("words without a channel's name say the same of every code", () => {
  const { meta_whatsapp: whatsapp } = texts.channels;
  expect(texts.integrations.incidentOf("account_disabled").title).toBe(
    whatsapp.incidentOf("account_disabled").title.replace("WhatsApp ", ""),
  );
  expect(texts.integrations.incidentOf("constructor")).toEqual(whatsapp.incidentOf("of the future"));
  expect(Object.keys(whatsapp.reasons)).toEqual(Object.keys(texts.integrations.reasons));
});
