/** First of all: every request has an id, and what the socket knows is not taken from what a caller claims. */
import type { RequestHandler } from "express";
import { requestIdFrom, withRequestId } from "../../../platform/request-id.server.ts";
import type { Services } from "../../services.server.ts";
import { loggedPath } from "../request.server.ts";

export function identify({ log }: Pick<Services, "log">): RequestHandler {
  return (request, response, next) => {
    const requestId = requestIdFrom(request.get("x-request-id"));
    const started = performance.now();
    request.headers["x-request-id"] = requestId;
    request.headers["x-client-ip"] = request.socket.remoteAddress ?? "";
    response.locals.requestId = requestId;
    response.setHeader("X-Request-Id", requestId);
    withRequestId(requestId, () => {
      response.once("finish", () => {
        // The path without its query: a callback's holds a code.
        if (!worthLogging(request.path, response.statusCode)) return;
        log.info("request", {
          request_id: requestId,
          method: request.method,
          route: loggedPath(request.path),
          status: response.statusCode,
          duration_ms: Math.round(performance.now() - started),
        });
      });
      next();
    });
  };
}

/** Files and probes say nothing; deliveries come by the thousand and are counted in the metrics instead. */
function worthLogging(path: string, status: number): boolean {
  if (status >= 500) return true;
  return !/^\/(build\/|livez|readyz|metrics|favicon|webhooks\/)/.test(path);
}
