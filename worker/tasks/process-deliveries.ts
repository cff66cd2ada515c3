import { giveUpDeliveries, type InboxDeps, processDeliveries } from "#app/inbox/ingest.server.ts";
import { isDatabaseUnavailable } from "#db/client.ts";
import type { WorkerMetrics } from "../metrics.ts";
import type { RunJob } from "../task-frame.ts";

export function processDeliveriesTask(
  inbox: InboxDeps,
  metrics: WorkerMetrics,
): RunJob<"process_deliveries"> {
  return async ({ deliveryIds }, { lastAttempt }) => {
    try {
      metrics.countIngest(await processDeliveries(inbox, deliveryIds));
    } catch (error) {
      // A database that is away cannot be told either; reconciliation finds what is left then.
      if (!lastAttempt || isDatabaseUnavailable(error)) throw error;
      inbox.log.error("Deliveries failed for the last time", { count: deliveryIds.length, error });
      metrics.countIngest(await giveUpDeliveries(inbox, deliveryIds));
    }
  };
}
