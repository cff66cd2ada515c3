import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { deliver, inboxDeps } from "../testing/test-workspaces.ts";
import { reconcileDeliveries } from "./reconcile.server.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps> & { jobsDb: ReturnType<TestDatabase["as"]> };

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = { ...inboxDeps(database), jobsDb: database.as("app_jobs") };
});
afterAll(() => database.drop());
beforeEach(() => database.empty("webhook_deliveries", "graphile_worker._private_jobs"));

const jobs = () =>
  database.sql("select key, attempts, max_attempts from graphile_worker._private_jobs order by id");
const secondsAgo = (count: number) => new Date(Date.now() - count * 1_000).toISOString();
const aMinute = { olderThanMs: 60_000 };

describe("a delivery that waits too long", () => {
  test("gets a job, and another look adds none", async () => {
    // Whoever wakes draws a lane: the same one each time here.
    vi.spyOn(Math, "random").mockReturnValue(0.001);
    onTestFinished(() => void vi.restoreAllMocks());
    await deliver(database, {}, secondsAgo(61));
    expect(await reconcileDeliveries(deps, aMinute)).toBe(true);
    const first = await jobs();
    expect(first).toMatchObject([{ key: "ingest:1", attempts: 0 }]);
    for (let look = 0; look < 20; look++) await reconcileDeliveries(deps, aMinute);
    expect(await jobs()).toEqual(first);
  });

  test.each([
    ["that is young", () => deliver(database, {}, secondsAgo(30))],
    [
      "that is done",
      async () => {
        await deliver(database, {}, secondsAgo(90));
        await database.sql("update webhook_deliveries set processed_at = now(), outcome = 'ignored'");
      },
    ],
    [
      "that was put off",
      async () => {
        await deliver(database, {}, secondsAgo(90));
        await database.sql("update webhook_deliveries set retry_at = now() + interval '1 hour'");
      },
    ],
  ])("but not one %s", async (_name, arrange) => {
    await arrange();
    expect(await reconcileDeliveries(deps, aMinute)).toBe(false);
    expect(await jobs()).toEqual([]);
  });
});

test("a keyed job killed in its last attempt gets one more, to record its end, and five at most", async () => {
  await database.sql(
    "select graphile_worker.add_job('stop_deliveries', '{}', job_key := 'stop_deliveries:1')",
  );
  const minute = async () => {
    await database.sql("update graphile_worker._private_jobs set attempts = greatest(max_attempts, 25)");
    await reconcileDeliveries(deps, aMinute);
    return jobs();
  };
  for (const most of [26, 27, 28, 29, 30, 30]) {
    expect(await minute()).toMatchObject([{ max_attempts: most, key: "stop_deliveries:1" }]);
  }
  expect(await jobs()).toMatchObject([{ attempts: 30 }]);
});

test("a job without a key that has no attempt left is removed", async () => {
  await database.sql("select graphile_worker.add_job('request_checks', '{}')");
  await database.sql("update graphile_worker._private_jobs set attempts = 25");
  await reconcileDeliveries(deps, aMinute);
  expect(await jobs()).toEqual([]);
});
