import { describe, expect, test } from "vitest";
import { finishTeardown, subscribeWaba } from "../../../integrations/health/provisioning.server.ts";
import { connectedPlace } from "../connect-flows.ts";
import { inShort } from "./expectations.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, mayPass, oneOfEach, places } from "./table.ts";
import { layOut, portfolio } from "./worlds.ts";

const { flow, connectWith, leave, strike, calm, left, callsOf, forgetJobs, statusOf, jobs } = connectTable();
const deps = () => flow.product.services.integrations;
const asJob = { requestId: "job-1", lastAttempt: false };

const subscribedApps = () => Object.values(flow.product.sandbox.world.wabas).at(-1)?.subscribedApps.length;

async function delivering(): Promise<void> {
  layOut(flow.product.sandbox, [1]);
  expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
  const connectionId = (await left()).rows[0]?.id ?? "";
  await subscribeWaba(deps(), { ...asJob, tenantId: flow.ana.tenantId, connectionId });
  expect(subscribedApps()).toBe(1);
  await forgetJobs();
}

/** Gone for us, whatever Meta says to it and however often it is asked. */
async function expectLeft(): Promise<void> {
  const calls = flow.product.sandbox.control.calls().length;
  for (const time of ["once", "again"]) {
    expect((await leave(flow.ana)).status, time).toBe(200);
    const after = await left();
    expect(inShort(after), time).toEqual(["revoked"]);
    expect(after.claims).toEqual([]);
    expect(after.teardowns).toHaveLength(1);
    expect(after.jobs).toEqual(["stop_deliveries"]);
    expect(after.events.filter(({ kind }) => kind === "disconnected")).toHaveLength(1);
  }
  expect(await statusOf(flow.ana)).toMatchObject({ connected: false, may_send: false });
  expect(flow.product.sandbox.control.calls()).toHaveLength(calls);
}

async function teardown(lastAttempt = false): Promise<void> {
  const teardownId = (await jobs())[0]?.payload.teardownId ?? "";
  await finishTeardown(deps(), { ...asJob, tenantId: flow.ana.tenantId, teardownId, lastAttempt });
}

const outcome = async () =>
  (await left()).teardowns.map((one) => [one.outcome, one.access_token_enc !== null]);

async function goThrough(failure: Failure): Promise<void> {
  await delivering();
  strike(places.unsubscribe, failure);
  await expectLeft();
  const isLater = mayPass(failure);
  if (isLater) {
    await expect(teardown()).rejects.toThrow(/retry_later|bug/);
    // The credential is kept for the next try and for nothing else.
    expect(await outcome()).toEqual([[null, true]]);
  } else {
    await teardown();
    expect(await outcome()).toEqual([["refused", false]]);
  }
  calm();
  await teardown();
  expect(await outcome()).toEqual([[isLater ? "unsubscribed" : "refused", false]]);
  if (isLater) expect(subscribedApps()).toBe(0);
  const calls = callsOf("unsubscribe");
  await teardown();
  expect(callsOf("unsubscribe")).toBe(calls);
  expect(callsOf("deregister")).toBe(0);
  expect(inShort(await left())).toEqual(["revoked"]);
}

describe("a disconnect that fails at unsubscribe", () => {
  for (const failure of failures) test(`by ${failure.name}`, () => goThrough(failure));

  test.each(oneOfEach.filter(mayPass))(
    "by $name for the last time: given up, the credential destroyed",
    async (failure) => {
      await delivering();
      strike(places.unsubscribe, failure);
      await leave(flow.ana);
      await teardown(true);
      expect(await outcome()).toEqual([["gave_up", false]]);
    },
  );
});

describe("somebody connects again before deliveries were stopped", () => {
  test.each(oneOfEach.filter(mayPass))("and $name came between: they stay on", async (failure) => {
    await delivering();
    strike(places.unsubscribe, failure);
    await leave(flow.ana);
    await expect(teardown()).rejects.toThrow(/retry_later|bug/);
    calm();
    expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
    await teardown();
    expect(await outcome()).toEqual([["still_in_use", false]]);
  });
});
