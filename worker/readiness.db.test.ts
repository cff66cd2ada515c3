/** What the real worker says at /readyz and why, from before its database is there until it has been asked to end. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { enqueue } from "#db/jobs.ts";
import {
  administer,
  createTestDatabase,
  type TestDatabase,
  withDatabase,
} from "#db/testing/test-database.ts";
import {
  killWorkers,
  startWorker,
  until,
  type WorkerProcess,
  workerEnvironment,
} from "./testing/test-worker.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterEach(async () => {
  await killWorkers();
  await database.drop();
});

const putBehind = "update app.migrations set name = 'older ' || name";
const bringUpToDate = "update app.migrations set name = replace(name, 'older ', '')";

async function readiness({ url }: WorkerProcess): Promise<[status: number, reason?: string] | undefined> {
  // Whoever asks a probe does not wait for long: less than the two seconds after which a pool gives up by itself.
  const asked = fetch(`${url}/readyz`, { signal: AbortSignal.timeout(1_900) });
  const answer = await asked.catch(() => undefined);
  if (!answer) return;
  const { ready, reason } = (await answer.json()) as { ready: boolean; reason?: string };
  expect(ready).toBe(answer.status === 200);
  return reason === undefined ? [answer.status] : [answer.status, reason];
}

async function untilItSays(worker: WorkerProcess, ...wanted: [status: number, reason?: string]) {
  const said = async () => JSON.stringify(await readiness(worker)) === JSON.stringify(wanted);
  await until(`it says ${wanted.join(" ")}`, said, worker.said);
}

/** Until it is released, whoever asks for `table` waits. */
async function holdTable(table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  const release = () => client.end();
  onTestFinished(() => void release());
  return release;
}

test("waits for a database that is away, then for its migrations, alive and taking no job; then is ready", async () => {
  const name = `curbe_test_late_${randomBytes(4).toString("hex")}`;
  const rename = (from: string, to: string) =>
    administer(inject("adminUrl"), `alter database ${from} rename to ${to}`);
  await administer(inject("adminUrl"), `create database ${name}_soon template ${inject("template")}`);
  const late = { url: withDatabase(database.url, name), soon: withDatabase(database.url, `${name}_soon`) };
  await administer(late.soon, putBehind);
  await administer(late.soon, "select graphile_worker.add_job('process_deliveries')");
  const worker = await startWorker(workerEnvironment(late.url));
  onTestFinished(() => administer(inject("adminUrl"), `drop database if exists ${name} with (force)`));

  await untilItSays(worker, 503, "database does not answer");
  expect((await fetch(`${worker.url}/livez`)).status).toBe(200);
  await rename(`${name}_soon`, name);
  await untilItSays(worker, 503, "not at this build's schema");
  await until("its log says so", () => /waits for the database/.test(worker.said()));
  expect((await fetch(`${worker.url}/livez`)).status).toBe(200);
  expect(worker.said()).not.toContain("taking jobs");

  await administer(late.url, bringUpToDate);
  await untilItSays(worker, 200);
  // Its line may come a moment after the answer to the probe.
  await expect.poll(worker.said).toContain("taking jobs");
  worker.child.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("running, says that the database is silent, that the schema is behind, and that it drains", async () => {
  const worker = await startWorker(workerEnvironment(database.url));
  await untilItSays(worker, 200);

  const answerAgain = await holdTable("app.migrations");
  await untilItSays(worker, 503, "database does not answer");
  await answerAgain();
  await untilItSays(worker, 200);

  await database.sql(putBehind);
  await untilItSays(worker, 503, "not at this build's schema");
  await database.sql(bringUpToDate);
  await untilItSays(worker, 200);

  const letGoOn = await holdTable("webhook_deliveries");
  await enqueue(database.as("app_web"), "process_deliveries", {});
  const begun = `select from pg_stat_activity where datname = current_database()
                    and application_name = 'curbe-worker-ingest' and wait_event_type = 'Lock'`;
  await until("a job has begun", async () => (await database.sql(begun)).length > 0, worker.said);
  worker.child.kill("SIGTERM");
  await untilItSays(worker, 503, "draining");
  await letGoOn();
  expect(await worker.exited).toBe(0);
});
