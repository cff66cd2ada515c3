import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { webEnv } from "../web/env.server.ts";
import { EnvError, parseEnv } from "./env.server.ts";

const complete = {
  DATABASE_URL: "postgres://curbe@localhost/curbe",
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "canary-app-secret",
  META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
  META_WEBHOOK_VERIFY_TOKEN: "canary-verify-token",
  TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
  SESSION_SECRETS: "canary-session-secret-of-32-characters-or-more",
  APP_ORIGIN: "https://app.example.com",
};

function complaint(env: Record<string, string>): EnvError {
  try {
    parseEnv(webEnv, env);
  } catch (error) {
    if (error instanceof EnvError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

describe("the web's environment", () => {
  test("complete is accepted, with the defaults", () => {
    expect(parseEnv(webEnv, complete)).toMatchObject({
      META_GRAPH_VERSION: "v25.0",
      META_GRAPH_URL: "https://graph.facebook.com",
      PORT: 3000,
      TRUSTED_PROXY_HOPS: 0,
    });
  });

  test.each(Object.keys(complete))("without %s names it", (variable) => {
    const { [variable as keyof typeof complete]: _gone, ...rest } = complete;
    expect(complaint(rest).variables).toEqual([variable]);
    expect(complaint({ ...rest, [variable]: "" }).variables).toEqual([variable]);
  });

  test.each([
    ["DATABASE_URL", "mysql://canary-value"],
    ["META_APP_ID", "canary-value"],
    ["META_APP_SECRET", "short"],
    ["META_APP_SECRET", '"canary-app-secret"'],
    ["META_WEBHOOK_VERIFY_TOKEN", complete.META_APP_SECRET],
    ["META_REDIRECT_URI", "canary-value"],
    ["META_GRAPH_VERSION", "25canary-value"],
    ["META_GRAPH_URL", "ftp://canary-value"],
    ["META_CONFIG_ID", "canary-value"],
    ["TOKEN_ENCRYPTION_KEY_BASE64", randomBytes(31).toString("base64")],
    ["TOKEN_ENCRYPTION_KEY_BASE64", randomBytes(33).toString("base64")],
    ["TOKEN_ENCRYPTION_KEY_BASE64", `${randomBytes(31).toString("base64")} canary-value`],
    ["TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64", `${randomBytes(32).toString("base64")},canary-value`],
    ["SESSION_SECRETS", "canary-value"],
    ["APP_ORIGIN", "https://app.example.com/canary-value"],
    ["METRICS_TOKEN", "canary-value of some words"],
    ["METRICS_TOKEN", "canary-value-señal"],
    ["PORT", "65536"],
    ["TRUSTED_PROXY_HOPS", "canary-value"],
    ["FEATURE_INTEGRATION_DEBUG", "canary-value"],
  ])("with a malformed %s names it and never its value", (variable, value) => {
    const error = complaint({ ...complete, [variable]: value });
    expect(error.variables).toEqual([variable]);
    expect(error.message).not.toContain(value);
    expect(error.message).not.toContain("canary");
  });

  test("names all that is wrong at once", () => {
    expect(complaint({}).variables.sort()).toEqual(Object.keys(complete).sort());
  });
});
