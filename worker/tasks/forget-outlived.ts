import type { IntegrationDeps } from "#app/integrations/connections.server.ts";
import { forgetOutlived } from "#db/queries/retention.ts";
import type { RunJob } from "../task-frame.ts";

export function forgetOutlivedTask({ db, log }: IntegrationDeps): RunJob<"forget_outlived"> {
  return async () => {
    const count = await forgetOutlived(db);
    if (count > 0) log.info("outlived rows were removed", { count });
  };
}
