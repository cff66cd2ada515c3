/** For doctor's tests: an installation in which everything is as it should be, and what doctor says of it. */
import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import { runDoctor } from "../../doctor.ts";
import type { Sandbox } from "../../meta-sandbox/sandbox.ts";
import { sandboxForTest } from "../../meta-sandbox/testing.ts";
import { asJson, asText, type Report } from "../findings.ts";
import { standInWeb, type WebHabits } from "./stand-ins.ts";

export const newKey = () => randomBytes(32).toString("base64");
/** None of these may ever be printed. */
export const secrets = {
  META_APP_SECRET: "canary-app-secret-0123456789",
  META_APP_SECRET_PREVIOUS: "canary-previous-secret-0123",
  META_WEBHOOK_VERIFY_TOKEN: "canary-verify-token",
  SESSION_SECRETS: `canary-${"s".repeat(32)},canary-${"t".repeat(32)}`,
  TOKEN_ENCRYPTION_KEY_BASE64: newKey(),
  TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64: newKey(),
};

export interface World {
  variables: Record<string, string | undefined>;
  sandbox: Sandbox;
  web: WebHabits;
  examine(now?: () => number): Promise<Report>;
}

/** Everything as it should be, for one test; `now` moves this machine's clock. */
export async function goodWorld(databaseUrl: string): Promise<World> {
  const { origin, habits } = await standInWeb(secrets.META_WEBHOOK_VERIFY_TOKEN);
  const redirectUri = `${origin}/api/integrations/meta/whatsapp/callback`;
  const sandbox = await sandboxForTest({
    appId: "900100000000000777",
    appSecret: secrets.META_APP_SECRET,
    redirectUris: [redirectUri],
    webhook: {
      callbackUrl: `${origin}/webhooks/meta/whatsapp`,
      verifyToken: secrets.META_WEBHOOK_VERIFY_TOKEN,
    },
  });
  const variables: World["variables"] = {
    ...secrets,
    DATABASE_URL: databaseUrl,
    APP_ORIGIN: origin,
    META_APP_ID: "900100000000000777",
    META_REDIRECT_URI: redirectUri,
    META_CONFIG_ID: "1234567890",
    META_GRAPH_URL: sandbox.url,
    META_DIALOG_URL: sandbox.url,
  };
  const examine = (now?: () => number) =>
    runDoctor({
      environment: "a test",
      variables,
      timeoutMs: 3_000,
      limitMs: 5_000,
      ...(now ? { now } : {}),
    });
  return { variables, sandbox, web: habits, examine };
}

/**
 * "FAIL subject: says → to do" for what is not ok. A cluster that is thrown away after the tests forgoes fsync on
 * purpose: that line stays out unless it is about what a test switched off.
 */
export function faults(report: Report): string[] {
  return report.findings
    .filter(
      ({ status, subject, says }) =>
        status !== "ok" && (subject !== "durability" || /synchronous/.test(says)),
    )
    .map(({ status, subject, says, toDo }) => `${status} ${subject}: ${says}${toDo ? ` → ${toDo}` : ""}`);
}

/** Exactly these faults, in this order, and no secret anywhere. */
export function expectFaults(report: Report, expected: RegExp[]): void {
  const found = faults(report);
  expect(found).toEqual(expected.map((pattern) => expect.stringMatching(pattern)));
  expectNoSecret(report);
}

/** In neither form of the report. */
export function expectNoSecret(report: Report): void {
  const text = asText(report) + asJson(report);
  expect(text).not.toContain("canary");
  for (const value of Object.values(secrets)) expect(text).not.toContain(value);
}
