import type { IntegrationDeps } from "#app/integrations/connection/connections.server.ts";
import { subscribeWaba } from "#app/integrations/health/provisioning.server.ts";
import type { RunJob } from "../task-frame.ts";

export function subscribeWabaTask(integrations: IntegrationDeps): RunJob<"subscribe_waba"> {
  return ({ tenantId, connectionId }, attempt) =>
    subscribeWaba(integrations, { tenantId, connectionId, ...attempt });
}
