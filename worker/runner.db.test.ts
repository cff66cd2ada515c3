import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { connectWorkspace, deliver, inboxDeps } from "#app/inbox/testing/test-workspaces.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { writtenLog } from "#app/platform/testing/written-log.ts";
import { createPool } from "#db/client.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { createLiveness } from "./liveness.ts";
import { createMetrics } from "./metrics.ts";
import { startRunner } from "./runner.ts";
import { frameTask } from "./task-frame.ts";
import { drainAll } from "./tasks.ts";
import { until } from "./testing/test-worker.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps>;
const metrics = createMetrics(async () => ({ unprocessed: 0, oldestSeconds: 0 }));
const cleanUps: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = inboxDeps(database);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "webhook_deliveries", "graphile_worker._private_jobs");
  deps.lines.length = 0;
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function openPool(max: number) {
  const pool = createPool({
    connectionString: database.url,
    role: "app_jobs",
    applicationName: "runner-test",
    max,
    statementTimeoutMs: 5_000,
    onError: () => {},
  });
  cleanUps.push(async () => pool.ended || pool.end());
  return pool;
}

async function startHere(taskList: Parameters<typeof startRunner>[0]["taskList"], graceMs?: number) {
  const unexpected: unknown[] = [];
  const { log } = deps;
  const liveness = await createLiveness({ pool: openPool(1), log, onLost: () => unexpected.push("lost") });
  const runner = await startRunner({
    pool: openPool(4),
    concurrency: 2,
    taskList,
    liveness,
    log,
    ...(graceMs === undefined ? {} : { graceMs }),
    onEnded: (error) => unexpected.push(error),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= runner.stop().then(() => liveness.stop());
    return stopped;
  };
  cleanUps.push(stop);
  return { liveness, stop, unexpected };
}

/** Without what the clock asks for when a minute begins. */
const jobs = () =>
  database.sql<{ locked_by: string | null; last_error: string | null; attempts: number }>(
    "select locked_by, last_error, attempts from graphile_worker.jobs where key is null order by id",
  );
const addJob = (task: string, options = "") =>
  database.sql(`select graphile_worker.add_job('${task}'${options})`);

describe("the runner", () => {
  test("fetches no job before its lock is held", async () => {
    await addJob("look");
    const happened: string[] = [];
    const slowly = {
      async hold() {
        await pause(300);
        happened.push("held");
      },
      isHeld: () => happened.includes("held"),
      stop() {},
    };
    const runner = await startRunner({
      pool: openPool(4),
      concurrency: 2,
      liveness: slowly,
      log: deps.log,
      taskList: { look: () => void happened.push("ran") },
      onEnded: (error) => happened.push(`ended: ${error}`),
    });
    cleanUps.push(() => runner.stop());
    await until("the job ran", () => happened.includes("ran"));
    expect(happened).toEqual(["held", "ran"]);
  });

  test("asked to stop unlocks a job that hangs, for another worker to try again", async () => {
    let begun = false;
    const { stop, unexpected } = await startHere(
      {
        hang: () => {
          begun = true;
          return new Promise<void>(() => {});
        },
      },
      200,
    );
    await addJob("hang");
    await until("it hangs", () => begun);
    const started = performance.now();
    await stop();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await jobs()).toMatchObject([{ locked_by: null, attempts: 1 }]);
    expect(unexpected).toEqual([]);
  });

  test("frees the jobs of a pool whose lock nobody holds, and of no other", async () => {
    const alive = openPool(1);
    const client = await alive.connect();
    await client.query("select pg_advisory_lock(hashtextextended('pool-alive', 4207))");
    for (const pool of ["pool-alive", "pool-dead"]) {
      await addJob("elsewhere");
      await database.sql(
        "update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - interval '3 s' where locked_by is null",
        [pool],
      );
    }
    await startHere({ look: () => {} });
    await until("the dead one's job is free", async () =>
      (await jobs()).some((job) => job.locked_by === null),
    );
    expect((await jobs()).map((job) => job.locked_by)).toEqual(["pool-alive", null]);
    client.release();
  });

  test("asks for reconciliation by the clock", async () => {
    await startHere({ reconcile_deliveries: () => {} });
    await until("the clockwork is known", async () => {
      const known = await database.sql("select identifier from graphile_worker._private_known_crontabs");
      return known.some(({ identifier }) => identifier === "reconcile_deliveries");
    });
  });
});

describe("process_deliveries", () => {
  test("that meets a delivery it cannot store puts that one off, ends, and says nothing of its body", async () => {
    await connectWorkspace(database, meta.phoneNumberId);
    // Not the fault of any item: every one would be set aside, so the job has to fail.
    await database.sql(`create function broken() returns trigger language plpgsql as $$
      begin raise exception 'broken for "%"', new.body using detail = new.body; end $$`);
    await database.sql(
      "create trigger broken before insert on messages for each row execute function broken()",
    );
    await deliver(database, meta.bodyOf({ messages: [meta.textMessage("wamid.1", meta.waId, "Secreto")] }));
    await addJob("process_deliveries");
    const run = () => drainAll({ inbox: deps, metrics, isStopping: () => false });
    await startHere({ process_deliveries: frameTask("process_deliveries", run, { log: deps.log, metrics }) });
    await until("the job is gone", async () => (await jobs()).length === 0);
    const stored = await database.sql(
      "select processed_at, attempts, retry_at > now() as put_off from webhook_deliveries",
    );
    expect(stored).toEqual([{ processed_at: null, attempts: 1, put_off: true }]);
    await database.sql("drop trigger broken on messages");
    expect(deps.lines).toContainEqual(
      expect.objectContaining({ delivery_id: "1", error: expect.any(Error) }),
    );
    expect(writtenLog(deps.lines)).not.toContain("Secreto");
  });
});
