import { setTimeout as sleep } from "node:timers/promises";
import { GraphError } from "../graph/error.ts";
import type { Platform } from "../world/platform.ts";
import type { Outcome } from "./scenarios.ts";

export interface GraphAnswer {
  status: number;
  headers: Record<string, string>;
  /** Text is sent as it is, bytes as the JSON that they are, anything else as JSON. */
  body: unknown;
}

/** In place of an answer: the connection is reset. */
export const RESET: GraphAnswer = { status: 0, headers: {}, body: null };

export async function waitBefore(outcome: Outcome | null): Promise<void> {
  if (outcome?.kind === "hang" && !outcome.actsFirst) await sleep(outcome.ms, null, { ref: false });
}

export async function waitAfter(outcome: Outcome | null): Promise<void> {
  if (outcome?.kind === "hang" && outcome.actsFirst) await sleep(outcome.ms, null, { ref: false });
}

/** Whether the call takes effect. A client cannot tell from a failure alone, which is the point of `acts`. */
export function runsHandler(outcome: Outcome | null): boolean {
  if (outcome === null || outcome.kind === "ok" || outcome.kind === "hang") return true;
  if (outcome.kind === "reset_before") return false;
  return outcome.kind === "reset_after" || outcome.acts;
}

/** The answer that replaces the endpoint's own, or null when its own stands. */
export function injectedAnswer(platform: Platform, outcome: Outcome | null): GraphAnswer | null {
  switch (outcome?.kind) {
    case "graph_error":
      return graphErrorAnswer(outcome);
    case "http":
      return { status: outcome.status, headers: { "Content-Type": outcome.contentType }, body: outcome.body };
    case "reset_before":
    case "reset_after":
      return RESET;
    case "wrong_shape":
      return { status: 200, headers: {}, body: outcome.body };
    case "huge_body":
      return { status: 200, headers: {}, body: longJson(outcome.bytes) };
    case "redirect":
      return { status: outcome.status, headers: { Location: outcome.location }, body: "" };
    case "rate_limited":
      return rateLimitedAnswer(platform, outcome);
    default:
      return null;
  }
}

/** Bytes from the start: fifty megabytes of text take a tenth of a second to become some. */
function longJson(length: number): Buffer {
  const [before, after] = ['{"data":"', '"}'];
  const body = Buffer.alloc(before.length + length + after.length, "x");
  body.write(before);
  body.write(after, before.length + length);
  return body;
}

function graphErrorAnswer(outcome: Extract<Outcome, { kind: "graph_error" }>): GraphAnswer {
  const error = new GraphError({
    status: outcome.status,
    type: outcome.type,
    code: outcome.code,
    message: outcome.message,
    ...(outcome.subcode === undefined ? {} : { subcode: outcome.subcode }),
    ...(outcome.is_transient === undefined ? {} : { isTransient: outcome.is_transient }),
    ...(outcome.details === undefined ? {} : { details: outcome.details }),
  });
  return { status: error.status, headers: {}, body: error.body() };
}

/** Meta: at the limit usage is 100 percent and `estimated_time_to_regain_access` says how many minutes to wait. */
function rateLimitedAnswer(
  platform: Platform,
  outcome: Extract<Outcome, { kind: "rate_limited" }>,
): GraphAnswer {
  const usage = { call_count: 100, total_cputime: 100, total_time: 100 };
  const detail = {
    type: "whatsapp",
    ...usage,
    estimated_time_to_regain_access: outcome.minutesToRegain,
  };
  const error = new GraphError({
    status: outcome.status,
    code: outcome.code,
    message: `(#${outcome.code}) There have been too many calls to this WhatsApp Business account. Wait a bit and try again.`,
  });
  return {
    status: outcome.status,
    headers: {
      "X-App-Usage": JSON.stringify(usage),
      "X-Business-Use-Case-Usage": JSON.stringify({ [platform.app.appId]: [detail] }),
    },
    body: error.body(),
  };
}
