import type { IntegrationDeps } from "#app/integrations/connection/connections.server.ts";
import { registerNumber } from "#app/integrations/health/registration.server.ts";
import type { RunJob } from "../task-frame.ts";

export function registerNumberTask(integrations: IntegrationDeps): RunJob<"register_number"> {
  return ({ tenantId, connectionId }, attempt) =>
    registerNumber(integrations, { tenantId, connectionId, ...attempt });
}
