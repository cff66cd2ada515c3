/** Every variable of both processes, with what copying leaves around a value. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { EnvError, parseEnv } from "../../../app/platform/env.server.ts";
import { isSecret } from "../../../app/platform/env-faults.server.ts";
import { webEnv } from "../../../app/web/env.server.ts";
import { workerEnv } from "../../../worker/env.ts";

const processes = { web: webEnv, worker: workerEnv };
const key = () => randomBytes(32).toString("base64");
/** A good value for each, and a mark by which it would be known in what is told. */
const good: Record<string, string> = {
  DATABASE_URL: "postgres://curbe:canary@localhost/curbe",
  DATABASE_URL_WEB: "postgres://curbe_web:canary@localhost/curbe",
  DATABASE_URL_OPERATOR: "postgres://curbe_operator:canary@localhost/curbe",
  DATABASE_URL_WORKER: "postgres://curbe_worker:canary@localhost/curbe",
  METRICS_TOKEN: "canary-metrics-token",
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "canary-app-secret",
  META_APP_SECRET_PREVIOUS: "canary-previous-secret",
  META_REDIRECT_URI: "https://canary.example.com/api/integrations/meta/whatsapp/callback",
  META_WEBHOOK_VERIFY_TOKEN: "canary verify token",
  META_CONFIG_ID: "1234567890",
  META_GRAPH_VERSION: "v25.0",
  META_GRAPH_URL: "https://canary.example.com",
  META_DIALOG_URL: "https://canary.example.com",
  META_SIGNUP_WINDOW: "true",
  META_SDK_URL: "https://canary.example.com/sdk.js",
  META_WINDOW_REDIRECT_URI: "omit",
  META_COEXISTENCE_EXTRAS: "v4",
  TOKEN_ENCRYPTION_KEY_BASE64: key(),
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: `${key()}, ${key()}`,
  SESSION_SECRETS: "canary-session-secret-of-32-characters-or-more, canary: a 🔑 phrase of ñ and more",
  APP_ORIGIN: "https://canary.example.com",
  OPERATOR_EMAIL: "canary@example.com",
  PORT: "3000",
  LOG_LEVEL: "warn",
  TRUSTED_PROXY_HOPS: "1",
  FEATURE_INTEGRATION_DEBUG: "true",
  WORKER_CONCURRENCY: "4",
  WORKER_PORT: "3001",
  DELIVERY_RETENTION_DAYS: "14",
  SMTP_URL: "smtp://curbe:canary@mail.example.com:587",
  MAIL_FROM: "Curbe <canary@example.com>",
};
const spoils: [string, (value: string) => string, RegExp][] = [
  ["a line feed at its end", (value) => `${value}\n`, /has a space or line break at its end/],
  ["a carriage return and line feed", (value) => `${value}\r\n`, /has a space or line break at its end/],
  ["a space at its end", (value) => `${value} `, /has a space or line break at its end/],
  ["a tab at its end", (value) => `${value}\t`, /has a space or line break at its end/],
  ["a no-break space at its end", (value) => `${value}\u00a0`, /has a space or line break at its end/],
  ["a zero-width space at its end", (value) => `${value}\u200b`, /has a space or line break at its end/],
  ["a space before it", (value) => ` ${value}`, /has a space or line break at its beginning/],
  ["a line break before it", (value) => `\n${value}`, /has a space or line break at its beginning/],
  ["a byte order mark before it", (value) => `\ufeff${value}`, /has a space or line break at its beginning/],
  ["double quotes around it", (value) => `"${value}"`, /stands in quotes/],
  ["single quotes around it", (value) => `'${value}'`, /stands in quotes/],
  ["a document's quotes around it", (value) => `“${value}”`, /stands in quotes/],
  ["nothing but a space", () => " ", /has a space or line break at its end/],
  ["a line break within", (value) => `${value}\n${value}`, /a line break, a tab or another/],
  ["a control character within", (value) => `${value}\u001b${value}`, /cannot be seen/],
];

for (const [name, schema] of Object.entries(processes)) {
  const variables = Object.keys(schema.shape);
  const complete = Object.fromEntries(variables.map((variable) => [variable, good[variable] ?? ""]));
  const problemsOf = (env: Record<string, string | undefined>) => {
    try {
      parseEnv(schema, env);
      return "";
    } catch (error) {
      if (error instanceof EnvError) return error.message;
      throw error;
    }
  };

  describe(`the variables of the ${name}`, () => {
    test("have a good value here, each", () => {
      expect(variables.filter((variable) => !good[variable])).toEqual([]);
      expect(problemsOf(complete)).toBe("");
    });

    test.each(variables)("%s", (variable) => {
      const value = good[variable] ?? "";
      expect(problemsOf({ ...complete, [variable]: "" })).toBe(
        problemsOf({ ...complete, [variable]: undefined }),
      );
      for (const [spoilt, spoil, says] of spoils) {
        const told = problemsOf({ ...complete, [variable]: spoil(value) });
        expect(told, spoilt).toMatch(new RegExp(`^${variable}: [^\n]+$`));
        expect(told, spoilt).toMatch(says);
        if (value.length > 5) expect(told, spoilt).not.toContain(value);
        expect(told, spoilt).not.toContain("canary");
      }
    });

    const secrets = variables.filter(isSecret);
    const inList = (variable: string) => /SECRETS$|KEYS_BASE64$/.test(variable);
    /** What two variables can both hold. */
    const shared = `${randomBytes(32).toString("base64")}`;

    test.each(secrets.flatMap((one, at) => secrets.slice(at + 1).map((other) => [one, other] as const)))(
      "%s and %s are not equal",
      (one, other) => {
        const told = problemsOf({ ...complete, [one]: shared, [other]: shared });
        expect(told).toBe(`${other}: has the same value as ${one}: make one up for each`);
        for (const list of [one, other].filter(inList)) {
          const env = { ...complete, [one]: shared, [other]: shared, [list]: `${complete[list]},${shared}` };
          expect(problemsOf(env)).toBe(`${other}: has the same value as ${one}: make one up for each`);
        }
        // Another spelling of the same bytes.
        const url = shared.replaceAll("+", "-").replaceAll("/", "_").replace(/=$/, "");
        expect(problemsOf({ ...complete, [one]: shared, [other]: url })).toContain(`${other}: has the same`);
      },
    );

    test.each(secrets.filter(inList))("%s holds nothing twice", (variable) => {
      const told = problemsOf({ ...complete, [variable]: `${shared},${shared}` });
      expect(told).toBe(`${variable}: holds the same value twice`);
    });

    test.each(secrets)("%s is no placeholder", (variable) => {
      for (const [value, says] of [
        ["changeme-changeme-changeme-changeme", "is a placeholder: make one up"],
        ["CHANGE_ME please, in production!", "is a placeholder: make one up"],
        ["<your secret of 32 characters or so>", "is a placeholder: make one up"],
        ["your-secret-here-your-secret-here", "is a placeholder: make one up"],
        ["x".repeat(40), "is too simple: make one up"],
        [Buffer.alloc(32).toString("base64"), "is too simple: make one up"],
      ] as const) {
        const told = problemsOf({ ...complete, [variable]: value });
        expect(told).toBe(`${variable}: ${says}`);
        expect(told).not.toContain(value);
      }
    });
  });
}

test("what is a secret by its name", () => {
  const all = [...new Set(Object.values(processes).flatMap(({ shape }) => Object.keys(shape)))];
  const expected = [
    "META_APP_SECRET",
    "META_APP_SECRET_PREVIOUS",
    "META_WEBHOOK_VERIFY_TOKEN",
    "SESSION_SECRETS",
  ];
  expect(all.filter(isSecret)).toEqual(
    expect.arrayContaining([
      ...expected,
      "TOKEN_ENCRYPTION_KEY_BASE64",
      "TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64",
    ]),
  );
});
