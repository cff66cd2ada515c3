import type { InboxDeps } from "#app/inbox/ingest/ingest.server.ts";
import { drainDeliveries } from "#app/inbox/intake/drain.server.ts";
import { wakeIngest } from "#db/jobs.ts";
import type { WorkerMetrics } from "../metrics.ts";
import type { RunJob } from "../task-frame.ts";

export function processDeliveriesTask(
  inbox: InboxDeps,
  metrics: WorkerMetrics,
  isStopping: () => boolean = () => false,
): RunJob<"process_deliveries"> {
  return async () => {
    const left = await drainDeliveries(inbox, { isStopping, onReport: metrics.countIngest });
    if (left === "more") await wakeIngest(inbox.db);
  };
}
