/** A job that fails, under the real runner: when it is tried again, how often, and what is to be seen of its end. */
import { afterAll, beforeAll, beforeEach, expect, inject, onTestFinished, test } from "vitest";
import { reconcileDeliveries } from "#app/inbox/intake/reconcile.server.ts";
import { connectWorkspace, inboxDeps } from "#app/inbox/testing/test-workspaces.ts";
import { phoneNumberId } from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createPool, withTenant } from "#db/client.ts";
import { enqueue } from "#db/jobs.ts";
import { givenUpJobs, jobsByTask } from "#db/queries/operators/operations-overview.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { createLiveness } from "./liveness.ts";
import { createMetrics } from "./metrics.ts";
import { startRunner } from "./runner.ts";
import { type Attempt, frameTask } from "./task-frame.ts";
import { until } from "./testing/test-worker.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(() => database.empty("tenants", "graphile_worker._private_jobs"));

const metrics = createMetrics(async () => ({ unprocessed: 0, oldestSeconds: 0 }));

/** A runner that has one task, which always fails; what each attempt was told, and what was logged. */
async function startFailing() {
  const { log, lines } = inboxDeps(database);
  const attempts: Attempt[] = [];
  const openPool = (max: number) =>
    createPool({
      connectionString: database.url,
      role: "app_jobs",
      applicationName: "attempts-test",
      max,
      statementTimeoutMs: 5_000,
      onError: () => {},
    });
  const livenessPool = openPool(1);
  const liveness = await createLiveness({ pool: livenessPool, log, onLost: () => {} });
  const fail = async (_payload: unknown, attempt: Attempt) => {
    attempts.push(attempt);
    throw Object.assign(new Error("EAAG-canary of 34600111222"), { name: "GraphError", kind: "retry_later" });
  };
  const taskList = { subscribe_waba: frameTask("subscribe_waba", fail, { log, metrics }) };
  const onEnded = (error: unknown) => expect.unreachable(String(error));
  const runner = await startRunner({ pool: openPool(4), concurrency: 1, taskList, liveness, log, onEnded });
  onTestFinished(async () => {
    await runner.stop();
    liveness.stop();
    await livenessPool.end();
  });
  return { attempts, lines };
}

interface Row {
  attempts: number;
  last_error: string;
  /** From the attempt to the next one. */
  pause: number;
}

/** The job once it has failed for the nth time. */
async function failedFor(n: number): Promise<Row> {
  let row: Row | undefined;
  await until(`it has failed ${n} times`, async () => {
    [row] = await database.sql<Row>(
      `select attempts, last_error, extract(epoch from run_at - updated_at)::float8 as pause
         from graphile_worker.jobs where task_identifier = 'subscribe_waba' and locked_by is null`,
    );
    return row?.attempts === n;
  });
  return row as Row;
}

/** Lets the time pass until the job is due. */
async function passTime(): Promise<void> {
  await database.sql("update graphile_worker._private_jobs set run_at = now()");
  await database.sql(`select pg_notify('jobs:insert', '{"r":0,"count":1}')`);
}

test("a job that fails is tried again 24 times over about four days, is told of the last one, and then stands where operators look", async () => {
  const { tenantId, connectionId } = await connectWorkspace(database, phoneNumberId);
  const { attempts, lines } = await startFailing();
  // As if a minute began.
  await database.sql("select graphile_worker.add_job('drop_deliveries', job_key := 'drop_deliveries')");
  const order = { tenantId, connectionId, requestId: "request-of-a-click" };
  await withTenant(database.as("app_web"), tenantId, (tdb) => enqueue(tdb, "subscribe_waba", order));

  const pauses: number[] = [];
  for (let n = 1; n < 25; n++) {
    const { pause, last_error } = await failedFor(n);
    expect(last_error).toBe("GraphError retry_later");
    pauses.push(pause);
    await passTime();
  }
  await failedFor(25);
  // e seconds at first, e times as long each time, never more than a good six hours.
  const late = pauses.map((pause, n) => pause - Math.exp(Math.min(n + 1, 10)));
  // From the attempt's begin, which is a little before its failure.
  expect([Math.min(...late) > -0.01, Math.max(...late) < 3]).toEqual([true, true]);
  expect(pauses.reduce((sum, pause) => sum + pause) / 86_400).toBeCloseTo(4, 1);
  expect(attempts.map(({ lastAttempt }) => lastAttempt)).toEqual([...pauses.map(() => false), true]);
  expect(new Set(attempts.map(({ requestId }) => requestId))).toEqual(new Set(["request-of-a-click"]));

  const failures = lines.filter(({ message }) => message === "Job failed");
  expect(failures.map(({ level }) => level)).toEqual([...pauses.map(() => "warn"), "error"]);
  expect(failures.at(-1)).toMatchObject({ task: "subscribe_waba", attempt: 25 });
  expect(await metrics.registry.metrics()).toContain(
    'job_duration_seconds_count{task="subscribe_waba",outcome="failed"} 25',
  );

  // However much time passes, nobody takes it up again: not even when it would be its turn before another.
  await passTime();
  const another = JSON.stringify({ ...order, requestId: "another" });
  await database.sql("select graphile_worker.add_job('subscribe_waba', $1::json)", [another]);
  await until("another job has its turn", () => attempts.some(({ requestId }) => requestId === "another"));
  expect(attempts).toHaveLength(26);
  await database.sql("delete from graphile_worker._private_jobs where key is null");
  const operator = database.as("app_operator");
  // Without what the clock asks for when a minute begins.
  const ours = (await jobsByTask(operator)).filter(({ task }) => task === "subscribe_waba");
  const lastError = "GraphError retry_later";
  expect(ours).toMatchObject([{ waiting: 0, running: 0, failing: 0, givenUp: 1, lastError }]);
  expect(await givenUpJobs(operator, 10)).toMatchObject([{ task: "subscribe_waba", tries: 25, lastError }]);
  expect(JSON.stringify(await database.sql("select * from graphile_worker.jobs"))).not.toMatch(/EAAG|34600/);
});

test("one that cannot record its end either is given five more attempts for that, and then stands until asked for anew", async () => {
  const { tenantId, connectionId } = await connectWorkspace(database, phoneNumberId);
  const order = { tenantId, connectionId, requestId: "request-of-a-click" };
  const ask = () =>
    withTenant(database.as("app_web"), tenantId, (tdb) => enqueue(tdb, "subscribe_waba", order));
  await ask();
  await database.sql("update graphile_worker._private_jobs set attempts = 24");
  const { attempts, lines } = await startFailing();
  await failedFor(25);
  const deps = { ...inboxDeps(database), jobsDb: database.as("app_jobs") };
  for (let n = 26; n <= 30; n++) {
    await reconcileDeliveries(deps, { olderThanMs: 30_000 });
    await passTime();
    await failedFor(n);
  }
  expect(attempts.map(({ lastAttempt }) => lastAttempt)).toEqual(Array(6).fill(true));
  expect(lines.filter(({ level }) => level === "error")).toHaveLength(6);

  const stands = () =>
    database.sql("select * from graphile_worker.jobs where task_identifier = 'subscribe_waba'");
  const standing = await stands();
  expect(standing).toMatchObject([{ attempts: 30, max_attempts: 30, locked_at: null }]);
  for (let minute = 0; minute < 3; minute++) await reconcileDeliveries(deps, { olderThanMs: 30_000 });
  expect(await stands()).toEqual(standing);
  const given = await givenUpJobs(database.as("app_operator"), 10);
  expect(given).toMatchObject([{ task: "subscribe_waba", tries: 30, lastError: "GraphError retry_later" }]);

  await ask();
  await until("the new one has its turn", () => attempts.length > 6);
  expect(attempts.at(-1)?.lastAttempt).toBe(false);
  await reconcileDeliveries(deps, { olderThanMs: 30_000 });
  await failedFor(1);
  expect(await stands()).toHaveLength(1);
});
