import { describe, expect, test, vi } from "vitest";
import { EARLIER_PROVIDER_PIN, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { retryStep } from "../../integrations/connect/unfinished-steps.server.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { action as retry } from "../../routes/settings.integrations_.$channel.retry.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { callRoute } from "../testing/product.ts";

/** The next PINs, drawn in this order; chance draws what is not here. */
const drawn = vi.hoisted(() => [] as number[]);
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, randomInt: (...range: [number]) => drawn.shift() ?? crypto.randomInt(...range) };
});

const { flow, ask, connect, connections, jobs } = connectFlows();
const deps = () => flow.product.services.integrations;
const number = () => {
  const found = flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  if (!found) throw new Error("no number");
  return found;
};
const registerCalls = () =>
  flow.product.sandbox.control.calls().filter((call) => call.endpoint === "register").length;
const run = (connectionId: string, lastAttempt = false) =>
  registerNumber(deps(), { tenantId: flow.ana.tenantId, connectionId, requestId: "r-1", lastAttempt });
const refusal = async () =>
  (await listConnections(deps(), flow.ana, "meta_whatsapp"))[0]?.registrationRefusal;

const events = async () =>
  (await flow.product.database.sql<{ kind: string }>("select kind from connection_events order by id"))
    .map(({ kind }) => kind)
    .filter((kind) => kind !== "connected");

async function connected(changes: Partial<ReturnType<typeof number>> = {}): Promise<string> {
  Object.assign(number(), changes);
  await connect(flow.ana);
  const [{ id } = { id: "" }] = await connections(flow.ana);
  return id;
}
const open = { platformType: "NOT_APPLICABLE", status: "PENDING" };

describe("a number that was just added at Meta", () => {
  test("is registered once, under a PIN that is made once and sealed", async () => {
    const id = await connected(open);
    expect((await jobs()).map((job) => job.task)).toContain("register_number");
    await run(id);
    expect(number()).toMatchObject({ platformType: "CLOUD_API", status: "CONNECTED" });
    const pin = number().pin;
    expect(pin).toMatch(/^\d{6}$/);
    const kept = await flow.product.database.sql("select pin_enc, pin_unreadable from number_registrations");
    expect(kept).toEqual([{ pin_enc: expect.stringMatching(/^v1\./), pin_unreadable: false }]);
    await run(id);
    expect(registerCalls()).toBe(1);
    expect(await events()).toEqual(["number_registered"]);
    // Unregistered again by somebody: the same PIN, so Meta takes it.
    Object.assign(number(), open);
    await run(id);
    expect([number().platformType, number().pin]).toEqual(["CLOUD_API", pin]);
    const written = JSON.stringify([flow.product.written(), await jobs(), await connections(flow.ana)]);
    expect(written).not.toContain(pin);
  });

  test("has six digits in its PIN, however small the number that was drawn", async () => {
    const id = await connected(open);
    drawn.push(42);
    await run(id);
    expect(number()).toMatchObject({ platformType: "CLOUD_API", pin: "000042" });
  });

  test.each(["error", "pending"])("is left alone once its connection is %s", async (status) => {
    const id = await connected(open);
    await flow.product.database.sql("update channel_connections set status = $1", [status]);
    const before = flow.product.sandbox.control.calls().length;
    await run(id);
    expect(flow.product.sandbox.control.calls().length).toBe(before);
  });

  test("keeps its PIN when Meta acted and the answer was lost", async () => {
    const id = await connected(open);
    flow.product.sandbox.control.addScenario({
      endpoint: "register",
      times: 1,
      outcome: { kind: "reset_after" },
    });
    await expect(run(id)).rejects.toThrow(/retry_later/);
    await run(id);
    expect(await refusal()).toBeNull();
    expect(registerCalls()).toBe(1);
  });
});

test("a number that is registered, or lives in the WhatsApp Business app, is never registered by us", async () => {
  const id = await connected();
  await run(id);
  Object.assign(number(), { ...open, isOnBizApp: true });
  await run(id);
  expect(registerCalls()).toBe(0);
  expect(await refusal()).toBeNull();
  expect(await events()).toEqual([]);
});

test.each(["error", "pending"])("nothing is tried again for a connection that is %s", async (status) => {
  const connectionId = await connected();
  await flow.product.database.sql("update channel_connections set status = $1", [status]);
  await flow.product.database.sql("delete from graphile_worker._private_jobs");
  const actor = { ...flow.ana, sessionId: flow.ana.userId, requestId: "r-1" };
  for (const step of ["deliveries", "registration"] as const) {
    const asked = { channel: "meta_whatsapp" as const, connectionId, step };
    expect(await retryStep(deps(), actor, asked)).toEqual({ kind: "none" });
  }
  expect(await jobs()).toEqual([]);
  expect(await events()).toEqual([]);
});

describe("a refusal", () => {
  test("of the PIN is told and not tried again by itself; once a person has mended it, it works", async () => {
    const id = await connected({ ...open, pin: EARLIER_PROVIDER_PIN });
    await run(id);
    expect(await refusal()).toBe("pin_mismatch");
    expect(registerCalls()).toBe(1);
    number().pin = null;
    const path = "/settings/integrations/whatsapp/retry?step=registration";
    const body = new URLSearchParams({ connectionId: id });
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    const answer = await callRoute(retry, ask(path, flow.ana, { method: "POST", body }));
    expect(answer.status).toBe(303);
    expect((await jobs()).map((job) => job.task)).toEqual(["register_number"]);
    expect(await refusal()).toBeNull();
    await run(id);
    expect(number().platformType).toBe("CLOUD_API");
  });

  test.each([
    [133006, "verify_again"],
    [133016, "too_many_attempts"],
    [131031, "account_locked"],
    [10, "permission"],
  ])("%s is told as %s", async (code, told) => {
    const id = await connected(open);
    flow.product.sandbox.control.addScenario({
      endpoint: "register",
      outcome: { kind: "graph_error", code },
    });
    await run(id);
    expect(await refusal()).toBe(told);
    expect(registerCalls()).toBe(1);
  });

  test("because it was deleted a moment ago is tried again in six minutes", async () => {
    const id = await connected(open);
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    flow.product.sandbox.control.addScenario({
      endpoint: "register",
      outcome: { kind: "graph_error", code: 133015 },
    });
    await run(id);
    expect(await refusal()).toBeNull();
    const [job] = await flow.product.database.sql<{ minutes: number }>(
      "select round(extract(epoch from run_at - now()) / 60)::int as minutes from graphile_worker._private_jobs",
    );
    expect(job?.minutes).toBe(6);
  });
});

test("trying a step again is nobody else's to ask", async () => {
  const id = await connected();
  await flow.product.database.sql("delete from graphile_worker._private_jobs");
  const eva = await flow.product.person();
  for (const [step, status] of [
    ["deliveries", 303],
    ["everything", 400],
  ] as const) {
    const body = new URLSearchParams({ connectionId: id });
    const request = ask(`/settings/integrations/whatsapp/retry?step=${step}`, eva, { method: "POST", body });
    expect((await callRoute(retry, request)).status).toBe(status);
  }
  expect(await jobs()).toEqual([]);
});
