import { type ReconcileDeps, reconcileDeliveries } from "#app/inbox/intake/reconcile.server.ts";
import type { RunJob } from "../task-frame.ts";

/** Longer than a job waits on a good day. */
const olderThanMs = 30_000;

export function reconcileDeliveriesTask(deps: ReconcileDeps): RunJob<"reconcile_deliveries"> {
  return () => reconcileDeliveries(deps, { olderThanMs });
}
