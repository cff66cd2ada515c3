import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { enqueue } from "#db/jobs.ts";
import { givenUpJobs } from "#db/queries/operators/operations-overview.ts";
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
  test("gets a job, and another look adds none to its lane", async () => {
    await deliver(database, {}, secondsAgo(61));
    expect(await reconcileDeliveries(deps, aMinute)).toBe(true);
    const [first, ...others] = await jobs();
    expect(first).toMatchObject({ key: expect.stringMatching(/^ingest:[01]$/), attempts: 0 });
    expect(others).toEqual([]);
    for (let look = 0; look < 20; look++) await reconcileDeliveries(deps, aMinute);
    // Whoever wakes draws one of the two lanes.
    const lanes = await jobs();
    expect(lanes.map(({ key }) => key).sort()).toEqual(["ingest:0", "ingest:1"]);
    expect(lanes).toContainEqual(first);
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

test("news of an account that could not be applied stands under Operations until it is told anew", async () => {
  const news = {
    tenantId: "11111111-1111-4111-8111-111111111111",
    connectionId: "22222222-2222-4222-8222-222222222222",
    requestId: "r",
    deliveryId: "7",
    itemPath: "entry.0.changes.0",
    field: "account_update",
    event: "DISABLED_UPDATE",
    detail: {},
    occurredAt: new Date(),
  };
  await enqueue(deps.db, "apply_account_event", news);
  await database.sql("update graphile_worker._private_jobs set attempts = 30, max_attempts = 30");
  const given = () => givenUpJobs(database.as("app_operator"), 10);
  for (let minute = 0; minute < 2; minute++) await reconcileDeliveries(deps, aMinute);
  expect(await given()).toMatchObject([{ task: "apply_account_event", tries: 30 }]);
  // Another item of the same delivery is another job.
  await enqueue(deps.db, "apply_account_event", { ...news, itemPath: "entry.0.changes.1" });
  expect(await jobs()).toHaveLength(2);
  await enqueue(deps.db, "apply_account_event", news);
  // The one that ended has lost its key to the new one.
  await reconcileDeliveries(deps, aMinute);
  expect(await given()).toEqual([]);
  expect(await jobs()).toMatchObject([{ attempts: 0 }, { attempts: 0 }]);
});

test("a job without a key that has no attempt left is removed", async () => {
  await database.sql("select graphile_worker.add_job('request_checks', '{}')");
  await database.sql("update graphile_worker._private_jobs set attempts = 25");
  await reconcileDeliveries(deps, aMinute);
  expect(await jobs()).toEqual([]);
});
