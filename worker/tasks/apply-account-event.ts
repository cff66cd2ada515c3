import type { IntegrationDeps } from "#app/integrations/connection/connections.server.ts";
import { applyAccountEvent } from "#app/integrations/health/account-events.server.ts";
import type { RunJob } from "../task-frame.ts";

export function applyAccountEventTask(integrations: IntegrationDeps): RunJob<"apply_account_event"> {
  return (told) => applyAccountEvent(integrations, told);
}
