import { z } from "zod";

/** Names of the Graph endpoints that a rule can aim at; `*` is every one of them. */
export const ENDPOINTS = [
  "*",
  "exchange",
  "app_token",
  "debug_token",
  "me",
  "me_permissions",
  "revoke_permissions",
  "ids",
  "business",
  "client_wabas",
  "owned_wabas",
  "waba",
  "phone_numbers",
  "phone",
  "update_phone",
  "list_subscribed_apps",
  "subscribe",
  "unsubscribe",
  "register",
  "deregister",
  "add_phone_number",
  "request_code",
  "verify_code",
  "smb_app_data",
  "system_user_token",
  "send_message",
  "app_subscriptions",
  "unknown",
] as const;

export type Endpoint = (typeof ENDPOINTS)[number];

/** What happens instead of, or around, the normal answer. `acts` says whether the call takes effect at Meta. */
const outcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ok") }),
  z.strictObject({
    kind: z.literal("graph_error"),
    status: z.number().int().min(400).max(599).default(400),
    code: z.number().int(),
    subcode: z.number().int().optional(),
    type: z.string().default("OAuthException"),
    message: z.string().default("An injected error."),
    is_transient: z.boolean().optional(),
    details: z.string().optional(),
    acts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("http"),
    status: z.number().int().min(200).max(599).default(502),
    body: z.string().default("<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"),
    contentType: z.string().default("text/html; charset=utf-8"),
    acts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("hang"),
    ms: z.number().int().min(0).max(600_000),
    /** true: take effect first and answer late; false: wait first. */
    actsFirst: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("reset_before") }),
  z.strictObject({ kind: z.literal("reset_after") }),
  z.strictObject({
    kind: z.literal("wrong_shape"),
    body: z.unknown().default({ data: "not a list", paging: 7 }),
    acts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("huge_body"),
    bytes: z.number().int().min(1).max(200_000_000).default(20_000_000),
    acts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("redirect"),
    location: z.string(),
    status: z.number().int().min(300).max(399).default(302),
    acts: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal("rate_limited"),
    status: z.number().int().default(429),
    code: z.number().int().default(80007),
    minutesToRegain: z.number().int().default(5),
    acts: z.boolean().default(false),
  }),
]);

export type Outcome = z.output<typeof outcomeSchema>;

/** A rule applies `times` times and is then gone; without `times` it stays until it is cleared. */
export const ruleSchema = z.strictObject({
  endpoint: z.enum(ENDPOINTS),
  times: z.number().int().min(1).optional(),
  outcome: outcomeSchema,
});

type Rule = z.output<typeof ruleSchema>;
export type RuleInput = z.input<typeof ruleSchema>;

export interface ScenarioRules {
  /** Appends a rule. Rules are tried oldest first, so a queue is several rules with `times`. */
  add(rule: RuleInput): void;
  /** The outcome for one call on this endpoint; uses up one of the rule's times. */
  take(endpoint: Endpoint): Outcome | null;
  list(): Rule[];
  clear(): void;
}

export function createScenarioRules(): ScenarioRules {
  let rules: Rule[] = [];
  return {
    add: (input) => {
      rules.push(ruleSchema.parse(input));
    },
    take: (endpoint) => {
      const rule = rules.find((candidate) => candidate.endpoint === endpoint || candidate.endpoint === "*");
      if (!rule) return null;
      if (rule.times !== undefined) {
        rule.times -= 1;
        if (rule.times === 0) rules = rules.filter((candidate) => candidate !== rule);
      }
      return rule.outcome;
    },
    list: () => structuredClone(rules),
    clear: () => {
      rules = [];
    },
  };
}
