import type { Request, Response } from "express";
import type { RecordedCall } from "../control/call-log.ts";
import {
  type GraphAnswer,
  injectedAnswer,
  RESET,
  runsHandler,
  waitAfter,
  waitBefore,
} from "../control/injection.ts";
import type { Platform } from "../world/platform.ts";
import { GraphError } from "./error.ts";
import { type GraphRequest, readGraphRequest } from "./request.ts";
import { type GraphRoute, routeOf } from "./routes.ts";

/** The oldest version Meta still serves; unversioned calls get it. */
const OLDEST_VERSION = "v21.0";

/**
 * Serves one Graph call: records it, applies the scenario rule that matches, runs the endpoint and answers with Meta's
 * headers. Every failure leaves in Meta's error envelope.
 */
export async function serveGraph(platform: Platform, request: Request, response: Response): Promise<void> {
  const call = readGraphRequest(request, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
  const route = routeOf(platform, call);
  const record = platform.calls.record(recordOf(platform, call, route));
  const outcome = platform.scenarios.take(route.endpoint);
  await waitBefore(outcome);
  const ownAnswer = runsHandler(outcome) ? await runEndpoint(platform, route) : null;
  await waitAfter(outcome);
  const answer = injectedAnswer(platform, outcome) ?? ownAnswer ?? RESET;
  if (answer === RESET) {
    request.socket.resetAndDestroy();
    return;
  }
  record.status = answer.status;
  writeAnswer(call, answer, response);
}

async function runEndpoint(platform: Platform, route: GraphRoute): Promise<GraphAnswer> {
  try {
    return { status: 200, headers: {}, body: await route.run() };
  } catch (error) {
    const failure = error instanceof GraphError ? error : unexpected(platform, route, error);
    return { status: failure.status, headers: failure.headers(), body: failure.body() };
  }
}

function unexpected(platform: Platform, route: GraphRoute, error: unknown): GraphError {
  platform.log(`graph ${route.endpoint}: ${error instanceof Error ? error.message : "unexpected failure"}`);
  return new GraphError({
    status: 500,
    code: 2,
    message: "An unexpected error has occurred. Please retry your request later.",
    isTransient: true,
  });
}

function writeAnswer(call: GraphRequest, answer: GraphAnswer, response: Response): void {
  response.status(answer.status);
  response.set({ ...usageHeaders(call), ...answer.headers });
  if (typeof answer.body === "string") response.send(Buffer.from(answer.body));
  else {
    const body = Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body);
    response.type("application/json; charset=UTF-8").send(body);
  }
}

/** Meta: usage in percent; the business use case header is keyed by the WABA or business the call was about. */
function usageHeaders(call: GraphRequest): Record<string, string> {
  const usage = { call_count: 1, total_cputime: 1, total_time: 1 };
  const subject = /^\d+$/.test(call.segments[0] ?? "") ? call.segments[0] : null;
  return {
    "Cache-Control": "private, no-cache, no-store, must-revalidate",
    "facebook-api-version": call.version ?? OLDEST_VERSION,
    "X-App-Usage": JSON.stringify(usage),
    ...(subject
      ? {
          "X-Business-Use-Case-Usage": JSON.stringify({
            [subject]: [{ type: "whatsapp", ...usage, estimated_time_to_regain_access: 0 }],
          }),
        }
      : {}),
  };
}

function recordOf(platform: Platform, call: GraphRequest, route: GraphRoute): RecordedCall {
  return {
    at: platform.clock.now(),
    method: call.method,
    path: call.fullPath,
    endpoint: route.endpoint,
    auth: call.auth.kind,
    hasProof: call.proof !== null,
    status: null,
  };
}
