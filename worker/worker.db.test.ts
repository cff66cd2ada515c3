import { sql } from "kysely";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { connectWorkspace, deliver, deliverAll } from "#app/inbox/testing/test-workspaces.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import type { Db } from "#db/client.ts";
import { enqueue } from "#db/jobs.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import {
  killWorkers,
  readiness,
  readMetrics,
  startWorker,
  until,
  untilReady,
  workerEnvironment,
} from "./testing/test-worker.ts";

let database: TestDatabase;
let env: Record<string, string>;
let webDb: Db;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  env = workerEnvironment(database.url);
  webDb = database.as("app_web");
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "webhook_deliveries", "graphile_worker._private_jobs");
  await connectWorkspace(database, meta.phoneNumberId);
});
afterEach(async () => {
  for (const release of held) await release();
  await killWorkers();
});

const count = async (query: string) =>
  (await database.sql<{ n: number }>(`select count(*)::int as n from ${query}`))[0]?.n ?? 0;

async function deliverWithJob(...bodies: unknown[]): Promise<string[]> {
  // As if just received: what has waited for half a minute is given a second job when a minute begins.
  const now = new Date().toISOString();
  const ids = await deliverAll(
    database,
    bodies,
    bodies.map(() => now),
  );
  await enqueue(webDb, "process_deliveries", {});
  return ids;
}

const oneMessage = (id: string) =>
  meta.bodyOf({ messages: [meta.textMessage(id, meta.waId, "Secreto 4711")] });

/** Holds every message back until released: a job that has begun and cannot go on. */
async function holdMessages(): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("begin; lock table messages in exclusive mode");
  const release = async () => {
    held.delete(release);
    await client.query("rollback");
    await client.end();
  };
  held.add(release);
  return release;
}

/** Not yet released: what one test leaves behind would stop all the others. */
const held = new Set<() => Promise<void>>();

/** The clock asks for jobs of its own when a minute begins. */
const jobsOfIngest = "graphile_worker.jobs where task_identifier = 'process_deliveries'";

const blockedJobs = () =>
  count(`pg_stat_activity where datname = current_database() and application_name = 'curbe-worker-ingest'
         and wait_event_type = 'Lock'`);

describe("a worker", () => {
  test("turns an enqueued delivery into a message, counts it, and ends with 0 on SIGTERM", async () => {
    const worker = await startWorker(env);
    await untilReady(worker);
    await deliverWithJob(
      oneMessage("wamid.1"),
      meta.bodyOf({ messages: [meta.textMessage("")] }),
      meta.dashboardTest,
    );
    await until("the message is stored", async () => (await count("messages")) === 1, worker.said);
    await until("the job is gone", async () => (await count(jobsOfIngest)) === 0);
    expect(await (await fetch(`${worker.url}/livez`)).text()).toBe("ok");
    const metrics = await readMetrics(worker);
    for (const line of [
      'deliveries_processed_total{outcome="processed"} 1',
      'deliveries_processed_total{outcome="quarantined"} 1',
      'deliveries_processed_total{outcome="ignored"} 1',
      'dead_letters_total{reason="unreadable"} 1',
      'job_duration_seconds_count{task="process_deliveries",outcome="done"} 1',
      "inbox_unprocessed 0",
      "inbox_oldest_seconds 0",
    ]) {
      expect(metrics).toContain(line);
    }
    expect((await fetch(`${worker.url}/elsewhere`)).status).toBe(404);
    worker.child.kill("SIGTERM");
    expect(await worker.exited).toBe(0);
    expect(worker.said()).not.toMatch(/Secreto|4711|16505551234/);
  });

  test("asked to end lets its running job finish first and leaves nothing locked", async () => {
    const worker = await startWorker(env);
    await untilReady(worker);
    const release = await holdMessages();
    await deliverWithJob(oneMessage("wamid.1"));
    await until("the job has begun", async () => (await blockedJobs()) === 1, worker.said);
    worker.child.kill("SIGTERM");
    await until("it drains", async () => (await readiness(worker)) === 503);
    await release();
    expect(await worker.exited).toBe(0);
    expect([await count("messages"), await count(jobsOfIngest)]).toEqual([1, 0]);
  });

  test("killed in the middle of a job loses nothing: a successor does it within 10 s", async () => {
    const victim = await startWorker(env);
    await untilReady(victim);
    const release = await holdMessages();
    await deliverWithJob(oneMessage("wamid.1"));
    await until("the job has begun", async () => (await blockedJobs()) === 1, victim.said);
    victim.child.kill("SIGKILL");
    expect(await victim.exited).toBe("SIGKILL");
    const killedAt = performance.now();
    await release();
    expect(await count(`${jobsOfIngest} and locked_by is not null`)).toBe(1);
    const successor = await startWorker(env);
    await until("the message is stored", async () => (await count("messages")) === 1, successor.said);
    expect(performance.now() - killedAt).toBeLessThan(10_000);
    await until("the job is gone", async () => (await count(jobsOfIngest)) === 0);
    expect(await database.sql("select outcome from webhook_deliveries")).toEqual([{ outcome: "processed" }]);
  });

  test("that is paused keeps its job: another worker does not take it", async () => {
    const paused = await startWorker(env);
    await untilReady(paused);
    const release = await holdMessages();
    await deliverWithJob(oneMessage("wamid.1"));
    await until("the job has begun", async () => (await blockedJobs()) === 1, paused.said);
    paused.child.kill("SIGSTOP");
    const other = await startWorker(env);
    await untilReady(other);
    const [job] = await database.sql<{ locked_by: string }>(`select locked_by from ${jobsOfIngest}`);
    await until(
      "the job looks old enough to be swept",
      async () => (await count(`${jobsOfIngest} and locked_at < now() - interval '4 seconds'`)) === 1,
    );
    expect(await database.sql(`select locked_by from ${jobsOfIngest}`)).toEqual([job]);
    paused.child.kill("SIGCONT");
    await release();
    await until("the job is gone", async () => (await count(jobsOfIngest)) === 0);
    expect([await count("messages"), other.said().includes("freed")]).toEqual([1, false]);
  });

  test("that loses its connections to the database ends with 1 and says why", async () => {
    const worker = await startWorker(env);
    await untilReady(worker);
    await database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'curbe-worker%' and datname = current_database()",
    );
    expect(await worker.exited).toBe(1);
    expect(worker.said()).toMatch(/"level":"error".*(lost its lock|job runner ended|ends on an error)/);
    expect(worker.said()).not.toMatch(/^\s+at /m);
  });

  test.each([
    ["META_APP_SECRET", undefined],
    ["TOKEN_ENCRYPTION_KEY_BASE64", Buffer.alloc(31, 7).toString("base64")],
    ["DATABASE_URL", "mysql://hush-hush"],
    ["WORKER_CONCURRENCY", "many"],
  ])("with a wrong %s ends by itself and names it, never its value", async (name, value) => {
    const worker = await startWorker({ ...env, [name]: value });
    expect(await worker.exited).toBe(78);
    expect(worker.said()).toContain(name);
    if (value) expect(worker.said()).not.toContain(value);
  });
});

test("two workers share the jobs, each done once", async () => {
  const busyWithOne = { ...env, WORKER_CONCURRENCY: "1" };
  const first = await startWorker(busyWithOne);
  await untilReady(first);
  const release = await holdMessages();
  const deliverInLane = async (lane: number) => {
    await deliver(database, oneMessage(`wamid.${lane}`), new Date().toISOString());
    await sql`select app.enqueue('process_deliveries', '{}', lane => ${lane})`.execute(webDb);
  };
  await deliverInLane(0);
  await until("one has begun", async () => (await blockedJobs()) === 1);
  await deliverInLane(1);
  // While it starts, the first would take the other job if it had a hand free.
  const workers = [first, await startWorker(busyWithOne)];
  await until("two have begun", async () => (await blockedJobs()) === 2);
  await release();
  await until("all are stored", async () => (await count("messages")) === 2);
  await until("no job is left", async () => (await count(jobsOfIngest)) === 0);
  for (const worker of workers)
    expect(await readMetrics(worker)).toContain('deliveries_processed_total{outcome="processed"} 1\n');
  expect(await count("conversations")).toBe(1);
});
