import type { ClockDeps } from "#app/integrations/health/check.server.ts";
import { forgetOutlived } from "#db/queries/deliveries/retention.ts";
import type { RunJob } from "../task-frame.ts";

export function forgetOutlivedTask({
  clockDb,
  log,
}: Pick<ClockDeps, "clockDb" | "log">): RunJob<"forget_outlived"> {
  return async () => {
    const count = await forgetOutlived(clockDb);
    if (count > 0) log.info("outlived rows were removed", { count });
  };
}
