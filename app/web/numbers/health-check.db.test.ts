import { afterEach, describe, expect, test, vi } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { checkConnection, requestDueChecks } from "../../integrations/health/check.server.ts";
import { subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { connectFlows } from "../testing/connect-flows.ts";

const { flow, connect, connections, jobs, statusOf } = connectFlows();
const deps = () => flow.product.services.integrations;
const clock = () => ({ ...deps(), clockDb: flow.product.database.as("app_clock") });

afterEach(() => flow.product.database.empty("connection_health"));

async function connected(): Promise<string> {
  await connect(flow.ana);
  const [{ id } = { id: "" }] = await connections(flow.ana);
  await subscribeWaba(deps(), { ...subject(id), lastAttempt: false });
  await flow.product.database.sql("delete from graphile_worker._private_jobs");
  return id;
}

const subject = (connectionId: string) => ({
  tenantId: flow.ana.tenantId,
  connectionId,
  requestId: "check-1",
});
const check = (id: string, now?: Date) =>
  checkConnection(now ? { ...deps(), now: () => now } : deps(), subject(id));
const stateOf = async () => {
  const [row] = await connections(flow.ana);
  return {
    status: row?.status,
    code: (row?.metadata as { error?: { code: string } } | undefined)?.error?.code,
  };
};
const events = async () =>
  (await flow.product.database.sql<{ kind: string }>("select kind from connection_events order by id"))
    .map(({ kind }) => kind)
    .filter((kind) => !["connected", "deliveries_on"].includes(kind));
const taskNames = async () => (await jobs()).map((job) => job.task);
const refuse = (code: number, subcode?: number, times?: number) =>
  flow.product.sandbox.control.addScenario({
    endpoint: "phone",
    ...(times ? { times } : {}),
    outcome: { kind: "graph_error", code, ...(subcode ? { subcode } : {}) },
  });

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

describe("a number's registration", () => {
  const number = () => flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  const registered = async () => {
    const id = await connected();
    await registerNumber(deps(), { ...subject(id), lastAttempt: false });
    return id;
  };
  const registration = async () => {
    const [row] = await connections(flow.ana);
    return (row?.metadata as { registration?: { result: string; code: string } } | undefined)?.registration;
  };

  test("that is gone at Meta is noticed, and done again under the same PIN", async () => {
    const id = await registered();
    Object.assign(number() ?? {}, { platformType: "NOT_APPLICABLE" });
    await check(id);
    expect(await events()).toEqual(["registration_missing"]);
    expect(await taskNames()).toEqual(["register_number"]);
    await registerNumber(deps(), { ...subject(id), lastAttempt: false });
    expect(number()?.platformType).toBe("CLOUD_API");
    expect(await registration()).toMatchObject({ result: "registered" });
  });

  test.each(["pin_mismatch", "too_many_attempts"])(
    "that Meta refused (%s) is not tried again by a check: each try counts",
    async (code) => {
      const id = await registered();
      Object.assign(number() ?? {}, { platformType: "NOT_APPLICABLE" });
      await flow.product.database.sql(
        "update channel_connections set metadata = jsonb_set(metadata, '{registration}', $1)",
        [{ result: "failed", code }],
      );
      await check(id);
      expect(await events()).toEqual([]);
      expect(await taskNames()).toEqual([]);
    },
  );

  test("that a person mended at Meta is believed", async () => {
    const id = await registered();
    await flow.product.database.sql(
      `update channel_connections set metadata = jsonb_set(metadata, '{registration}', '{"result": "failed", "code": "pin_mismatch"}')`,
    );
    await check(id);
    expect(await registration()).toMatchObject({ result: "registered" });
    expect(await events()).toEqual(["number_registered"]);
    expect(await taskNames()).toEqual([]);
  });
});

describe("deliveries", () => {
  test("that Meta refused are asked for again, and the same refusal is told once", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    flow.product.sandbox.control.addScenario({
      endpoint: "subscribe",
      outcome: { kind: "graph_error", code: 200, status: 403 },
    });
    const again = () => subscribeWaba(deps(), { ...subject(id), lastAttempt: false });
    await again();
    await again();
    expect(await events()).toEqual(["deliveries_failed"]);
    await check(id);
    expect(await taskNames()).toEqual(["subscribe_waba"]);
    flow.product.sandbox.control.clearScenarios();
    await again();
    expect(await listConnections(deps(), flow.ana, "meta_whatsapp")).toMatchObject([{ deliveries: "on" }]);
  });

  test("that are being asked for are not asked for again", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    await flow.product.database.sql(
      `update channel_connections set metadata = jsonb_set(metadata, '{deliveries}', '{"state": "starting"}')`,
    );
    await check(id);
    expect(await events()).toEqual([]);
    expect(await taskNames()).toEqual([]);
  });

  test("that somebody switched off are noticed and asked for again", async () => {
    const id = await connected();
    const waba = flow.product.sandbox.world.wabas[WABA_IDS.luz];
    if (waba) waba.subscribedApps = [];
    await check(id);
    expect(await events()).toEqual(["deliveries_missing"]);
    expect(await taskNames()).toEqual(["subscribe_waba"]);
  });

  test("that an override sends elsewhere are told once, and again when they are back", async () => {
    const id = await connected();
    const app = flow.product.sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps[0];
    if (!app) throw new Error("not subscribed");
    app.override = { uri: "https://elsewhere.example/", verifyToken: "x" };
    await check(id);
    await check(id);
    expect(await statusOf(flow.ana)).toMatchObject({
      connected: true,
      connections: [{ deliveries: "failed" }],
    });
    delete app.override;
    await check(id);
    expect(await statusOf(flow.ana)).toMatchObject({ connections: [{ deliveries: "on" }] });
    expect(await events()).toEqual(["deliveries_elsewhere"]);
  });
});

test("the token's end is announced at 14, 7 and 1 days, once each", async () => {
  const id = await connected();
  const [row] = await connections(flow.ana);
  const end = new Date(row?.token_expires_at ?? 0).getTime();
  for (const daysLeft of [30, 13, 12, 6, 5, 0.5, 0.4]) await check(id, new Date(end - daysLeft * 86_400_000));
  const told = await flow.product.database.sql(
    "select detail from connection_events where kind = 'token_expiring' order by id",
  );
  expect(told).toEqual([{ detail: { days: 13 } }, { detail: { days: 6 } }, { detail: { days: 0 } }]);
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

test("a day without a message is noticed where messages usually come, once, and so is its end", async () => {
  const id = await connected();
  const { tenantId } = flow.ana;
  const arrive = (from: number, to: number, when: string) =>
    flow.product.database.sql(
      `with people as (insert into contacts (tenant_id, provider, wa_id)
         select $1, 'meta_whatsapp', n::text from generate_series($3::int, $4::int) n returning id)
       insert into conversations (tenant_id, connection_id, contact_id, last_inbound_at)
       select $1, $2, id, now() - $5::interval from people`,
      [tenantId, id, from, to, when],
    );
  const silentSince = async () =>
    (await listConnections(deps(), flow.ana, "meta_whatsapp"))[0]?.silentSince ?? null;
  await arrive(1, 19, "30 hours");
  await check(id);
  expect(await silentSince()).toBeNull();
  await arrive(20, 20, "30 hours");
  await check(id);
  await check(id);
  expect(await silentSince()).toBeInstanceOf(Date);
  await arrive(21, 21, "1 hour");
  await check(id);
  expect(await silentSince()).toBeNull();
  expect(await events()).toEqual(["silence_noticed", "silence_ended"]);
});

describe("checks are spread, so that what was connected together does not come up together", () => {
  const chance = vi.spyOn(Math, "random");
  afterEach(() => void chance.mockReset());
  const secondsUntil = async (column: string, table: string) => {
    const [row] = await flow.product.database.sql<{ seconds: number }>(
      `select extract(epoch from ${column} - now())::float8 as seconds from ${table}`,
    );
    return row?.seconds ?? Number.NaN;
  };
  const hour = 3_600;

  test.each([
    [0, 4.5 * hour],
    [0.5, 6 * hour],
    [1, 7.5 * hour],
  ])("the next one by chance (%d) over six hours, give or take a quarter", async (drawn, seconds) => {
    const id = await connected();
    chance.mockReturnValue(drawn);
    await check(id);
    const next = await secondsUntil("next_check_at", "connection_health");
    expect(Math.abs(next - seconds)).toBeLessThan(60);
  });

  test.each([
    [0, 0],
    [1, 300],
  ])("those that are due by chance (%d) over the next five minutes", async (drawn, seconds) => {
    await connected();
    await requestDueChecks(clock(), "clock-1");
    await flow.product.database.sql(
      "update connection_health set next_check_at = now() - interval '1 second'",
    );
    chance.mockReturnValue(drawn);
    expect(await requestDueChecks(clock(), "clock-2")).toBe(1);
    const next = await secondsUntil(
      "run_at",
      "graphile_worker.jobs where task_identifier = 'check_connection'",
    );
    expect(Math.abs(next - seconds)).toBeLessThan(60);
  });
});

describe("the clock", () => {
  test("asks for every connection that is due, of every workspace, once, and for no other", async () => {
    const first = await connected();
    const eva = await flow.product.person();
    await connect(eva, BUSINESS_IDS.norte);
    expect(await requestDueChecks(clock(), "clock-1")).toBe(0);
    await flow.product.database.sql(
      "update connection_health set next_check_at = now() - interval '1 second'",
    );
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    const [one, two] = await Promise.all([
      requestDueChecks(clock(), "clock-2"),
      requestDueChecks(clock(), "clock-3"),
    ]);
    expect((one ?? 0) + (two ?? 0)).toBe(2);
    const asked = (await jobs()).map((job) => [job.task, job.payload.connectionId]);
    const [second] = await connections(eva);
    expect(asked.sort()).toEqual(
      [
        ["check_connection", first],
        ["check_connection", second?.id],
      ].sort(),
    );
  });

  test("leaves a disconnected number alone", async () => {
    const id = await connected();
    await check(id);
    // Due, and asked for while it was connected.
    const due =
      "update connection_health set next_check_at = now() - interval '1 second' returning connection_id";
    for (let round = 0; round < 2; round++) {
      expect(await flow.product.database.sql(due)).toEqual([{ connection_id: id }]);
      if (round === 0) expect(await requestDueChecks(clock(), "clock-4")).toBe(1);
    }
    await flow.product.database.sql(
      "update channel_connections set status = 'revoked', access_token_enc = null where phone_number_id = $1",
      [NUMBER_IDS.luz],
    );
    expect(await requestDueChecks(clock(), "clock-5")).toBe(0);
    const calls = flow.product.sandbox.control.calls().length;
    await check(id);
    expect(flow.product.sandbox.control.calls()).toHaveLength(calls);
  });
});
