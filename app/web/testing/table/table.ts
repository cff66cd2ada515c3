/** How Meta can fail, and at which of its calls: the columns of the tables that go through every flow. For tests. */
import type { Endpoint, RuleInput } from "../../../../scripts/meta-sandbox/control/scenarios.ts";
import type { ReasonCode } from "../../../integrations/connect/reasons.ts";
import type { ConnectStep } from "../../../integrations/connect/setup-steps.ts";

export type Outcome = RuleInput["outcome"];

/**
 * What the failure means for us. later: may pass. odd: an answer that we do not know. permission: not within the grant.
 * dead: the token is refused. rejected: the input of this one call is refused.
 */
export type Verdict = "later" | "odd" | "permission" | "dead" | "rejected";

/** What a person is told who was connecting. */
export const reasons: Record<Verdict, ReasonCode> = {
  later: "meta_unavailable",
  odd: "meta_unavailable",
  permission: "permission_missing",
  dead: "code_rejected",
  rejected: "code_rejected",
};

export interface Failure {
  name: string;
  verdict: Verdict;
  /** `silent` is the address of a listener that must never be called. */
  outcome: (silent: string) => Outcome;
}

/** Far longer than any test: whoever does not give up by itself hangs for good. */
const forever = 600_000;
/** Above what we read of an answer. The largest is sent where a table is about the size itself. */
const tooLarge = 2_000_000;
const enormous = 50_000_000;

const graphError = (verdict: Verdict, code: number, subcode?: number): Failure => ({
  name: `Graph error ${code}${subcode ? `/${subcode}` : ""}`,
  verdict,
  outcome: () => ({ kind: "graph_error", code, ...(subcode ? { subcode } : {}) }),
});
const failure = (verdict: Verdict, name: string, outcome: Outcome): Failure => ({
  name,
  verdict,
  outcome: () => outcome,
});

export const failures: Failure[] = [
  failure("later", "time-out", { kind: "hang", ms: forever }),
  failure("later", "time-out after Meta acted", { kind: "hang", ms: forever, actsFirst: true }),
  failure("later", "reset before Meta acted", { kind: "reset_before" }),
  failure("later", "reset after Meta acted", { kind: "reset_after" }),
  failure("later", "502 with HTML", { kind: "http" }),
  failure("later", "500 with JSON", {
    kind: "http",
    status: 500,
    body: '{"message":"oops"}',
    contentType: "application/json",
  }),
  failure("later", "429 with headers", { kind: "rate_limited" }),
  failure("odd", "wrong shape", { kind: "wrong_shape" }),
  failure("odd", "a list for an object", { kind: "wrong_shape", body: [] }),
  failure("odd", "too large a body", { kind: "huge_body", bytes: tooLarge }),
  {
    name: "redirect to loopback",
    verdict: "odd",
    // 307 would have the secrets of a POST sent again.
    outcome: (silent) => ({ kind: "redirect", status: 307, location: silent }),
  },
  failure("odd", "redirect to link-local", {
    kind: "redirect",
    location: "http://169.254.169.254/latest/meta-data/",
  }),
  graphError("later", 1),
  graphError("later", 2),
  graphError("later", 4),
  graphError("later", 80007),
  graphError("permission", 10),
  graphError("permission", 200),
  graphError("permission", 100, 33),
  graphError("dead", 190),
  failure("dead", "Graph error 190 with HTTP 200", {
    kind: "wrong_shape",
    body: { error: { code: 190, message: "An injected error." } },
  }),
  graphError("rejected", 100),
];

export const fiftyMegabytes = failure("odd", "a body of 50 MB", { kind: "huge_body", bytes: enormous });

/** One of each verdict, where the whole list would say the same again. */
export const oneOfEach: Failure[] = (["later", "odd", "permission", "dead", "rejected"] as const).flatMap(
  (verdict) => failures.filter((one) => one.verdict === verdict).slice(-1),
);

/** One call at Meta. */
export interface Place {
  name: string;
  /** As the sandbox names it. */
  endpoint: Endpoint;
  /** Whether a call of the client's is this one. */
  isCalled: (call: {
    endpoint: string;
    path: string[];
    query?: Record<string, string> | undefined;
  }) => boolean;
  /** How many calls of the endpoint are answered properly before this one. */
  answeredBefore?: number;
}

const place = (endpoint: Endpoint, clientsName: string = endpoint): Place => ({
  name: endpoint,
  endpoint,
  isCalled: (call) => call.endpoint === clientsName,
});
const portfolioPlace = (endpoint: Endpoint, edge: string): Place => ({
  name: endpoint,
  endpoint,
  isCalled: ({ path }) => path[1] === edge,
});

export const places = {
  exchange: place("exchange"),
  debugToken: place("debug_token"),
  me: place("me"),
  clientWabas: portfolioPlace("client_wabas", "client_whatsapp_business_accounts"),
  ownedWabas: portfolioPlace("owned_wabas", "owned_whatsapp_business_accounts"),
  numbers: place("phone_numbers"),
  moreNumbers: {
    name: "phone_numbers, second page",
    endpoint: "phone_numbers" as const,
    answeredBefore: 1,
    isCalled: ({ endpoint, query }) => endpoint === "phone_numbers" && query?.after !== undefined,
  },
  subscribe: place("subscribe"),
  subscribedApps: place("list_subscribed_apps", "subscribed_apps"),
  unsubscribe: place("unsubscribe"),
  phone: place("phone"),
  register: place("register"),
} satisfies Record<string, Place>;

/** The step of a connect that each call belongs to. */
export function stepOf({ endpoint }: Place): ConnectStep {
  if (endpoint === "exchange") return "code_exchanged";
  if (endpoint === "debug_token") return "access_seen";
  return endpoint === "phone_numbers" ? "number_proved" : "account_found";
}

/** An answer that we do not know is an edge's page or a proxy's more often than Meta's last word. */
export const mayPass = ({ verdict }: Failure) => verdict === "later" || verdict === "odd";
