/** What a check makes of a Meta that refuses or is away: two refusals in a row are told, one success ends it. */
import { describe, expect, test } from "vitest";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { healthChecks } from "./testing/health-checks.ts";

const { flow, connect, statusOf, deps, connected, subject, check, stateOf, events, taskNames, refuse } =
  healthChecks();

describe("a token that Meta refuses", () => {
  test("is checked again within a minute, and the second refusal in a row is told, once", async () => {
    const id = await connected();
    refuse(190, 463);
    await check(id);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    expect(await taskNames()).toEqual(["check_connection"]);
    const soon =
      "select extract(epoch from run_at - now())::float as seconds from graphile_worker._private_jobs";
    const [{ seconds } = { seconds: 0 }] = await flow.product.database.sql<{ seconds: number }>(soon);
    expect(seconds).toBeGreaterThan(5);
    expect(seconds).toBeLessThanOrEqual(60);
    await check(id);
    expect(await stateOf()).toEqual({ status: "error", code: "token_rejected" });
    expect(await statusOf(flow.ana)).toMatchObject({ connected: false, may_send: false });
    await check(id);
    expect(await events()).toEqual(["access_lost"]);
  });

  test("is forgiven when the next check succeeds, and what was told is taken back", async () => {
    const id = await connected();
    refuse(190, 460, 1);
    await check(id);
    await check(id);
    refuse(190, 460, 1);
    await check(id);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    refuse(190, 460, 1);
    await check(id);
    expect(await stateOf()).toMatchObject({ status: "error" });
    await check(id);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    expect(await events()).toEqual(["access_lost", "access_recovered"]);
  });

  test("says nothing about the token of a reconnect", async () => {
    const id = await connected();
    refuse(190);
    await check(id);
    await check(id);
    flow.product.sandbox.control.clearScenarios();
    await connect(flow.ana);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    refuse(190, undefined, 1);
    await check(id);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
  });

  test("says nothing about the token of a reconnect that came while Meta was asked, and is not its first refusal", async () => {
    const id = await connected();
    refuse(190, undefined, 1);
    await check(id);
    refuse(190, undefined, 1);
    const connector = deps().connectors.meta_whatsapp;
    const asks = connector.checkAccess;
    const checkAccess: typeof asks = async (...asked) => {
      const seen = await asks(...asked).catch((error: unknown) => error);
      await connect(flow.ana);
      throw seen;
    };
    await checkConnection(
      { ...deps(), connectors: { ...deps().connectors, meta_whatsapp: { ...connector, checkAccess } } },
      subject(id),
    );
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    refuse(190, undefined, 1);
    await check(id);
    expect(await stateOf()).toEqual({ status: "active", code: undefined });
    expect(await events()).not.toContain("access_lost");
  });
});

describe("a permission that is gone", () => {
  test.each([
    [10, undefined],
    [200, undefined],
    [100, 33],
  ])("(%s/%s) counts only when a second reading is refused as well", async (code, subcode) => {
    const id = await connected();
    refuse(code, subcode, 1);
    await check(id);
    expect(await taskNames()).toEqual([]);
    refuse(code, subcode);
    await check(id);
    expect(await stateOf()).toMatchObject({ status: "active" });
    await check(id);
    expect(await stateOf()).toEqual({ status: "error", code: "permission_lost" });
  });
});

test("a Meta that is away, slow or odd never turns a connection red", async () => {
  const id = await connected();
  for (const outcome of [
    { kind: "http" },
    { kind: "reset_before" },
    { kind: "wrong_shape" },
    { kind: "rate_limited" },
    { kind: "graph_error", code: 2, is_transient: true },
  ] as const) {
    flow.product.sandbox.control.clearScenarios();
    flow.product.sandbox.control.addScenario({ endpoint: "phone", outcome });
    await check(id);
    await check(id);
    expect(await stateOf(), outcome.kind).toEqual({ status: "active", code: undefined });
  }
  expect(await events()).toEqual([]);
});

test("a check that Meta did not answer is no answer: the refusal before it counts, and the next check is in a quarter of an hour", async () => {
  const id = await connected();
  refuse(190, undefined, 1);
  await check(id);
  flow.product.sandbox.control.addScenario({ endpoint: "phone", times: 1, outcome: { kind: "wrong_shape" } });
  await check(id);
  const [{ seconds = 0 } = {}] = await flow.product.database.sql<{ seconds: number }>(
    "select extract(epoch from next_check_at - now())::float8 as seconds from connection_health",
  );
  expect(Math.abs(seconds - 15 * 60)).toBeLessThan(60);
  expect(await stateOf()).toMatchObject({ status: "active" });
  refuse(190, undefined, 1);
  await check(id);
  expect(await stateOf()).toEqual({ status: "error", code: "token_rejected" });
});

test("a check that succeeds takes back only what it disproves", async () => {
  const id = await connected();
  const cause = (code: string) => ({ code, at: new Date().toISOString() });
  const broken = async (error: object) => {
    const text =
      "update channel_connections set status = 'error', metadata = metadata || jsonb_build_object('error', $1::jsonb)";
    await flow.product.database.sql(text, [JSON.stringify(error)]);
    await check(id);
    return (await stateOf()).status;
  };
  expect(await broken({ ...cause("access_removed"), also: [cause("account_disabled")] })).toBe("error");
  expect(await broken(cause("account_disabled"))).toBe("error");
  expect(await broken({ ...cause("access_removed"), also: [cause("permission_lost")] })).toBe("active");
});
