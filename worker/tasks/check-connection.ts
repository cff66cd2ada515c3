import type { IntegrationDeps } from "#app/integrations/connection/connections.server.ts";
import { type ClockDeps, checkConnection, requestDueChecks } from "#app/integrations/health/check.server.ts";
import type { RunJob } from "../task-frame.ts";

export function checkConnectionTask(integrations: IntegrationDeps): RunJob<"check_connection"> {
  return ({ tenantId, connectionId }, { requestId }) =>
    checkConnection(integrations, { tenantId, connectionId, requestId });
}

export function requestChecksTask(clock: ClockDeps): RunJob<"request_checks"> {
  return (_payload, { requestId }) => requestDueChecks(clock, requestId);
}
