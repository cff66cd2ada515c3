/** Who may read a process's metrics: whoever knows METRICS_TOKEN, wherever the request seems to come from. */
import type { Secret } from "./secret.server.ts";

/** 404 for everybody where there is no token, as if there were no such page; 401 without the right `Authorization`. */
export function metricsAccess(
  token: Secret | undefined,
  authorization: string | undefined,
): { status: 200 | 401 | 404; headers: Record<string, string> } {
  if (!token) return { status: 404, headers: {} };
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
  if (given !== undefined && token.is(given)) return { status: 200, headers: {} };
  return { status: 401, headers: { "WWW-Authenticate": "Bearer" } };
}
