import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(() => database.empty("graphile_worker._private_jobs"));

const wake = (caller = 0) =>
  database.sql("select app.enqueue_as('app_web', 'process_deliveries', '{}', lane => $1)", [caller]);
/** `ctid` is where the row's present version stands: another one means that it was written. */
const jobs = () =>
  database.sql<{ key: string; place: string; attempts: number }>(
    "select key, ctid::text as place, attempts from graphile_worker._private_jobs order by id",
  );

test("asking again while a job waits adds nothing and writes nothing", async () => {
  await wake();
  const [waiting] = await jobs();
  for (let again = 0; again < 20; again++) await wake();
  expect(await jobs()).toEqual([waiting]);
});

test("callers keep to lanes, of which the database may have more", async () => {
  for (const caller of [0, 1, 2, 3]) await wake(caller);
  expect((await jobs()).map(({ key }) => key)).toEqual(["ingest:0", "ingest:1"]);
  await database.sql(
    "select set_config('app.ingest_lanes', '4', true), app.enqueue_as('app_web', 'process_deliveries', '{}', lane => 7)",
  );
  expect((await jobs()).map(({ key }) => key)).toContain("ingest:3");
});

test("while a job runs another one is asked for: what it has not seen must be seen", async () => {
  await wake();
  await database.sql(
    "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-x', attempts = 1",
  );
  await wake();
  await wake();
  expect((await jobs()).filter(({ key }) => key === "ingest:0")).toHaveLength(1);
  expect(await jobs()).toHaveLength(2);
});

test("a job that failed and waits for its next try is asked for anew, at once", async () => {
  await wake();
  await database.sql(
    "update graphile_worker._private_jobs set attempts = 3, run_at = now() + interval '1 hour'",
  );
  await wake();
  const due = await database.sql("select from graphile_worker._private_jobs where run_at <= now()");
  expect(due).toHaveLength(1);
});

test("nobody can begin a waiting job before the caller's commit, and then it is told of", async () => {
  await wake();
  const take = () =>
    database.sql(
      "select id from graphile_worker._private_jobs where locked_at is null for update skip locked",
    );
  const db = database.as("app_ingest");
  let atCommit = 0;
  await db.transaction().execute(async (trx) => {
    await sql`select app.enqueue('process_deliveries', '{}', lane => 0)`.execute(trx);
    atCommit = (await take()).length;
  });
  expect(atCommit).toBe(0);
  expect(await take()).toHaveLength(1);
});
