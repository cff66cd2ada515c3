import { Logger } from "graphile-worker";
import { type Log, maskValues } from "#app/platform/log.server.ts";

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
