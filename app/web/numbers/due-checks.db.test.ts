/** When checks come: of every connection that is due, once, and not all together. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { requestDueChecks } from "../../integrations/health/check.server.ts";
import { healthChecks } from "./testing/health-checks.ts";

const { flow, connect, connections, jobs, deps, connected, check } = healthChecks();
const clock = () => ({ ...deps(), clockDb: flow.product.database.as("app_clock") });

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
