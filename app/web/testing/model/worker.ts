/** What the worker does in the model test: its own functions for the jobs that wait, one after the other. For tests. */
import { type JobName, jobCatalog } from "../../../../db/jobs.ts";
import { ingestNext } from "../../../inbox/ingest/ingest.server.ts";
import { drainDeliveries } from "../../../inbox/intake/drain.server.ts";
import { replayParked } from "../../../inbox/intake/replay.server.ts";
import { finishTeardown, subscribeWaba } from "../../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../../integrations/health/registration.server.ts";
import { Crash, crashes, crashing } from "./crash.ts";
import { depsOf, type ModelProduct } from "./product.ts";

interface Job {
  id: string;
  task: JobName;
  payload: unknown;
}

/** What is due, without what the ingest does; `ingest` is what it does. */
async function dueJobs({ product }: ModelProduct, ingest: boolean): Promise<Job[]> {
  return product.database.sql<Job>(
    `select j.id, t.identifier as task, j.payload from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id
      where j.run_at <= now() and (t.identifier = 'process_deliveries') = $1 order by j.id`,
    [ingest],
  );
}

async function finish({ product }: ModelProduct, jobs: Job[]): Promise<void> {
  await product.database.sql("delete from graphile_worker._private_jobs where id = any($1)", [
    jobs.map(({ id }) => id),
  ]);
}

/** Takes up what is open, if a job asks for it. Crashed, the job is left for another time. Returns whether it crashed. */
export async function ingest(real: ModelProduct, crashAt?: number): Promise<boolean> {
  const jobs = await dueJobs(real, true);
  if (jobs.length === 0) return false;
  if (crashAt !== undefined) {
    const { error } = await ingestNext({ ...real.inbox, db: crashing(real.inbox.db, crashAt) });
    if (error && !(error instanceof Crash)) throw error;
    return error !== undefined;
  }
  if ((await drainDeliveries(real.inbox)) !== "empty") throw new Error("not drained");
  await finish(real, jobs);
  return false;
}

/** Does every other job that is due. With `crashAt` each crashes there, is done then, and done twice. Returns whether one did. */
export async function runJobs(real: ModelProduct, crashAt?: number): Promise<boolean> {
  let hasCrashed = false;
  for (const job of await dueJobs(real, false)) {
    if (crashAt !== undefined) {
      hasCrashed = (await crashes(run(real, job, crashAt))) || hasCrashed;
      await run(real, job);
    }
    await run(real, job);
    await finish(real, [job]);
  }
  return hasCrashed;
}

async function run(real: ModelProduct, { task, payload }: Job, crashAt?: number): Promise<void> {
  const deps = depsOf(real, crashAt);
  const more = { lastAttempt: false };
  if (task === "subscribe_waba")
    return subscribeWaba(deps, { ...jobCatalog[task].payload.parse(payload), ...more });
  if (task === "register_number")
    return registerNumber(deps, { ...jobCatalog[task].payload.parse(payload), ...more });
  if (task === "stop_deliveries")
    return finishTeardown(deps, { ...jobCatalog[task].payload.parse(payload), ...more });
  // A token that does not open asks for one. The model knows no checks: what they find is other tests'.
  if (task === "check_connection") return;
  if (task !== "replay_parked") throw new Error(`nobody asked for ${task}`);
  const { db, log } = real.inbox;
  await replayParked({ db: crashing(db, crashAt), log }, jobCatalog[task].payload.parse(payload));
}
