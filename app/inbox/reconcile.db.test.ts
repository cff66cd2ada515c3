import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { enqueueDeliveries } from "#db/jobs.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { reconcileDeliveries } from "./reconcile.server.ts";
import { deliverAll, inboxDeps } from "./test-workspaces.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps> & { jobsDb: ReturnType<TestDatabase["as"]> };
const minutes = (count: number) => ({ olderThanMs: count * 60_000 });

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = { ...inboxDeps(database), jobsDb: database.as("app_jobs") };
});
afterAll(() => database.drop());
beforeEach(() =>
  database.sql("truncate webhook_deliveries, graphile_worker._private_jobs restart identity cascade"),
);

const jobs = () =>
  database.sql<{ payload: unknown }>(
    "select payload, attempts, max_attempts, key from graphile_worker._private_jobs order by id",
  );
const minutesAgo = (count: number) => new Date(Date.now() - count * 60_000).toISOString();

describe("a delivery that waits too long", () => {
  test("without a job gets one; others are left alone", async () => {
    const ages = [20, 20, 20, 20, 1].map(minutesAgo);
    const [lost, live, done, running, young] = await deliverAll(
      database,
      ages.map(() => ({})),
      ages,
    );
    await database.sql(
      "update webhook_deliveries set processed_at = now(), outcome = 'ignored' where id = $1",
      [done],
    );
    await enqueueDeliveries(deps.db, [live ?? ""]);
    await enqueueDeliveries(deps.db, [running ?? ""]);
    await database.sql(
      "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-x', attempts = 25 where payload::text like $1",
      [`%"${running}"%`],
    );
    expect(await reconcileDeliveries(deps, minutes(5))).toBe(1);
    expect((await jobs()).map(({ payload }) => payload)).toEqual([
      { deliveryIds: [live] },
      { deliveryIds: [running] },
      { deliveryIds: [lost] },
    ]);
    expect(await reconcileDeliveries(deps, minutes(5))).toBe(0);
    expect(await reconcileDeliveries(deps, minutes(0.5))).toBe(1);
    expect((await jobs()).at(-1)?.payload).toEqual({ deliveryIds: [young] });
  });

  test("whose job spent its last attempt gets a new one, and the dead job is removed", async () => {
    const [id] = await deliverAll(database, [{}], [minutesAgo(20)]);
    await enqueueDeliveries(deps.db, [id ?? ""]);
    await database.sql("update graphile_worker._private_jobs set attempts = 25");
    expect(await reconcileDeliveries(deps, minutes(5))).toBe(1);
    expect(await jobs()).toMatchObject([{ payload: { deliveryIds: [id] }, attempts: 0 }]);
  });
});

test("a keyed job killed in its last attempt gets one more, to record its end", async () => {
  await database.sql(
    "select graphile_worker.add_job('stop_deliveries', '{}', job_key := 'stop_deliveries:1')",
  );
  await database.sql("update graphile_worker._private_jobs set attempts = 25");
  await reconcileDeliveries(deps, minutes(5));
  expect(await jobs()).toMatchObject([{ attempts: 25, max_attempts: 26, key: "stop_deliveries:1" }]);
});
