/** What every job is run in: its payload checked, its request id set, its time taken, its errors without values. */
import type { Task, TaskList } from "graphile-worker";
import type { Log } from "#app/platform/log.server.ts";
import { withRequestId } from "#app/platform/request-id.server.ts";
import { sqlState } from "#db/client.ts";
import { type JobName, type JobPayload, jobCatalog } from "#db/jobs.ts";
import type { WorkerMetrics } from "./metrics.ts";

export interface Attempt {
  requestId: string;
  /** True when graphile-worker will not try again: the job must record its end itself and return. */
  lastAttempt: boolean;
}

export type RunJob<Name extends JobName> = (payload: JobPayload<Name>, attempt: Attempt) => Promise<unknown>;

/**
 * graphile-worker keeps a failed job's error message in its table and hands the payload to its logger. Therefore what
 * leaves this frame is a `JobFailed`: the kind of error and nothing that a body or a token could be in.
 */
export function frameTask<Name extends JobName>(
  name: Name,
  run: RunJob<Name>,
  { log, metrics }: { log: Log; metrics: WorkerMetrics },
): Task {
  return async (rawPayload, { job }) => {
    const started = performance.now();
    const finish = (outcome: "done" | "failed") =>
      metrics.observeJob(name, outcome, (performance.now() - started) / 1000);
    const parsed = jobCatalog[name].payload.safeParse(rawPayload);
    const { requestId = `job-${job.id}` } = (parsed.data ?? {}) as { requestId?: string };
    await withRequestId(requestId, async () => {
      const lastAttempt = job.attempts >= job.max_attempts;
      try {
        if (!parsed.success) throw new TypeError("The payload is not this job's");
        await run(parsed.data as JobPayload<Name>, { requestId, lastAttempt });
        finish("done");
      } catch (error) {
        finish("failed");
        log[lastAttempt ? "error" : "warn"]("Job failed", {
          task: name,
          job_id: job.id,
          attempt: job.attempts,
          error,
        });
        throw new JobFailed(error);
      }
    });
  };
}

/** Each task in its frame, for graphile-worker. */
export function frameTasks(
  tasks: { [Name in JobName]?: RunJob<Name> },
  deps: { log: Log; metrics: WorkerMetrics },
): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, run]) => [
      name,
      frameTask(name as JobName, run as RunJob<JobName>, deps),
    ]),
  );
}

/** The kind of an error, fit for the jobs table. */
export class JobFailed extends Error {
  override name = "JobFailed";

  constructor(error: unknown) {
    const { name, code, kind } = (error ?? {}) as Record<string, unknown>;
    const parts = [name, sqlState(error) ?? code, kind].filter(
      (part): part is string => typeof part === "string" && /^\w{1,40}$/.test(part),
    );
    super(parts.join(" ") || "unknown error");
  }
}
