/** Two worker processes that meet in one new contact (R24 of the reliability scoreboard). */
import { sql } from "kysely";
import pg from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { connectWorkspace, deliverAll } from "#app/inbox/testing/test-workspaces.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import {
  killWorkers,
  readMetrics,
  startWorker,
  until,
  untilReady,
  type WorkerProcess,
  workerEnvironment,
} from "./testing/test-worker.ts";

/** Jobs at once: as many as the two processes can do together, where production has two. */
const lanes = 8;
const perJob = 25;
const total = lanes * perJob;

afterEach(killWorkers);

async function arrange(): Promise<TestDatabase> {
  const database = await createTestDatabase(inject("adminUrl"), inject("template"));
  const name = new URL(database.url).pathname.slice(1);
  await database.sql(`alter database ${name} set app.ingest_lanes = '${lanes}'`);
  await connectWorkspace(database, meta.phoneNumberId);
  return database;
}

async function startReady({ url }: TestDatabase): Promise<WorkerProcess> {
  const worker = await startWorker(workerEnvironment(url));
  await untilReady(worker);
  return worker;
}

/** Holds every message back until it ends, so that jobs begin and cannot go on. */
async function holdMessages({ url }: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  // A test that fails drops the database under it.
  client.on("error", () => {});
  await client.connect();
  await client.query("begin; lock table messages in exclusive mode");
  return client;
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
    await sql`select app.enqueue('process_deliveries', '{}', lane => ${lane})`.execute(web);
    await until(`${lane + 1} jobs wait`, async () => (await count(jobsThatWait)) === lane + 1);
  }
}

async function processed(worker: WorkerProcess): Promise<number> {
  const text = await readMetrics(worker);
  return Number(/deliveries_processed_total\{outcome="processed"\} (\d+)/.exec(text)?.[1] ?? 0);
}

async function withDatabase(work: (database: TestDatabase, count: Count) => Promise<void>): Promise<void> {
  const database = await arrange();
  const count = async (what: string) =>
    (await database.sql<{ n: number }>(`select count(*)::int as n from ${what}`))[0]?.n ?? -1;
  try {
    await work(database, count);
  } finally {
    await killWorkers();
    await database.drop();
  }
}
type Count = (what: string) => Promise<number>;

/** Every delivery is closed at its first try, by workers that had nothing to complain of. */
async function expectUntroubled(count: Count, ...workers: WorkerProcess[]): Promise<void> {
  await until("no job is left", async () => (await count(jobsLeft)) === 0);
  expect(await count("webhook_deliveries where processed_at is null or attempts > 0")).toBe(0);
  expect(await count("delivery_quarantine")).toBe(0);
  for (const worker of workers)
    expect(worker.said()).not.toMatch(/40P01|deadlock|failed|could not be processed/i);
}

test("R24 of 200 first messages of one new contact in 8 jobs of two processes none fails", async () => {
  await withDatabase(async (database, count) => {
    const [one, other] = [await startReady(database), await startReady(database)];
    const holder = await holdMessages(database);
    await deliverToEachJob(database, count);
    const started = performance.now();
    await holder.end();
    await until("all are stored", async () => (await count("messages")) === total);
    const ms = performance.now() - started;
    await expectUntroubled(count, one, other);
    expect([await count("conversations"), await count("contacts")]).toEqual([1, 1]);
    const shares = [await processed(one), await processed(other)] as const;
    expect(shares[0] + shares[1]).toBe(total);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(ms).toBeLessThan(10_000);
    console.log(`R24: ${shares} messages in ${ms.toFixed(0)} ms`);
  });
}, 60_000);

test("R24 a job that PostgreSQL ends because of a deadlock is done again by itself", async () => {
  await withDatabase(async (database, count) => {
    const worker = await startReady(database);
    let tries = 0;
    let weAreEnded = true;
    while (weAreEnded) {
      tries++;
      const holder = await holdMessages(database);
      const waId = `${meta.waId}${tries}`;
      await deliverAll(database, [
        meta.bodyOf({ messages: [{ ...meta.textMessage(`wamid.${tries}`), from: waId }] }),
      ]);
      await sql`select app.enqueue('process_deliveries', '{}', lane => 0)`.execute(database.as("app_web"));
      await until("the job waits for us", async () => (await count(jobsThatWait)) === 1);
      // Now we for the job, which has begun the contact. It has waited for longer, so it looks for a deadlock first, and is
      // ended; unless we came so late that it had looked already.
      weAreEnded = await holder
        .query(
          `insert into contacts (tenant_id, provider, wa_id) select tenant_id, 'meta_whatsapp', $1 from number_claims`,
          [waId],
        )
        .then(
          () => false,
          (error: pg.DatabaseError) => {
            if (error.code !== "40P01" || tries === 5) throw error;
            return true;
          },
        );
      await holder.query("rollback");
      await holder.end();
      await until("it is stored", async () => (await count("messages")) === tries);
    }
    await expectUntroubled(count, worker);
    // A session tells of what it met when it is idle, or ends.
    await until("a deadlock was met", async () => (await count(deadlocks)) === 1);
  });
}, 60_000);

const deadlocks = "pg_stat_database where datname = current_database() and deadlocks > 0";
