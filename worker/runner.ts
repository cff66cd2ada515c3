/** graphile-worker's runner, with what its defaults leave to us. */
import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import {
  Logger,
  parseCronItems,
  run,
  type TaskList,
  type WorkerEvents,
  type WorkerPool,
} from "graphile-worker";
import type pg from "pg";
import { type Log, maskValues } from "#app/platform/log.server.ts";
import { jobCatalog } from "#db/jobs.ts";
import type { Liveness } from "./liveness.ts";

export interface JobRunner {
  /** Fetches no more jobs and lets running ones finish; those that do not in time are unlocked for others. */
  stop(): Promise<void>;
}

interface Options {
  /** Role app_jobs. Ended by `stop`. */
  pool: pg.Pool;
  concurrency: number;
  taskList: TaskList;
  liveness: Liveness;
  log: Log;
  /** What running jobs are given at the end. Platforms kill after 10 s. */
  graceMs?: number;
  /** The runner ended although nobody had asked it to. */
  onEnded: (error: unknown) => void;
}

/** Asked for again while one waits, each is still one job. */
const clockwork = parseCronItems(
  Object.entries(jobCatalog).flatMap(([task, job]) =>
    "at" in job ? [{ task, match: job.at, options: { jobKey: task, maxAttempts: 1 } }] : [],
  ),
);

export async function startRunner(options: Options): Promise<JobRunner> {
  const { pool, concurrency, taskList, liveness, log, graceMs = 7_000, onEnded } = options;
  const events: WorkerEvents = new EventEmitter();
  let workerPool: WorkerPool | undefined;
  let locked: Promise<void> | undefined;
  events.once("pool:create", (created) => {
    workerPool = created.workerPool;
    locked = liveness.hold(workerPool.id);
    locked.catch(onEnded);
  });
  // Awaited by each worker before it fetches its first job: no job is ever locked by a pool whose lock is not held.
  const waitForLock = {
    name: "CurbeWaitForLock",
    worker: { hooks: { startWorker: async () => locked } },
  };
  const runner = await run({
    pgPool: pool,
    concurrency,
    taskList,
    parsedCronItems: clockwork,
    noHandleSignals: true,
    logger: graphileLogger(log),
    events,
    // Without batches the statement that removes a finished job is awaited by nobody: ending at that moment would leave
    // the job locked, and a failure of it is an unhandled rejection. Batches of no delay are awaited and retried.
    preset: { plugins: [waitForLock], worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  let stopping = false;
  // When PostgreSQL restarts, this promise is rejected or, worse, resolved: both mean that no job is fetched any more.
  runner.promise.then(
    () => stopping || onEnded(undefined),
    (error) => stopping || onEnded(error),
  );
  return {
    async stop() {
      stopping = true;
      const stopped = runner.stop("the process is ending").then(() => true);
      if (!(await Promise.race([stopped, late(graceMs)]))) {
        log.warn("Running jobs did not finish in time and are left to other workers");
        await workerPool?.forcefulShutdown("the process ended first");
      }
      await Promise.race([pool.end(), late(2_000)]);
    },
  };
}

function late(ms: number): Promise<false> {
  return pause(ms, false as const, { ref: false });
}

/**
 * graphile-worker's warnings and errors in our log. Its metadata holds whole jobs with their payloads and errors with
 * their values, so none of it is passed on; and its own line about a failed job only repeats ours.
 */
export function graphileLogger(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    if (level === "debug" || level === "info" || meta.failure === true) return;
    const fields = { task: scope.taskIdentifier, job_id: scope.jobId };
    log[level === "error" ? "error" : "warn"](`jobs: ${maskValues(message)}`, fields);
  });
}
