import { describe, expect, test } from "vitest";
import { graph, sandboxForTest, tokenFor } from "../testing.ts";
import { BUSINESS_IDS, WABA_IDS } from "../world/world.ts";
import type { RuleInput } from "./scenarios.ts";

const PATH = `/${WABA_IDS.luz}/phone_numbers`;

async function once(outcome: RuleInput["outcome"]) {
  const sandbox = await sandboxForTest();
  const token = tokenFor(sandbox, BUSINESS_IDS.luz);
  sandbox.control.addScenario({ endpoint: "phone_numbers", times: 1, outcome });
  const call = (signal?: AbortSignal) =>
    fetch(`${sandbox.url}/v25.0${PATH}`, {
      redirect: "manual",
      headers: { Authorization: `Bearer ${token}` },
      ...(signal ? { signal } : {}),
    });
  return { sandbox, token, call };
}

describe("outcomes", () => {
  test("graph_error, and the next call is normal again", async () => {
    const { sandbox, token } = await once({
      kind: "graph_error",
      status: 503,
      code: 2,
      subcode: 7,
      message: "Service temporarily unavailable",
      is_transient: true,
    });
    const failed = await graph(sandbox, PATH, { token });
    expect(failed.status).toBe(503);
    expect(failed.body.error).toMatchObject({ code: 2, error_subcode: 7, is_transient: true });
    expect((await graph(sandbox, PATH, { token })).status).toBe(200);
  });

  test("http: a 502 with HTML", async () => {
    const { call } = await once({ kind: "http" });
    const response = await call();
    expect(response.status).toBe(502);
    expect(response.headers.get("content-type")).toContain("text/html");
  });

  test("hang: the answer comes late", async () => {
    const { call } = await once({ kind: "hang", ms: 60_000 });
    await expect(call(AbortSignal.timeout(100))).rejects.toThrow(/timeout/);
    const short = await once({ kind: "hang", ms: 80 });
    const startedAt = performance.now();
    expect((await short.call()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  test("wrong_shape: JSON that is not what was documented", async () => {
    const { call } = await once({ kind: "wrong_shape" });
    expect(await (await call()).json()).toEqual({ data: "not a list", paging: 7 });
  });

  test("huge_body: as many bytes as asked for", async () => {
    const { call } = await once({ kind: "huge_body", bytes: 3_000_000 });
    expect((await (await call()).arrayBuffer()).byteLength).toBeGreaterThan(3_000_000);
  });

  test("redirect: to wherever the rule says", async () => {
    const { call } = await once({ kind: "redirect", location: "http://127.0.0.1:9/x" });
    const response = await call();
    expect([response.status, response.headers.get("location")]).toEqual([302, "http://127.0.0.1:9/x"]);
  });

  test("rate_limited: 429, with the minutes to wait in the usage header", async () => {
    const { call } = await once({ kind: "rate_limited", minutesToRegain: 9 });
    const response = await call();
    expect(response.status).toBe(429);
    const usage = JSON.parse(response.headers.get("x-business-use-case-usage") ?? "{}");
    expect(Object.values(usage)).toMatchObject([[{ call_count: 100, estimated_time_to_regain_access: 9 }]]);
  });
});

describe("a connection that breaks", () => {
  const subscription = `/${WABA_IDS.luz}/subscribed_apps`;

  test.each([
    ["reset_before", 0],
    ["reset_after", 1],
  ] as const)("%s: the caller cannot tell, the world can", async (kind, subscribed) => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    sandbox.control.addScenario({ endpoint: "subscribe", times: 1, outcome: { kind } });
    await expect(graph(sandbox, subscription, { method: "POST", token })).rejects.toThrow();
    expect(sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toHaveLength(subscribed);
    expect(sandbox.control.calls().at(-1)?.status).toBeNull();
  });

  test("acts: an error although the call took effect", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    sandbox.control.addScenario({ endpoint: "subscribe", times: 1, outcome: { kind: "http", acts: true } });
    await fetch(`${sandbox.url}${subscription}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps).toHaveLength(1);
  });
});

describe("rules", () => {
  test("run in the order they were added; one without times stays", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    sandbox.control.addScenario({ endpoint: "me", times: 1, outcome: { kind: "ok" } });
    sandbox.control.addScenario({ endpoint: "*", outcome: { kind: "graph_error", code: 4 } });
    const statuses: number[] = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await graph(sandbox, "/me", { token })).status);
    expect(statuses).toEqual([200, 400, 400]);
    sandbox.control.clearScenarios();
    expect((await graph(sandbox, "/me", { token })).status).toBe(200);
  });
});
