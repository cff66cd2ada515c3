import { dropOutlivedDeliveries, type RetentionDeps } from "#app/inbox/intake/retention.server.ts";
import type { RunJob } from "../task-frame.ts";

export function dropDeliveriesTask(deps: RetentionDeps): RunJob<"drop_deliveries"> {
  return () => dropOutlivedDeliveries(deps);
}
