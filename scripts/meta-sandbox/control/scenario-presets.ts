import type { RuleInput } from "./scenarios.ts";

/** Ready-made outcomes for the control page. */
export const SCENARIO_PRESETS: Record<string, RuleInput["outcome"]> = {
  "190/463 token expired": {
    kind: "graph_error",
    code: 190,
    subcode: 463,
    message: "Error validating access token: Session has expired.",
  },
  "190/458 app removed": {
    kind: "graph_error",
    code: 190,
    subcode: 458,
    message: "Error validating access token: The user has not authorized the application.",
  },
  "100/33 object not reachable": {
    kind: "graph_error",
    type: "GraphMethodException",
    code: 100,
    subcode: 33,
    message: "Unsupported request. Object does not exist or cannot be loaded due to missing permissions.",
  },
  "10 permission denied": {
    kind: "graph_error",
    status: 403,
    code: 10,
    message: "(#10) Application does not have permission for this action",
  },
  "2 service unavailable (transient)": {
    kind: "graph_error",
    status: 503,
    code: 2,
    message: "Service temporarily unavailable",
    is_transient: true,
  },
  "133005 PIN mismatch": {
    kind: "graph_error",
    code: 133005,
    message: "(#133005) Two step verification PIN Mismatch",
  },
  "429 rate limited": { kind: "rate_limited" },
  "502 HTML": { kind: "http" },
  "hang 15 s": { kind: "hang", ms: 15_000 },
  "reset before acting": { kind: "reset_before" },
  "reset after acting": { kind: "reset_after" },
  "wrong JSON shape": { kind: "wrong_shape" },
  "huge body": { kind: "huge_body" },
  "redirect elsewhere": { kind: "redirect", location: "http://127.0.0.1:9/elsewhere" },
};
