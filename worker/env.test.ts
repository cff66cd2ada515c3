import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { EnvError, parseEnv } from "#app/platform/env.server.ts";
import { workerEnv } from "./env.ts";

const complete = {
  DATABASE_URL: "postgres://curbe@localhost/curbe",
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "canary-app-secret",
  META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
  TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
};

test("deliveries are kept for 14 days unless told otherwise, and never as short as Meta may repeat them", () => {
  expect(parseEnv(workerEnv, complete).DELIVERY_RETENTION_DAYS).toBe(14);
  expect(parseEnv(workerEnv, { ...complete, DELIVERY_RETENTION_DAYS: "8" }).DELIVERY_RETENTION_DAYS).toBe(8);
  for (const refused of ["7", "0", "-14", "14.5", "fortnight", "3651"]) {
    const parse = () => parseEnv(workerEnv, { ...complete, DELIVERY_RETENTION_DAYS: refused });
    expect(parse).toThrow(EnvError);
    expect(parse).toThrow("DELIVERY_RETENTION_DAYS: must be a whole number from 8 to 3650");
  }
});
