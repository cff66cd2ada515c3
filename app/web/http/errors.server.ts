/** The last handler of Express: whatever was thrown is one line in the log, and nothing of it reaches the other side. */
import { STATUS_CODES } from "node:http";
import type { ErrorRequestHandler } from "express";
import { answerPlainly } from "../../platform/bare-server.server.ts";
import type { Services } from "../services.server.ts";
import { loggedPath } from "./request.server.ts";

/** The status that the error names when it is the caller's doing, which is nothing to log; else 500. */
export function createErrorHandler({ log }: Pick<Services, "log">): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const status = statusOf(error);
    // Whoever left in the middle of a body made no error of ours.
    if (status === 500 && !request.socket.destroyed) {
      log.error("request failed", { error, route: loggedPath(request.path), method: request.method });
    }
    answerPlainly(response, status);
  };
}

/** The libraries of Express name it on the error. */
function statusOf(error: unknown): number {
  const status = error instanceof Error ? Reflect.get(error, "status") : undefined;
  return typeof status === "number" && status >= 400 && status < 500 && STATUS_CODES[status] ? status : 500;
}
