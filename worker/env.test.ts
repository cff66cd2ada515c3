import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
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

describe("e-mail", () => {
  const mail = {
    SMTP_URL: "smtps://curbe:canary-smtp-password@mail.example.com:465",
    MAIL_FROM: "Curbe <no-reply@example.com>",
    APP_ORIGIN: "https://app.example.com",
  };
  const problems = (env: Record<string, string>) => {
    try {
      return parseEnv(workerEnv, { ...complete, ...env }) && "";
    } catch (error) {
      return (error as EnvError).message;
    }
  };

  test("may be left out, and is complete or named as incomplete", () => {
    expect(problems({})).toBe("");
    expect(problems({ MAIL_FROM: mail.MAIL_FROM })).toBe("");
    expect(problems(mail)).toBe("");
    expect(problems({ SMTP_URL: mail.SMTP_URL })).toBe(
      "MAIL_FROM: is required and not set\nAPP_ORIGIN: is required and not set",
    );
  });

  test.each([
    ["SMTP_URL", "mail.example.com"],
    ["SMTP_URL", "https://mail.example.com"],
    ["SMTP_URL", "smtp://"],
    ["SMTP_URL", "smtp://canary%zz:secret@mail.example.com"],
    ["SMTP_URL", "smtp://mail.example.com?tls.rejectUnauthorized=false"],
    ["MAIL_FROM", "Curbe"],
    ["MAIL_FROM", "canary@example.com, b@example.com"],
    ["MAIL_FROM", "Curbe <canary@example.com>\r\nBcc: b@example.com"],
    ["APP_ORIGIN", "https://app.example.com/canary"],
  ])("%s is refused as %j, and what it held is not repeated", (variable, value) => {
    const told = problems({ ...mail, [variable]: value });
    expect(told).toMatch(new RegExp(`^${variable}: (?:must be|holds) [^\n]+$`));
    expect(told).not.toContain("canary");
  });
});
