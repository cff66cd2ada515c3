/** The worker and commands themselves, started with a variable as copying leaves it. (The builds: deployables.e2e.ts.) */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { root } from "../../stack.ts";

const good = {
  DATABASE_URL: "postgres://curbe:canary@127.0.0.1:1/curbe",
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "canary-app-secret",
  META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
  TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
};
type Variable = keyof typeof good;

test.each<[string, Variable, (value: string) => string, RegExp]>([
  ["worker/index.ts", "META_APP_SECRET", (value) => `${value}\n`, /space or line break at its end/],
  ["worker/index.ts", "TOKEN_ENCRYPTION_KEY_BASE64", (value) => `"${value}"`, /stands in quotes/],
  [
    "worker/index.ts",
    "TOKEN_ENCRYPTION_KEY_BASE64",
    () => good.META_APP_SECRET,
    /must be 32 bytes in base64/,
  ],
  ["scripts/migrate.ts", "DATABASE_URL", (value) => `${value} `, /space or line break at its end/],
  ["scripts/seed.ts", "DATABASE_URL", (value) => `'${value}'`, /stands in quotes/],
  ["scripts/operate/quarantine.ts", "DATABASE_URL", (value) => `\ufeff${value}`, /at its beginning/],
])("%s names %s and ends with 78", (file, variable, spoil, says) => {
  const env = {
    ...good,
    [variable]: spoil(good[variable]),
    PATH: process.env.PATH ?? "",
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? "",
    NODE_ENV: "test" as const,
  };
  const args = file.includes("quarantine") ? [file, "summary"] : [file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, env, encoding: "utf8" });
  expect(stderr).toMatch(new RegExp(`^${variable}: `));
  expect(stderr).toMatch(says);
  expect(stderr + stdout).not.toContain("canary");
  expect(stderr + stdout).not.toContain(good.TOKEN_ENCRYPTION_KEY_BASE64);
  expect(status).toBe(78);
});
