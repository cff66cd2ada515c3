/** Two worker processes that meet in one new contact (R24 of the reliability scoreboard). */
import { sql } from "kysely";
import pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { connectWorkspace, deliverAll } from "#app/inbox/test-workspaces.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook-fixtures.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import {
  killWorkers,
  readMetrics,
  startWorker,
  until,
  untilReady,
  type WorkerProcess,
  workerEnvironment,
} from "./test-worker.ts";

/** Jobs at once: as many as the two processes can do together, where production has two. */
const lanes = 8;
const perJob = 25;
const total = lanes * perJob;

afterEach(killWorkers);

async function arrange(deadlockTimeout: string): Promise<TestDatabase> {
  const database = await createTestDatabase(inject("adminUrl"), inject("template"));
  const name = new URL(database.url).pathname.slice(1);
  await database.sql(`alter database ${name} set app.ingest_lanes = '${lanes}'`);
  // Deadlocks show sooner; a DATABASE_URL that is no superuser's may not ask for it and waits the usual second.
  await database
    .sql(`alter database ${name} set deadlock_timeout = '${deadlockTimeout}'`)
    .catch((error: { code?: string }) => expect(error.code).toBe("42501"));
  await connectWorkspace(database, meta.phoneNumberId);
  return database;
}

async function startReady({ url }: TestDatabase): Promise<WorkerProcess> {
  const worker = await startWorker(workerEnvironment(url));
  await untilReady(worker);
  return worker;
}

/** Holds every message back, so that all jobs have begun before one can end. */
async function holdMessages({ url }: TestDatabase): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  // A test that fails drops the database under it.
  client.on("error", () => {});
  await client.connect();
  await client.query("begin; lock table messages in exclusive mode");
  return () => client.end();
}

const jobsThatWait = `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  and application_name = 'curbe-worker-ingest'`;
const jobsLeft = "graphile_worker.jobs where key like 'ingest:%'";

/** First messages of one person, each in its delivery. A job takes up all that is open: the next get what comes then. */
async function deliverToEachJob(
  database: TestDatabase,
  count: (what: string) => Promise<number>,
): Promise<void> {
  // A session that was open before the setting was made would not know of it.
  const web = database.as("app_web");
  for (let lane = 0; lane < lanes; lane++) {
    const ids = Array.from({ length: perJob }, (_, n) => `wamid.${lane}.${n}`);
    await deliverAll(
      database,
      ids.map((id) => meta.bodyOf({ messages: [meta.textMessage(id)] })),
    );
    await sql`select app.wake_ingest(${lane})`.execute(web);
    await until(`${lane + 1} jobs wait`, async () => (await count(jobsThatWait)) === lane + 1);
  }
}

async function processed(worker: WorkerProcess): Promise<number> {
  const text = await readMetrics(worker);
  return Number(/deliveries_processed_total\{outcome="processed"\} (\d+)/.exec(text)?.[1] ?? 0);
}

test.each(["1s", "10ms"])(
  "R24 of 200 first messages of one new contact in 8 jobs of two processes none fails, deadlocks looked for after %s",
  async (deadlockTimeout) => {
    const database = await arrange(deadlockTimeout);
    const count = async (what: string) =>
      (await database.sql<{ n: number }>(`select count(*)::int as n from ${what}`))[0]?.n ?? -1;
    try {
      const [one, other] = [await startReady(database), await startReady(database)];
      const release = await holdMessages(database);
      await deliverToEachJob(database, count);
      const started = performance.now();
      await release();
      await until("all are stored", async () => (await count("messages")) === total);
      const ms = performance.now() - started;
      await until("no job is left", async () => (await count(jobsLeft)) === 0);

      expect([await count("conversations"), await count("contacts"), await count("messages")]).toEqual([
        1,
        1,
        total,
      ]);
      expect(await count("webhook_deliveries where processed_at is null or attempts > 0")).toBe(0);
      expect(await count("delivery_quarantine")).toBe(0);
      expect(one.said() + other.said()).not.toMatch(/40P01|deadlock|failed|could not be processed/i);
      const shares = [await processed(one), await processed(other)] as const;
      expect(shares[0] + shares[1]).toBe(total);
      expect(Math.min(...shares)).toBeGreaterThan(0);
      expect(ms).toBeLessThan(10_000);
      const [met] = await database.sql<{ deadlocks: string }>(
        "select deadlocks from pg_stat_database where datname = current_database()",
      );
      console.log(`R24: ${shares} messages in ${ms.toFixed(0)} ms, ${met?.deadlocks} deadlocks tried again`);
    } finally {
      await killWorkers();
      await database.drop();
    }
  },
  60_000,
);
