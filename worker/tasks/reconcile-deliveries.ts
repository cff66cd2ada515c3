import { type ReconcileDeps, reconcileDeliveries } from "#app/inbox/reconcile.server.ts";
import type { RunJob } from "../task-frame.ts";

/** Long enough for a job to be retried a few times first. */
const olderThanMs = 5 * 60_000;

export function reconcileDeliveriesTask(deps: ReconcileDeps): RunJob<"reconcile_deliveries"> {
  return () => reconcileDeliveries(deps, { olderThanMs });
}
