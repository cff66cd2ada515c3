import type { IntegrationDeps } from "#app/integrations/connection/connections.server.ts";
import { finishTeardown } from "#app/integrations/health/provisioning.server.ts";
import type { RunJob } from "../task-frame.ts";

export function stopDeliveriesTask(integrations: IntegrationDeps): RunJob<"stop_deliveries"> {
  return ({ tenantId, teardownId }, attempt) =>
    finishTeardown(integrations, { tenantId, teardownId, ...attempt });
}
