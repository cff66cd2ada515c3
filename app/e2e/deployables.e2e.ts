/** The two deployables as an operator meets them: what they say of a wrong environment, and how they end. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect } from "@playwright/test";
import { freePort } from "../../db/testing/free-port.ts";
import { mailEnvironment, root } from "../../scripts/stack.ts";
import { origin, test } from "./journey.ts";
import { product } from "./product/journeys.ts";

const shared = {
  META_APP_ID: "123456789012345",
  META_APP_SECRET: "canary-app-secret",
  META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
  TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(32).toString("base64"),
};
const web = {
  ...shared,
  META_WEBHOOK_VERIFY_TOKEN: "canary-verify-token",
  SESSION_SECRETS: "canary-session-secret-of-32-characters-or-more",
  APP_ORIGIN: "https://app.example.com",
};
/** A worker beside the product's says of mails what the product's does: pages believe the one that started last. */
const beside = (port: string) => ({
  DATABASE_URL: product().database.url,
  APP_ORIGIN: web.APP_ORIGIN,
  ...mailEnvironment(product().smtpUrl),
  PORT: port,
  WORKER_PORT: port,
});
const processes = [
  { file: "build/web/index.js", needs: web as Record<string, string> },
  { file: "build/worker/index.js", needs: shared as Record<string, string> },
];

interface Ended {
  code: number | null;
  said: string;
  ms: number;
}

function run(
  file: string,
  env: Record<string, string>,
  whenSaid?: { text: string; signal: NodeJS.Signals },
): Promise<Ended> {
  const started = performance.now();
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [file], { cwd: root, env: { PATH, NODE_ENV: "production", ...env } });
  let said = "";
  let signalled = false;
  const listen = (chunk: Buffer) => {
    said += chunk;
    // Once: a second signal means "at once".
    if (!whenSaid || signalled || !said.includes(whenSaid.text)) return;
    signalled = true;
    child.kill(whenSaid.signal);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  return new Promise((resolve) =>
    child.once("exit", (code) => resolve({ code, said, ms: performance.now() - started })),
  );
}

for (const { file, needs } of processes) {
  test(`${file} with a variable missing or malformed ends within 2 s, naming it and never its value`, async () => {
    const complete = { DATABASE_URL: product().database.url, ...needs };
    const wrong: [string, string | undefined][] = [
      ...Object.keys(complete).map((name): [string, undefined] => [name, undefined]),
      ["DATABASE_URL", "canary://nowhere"],
      ["META_APP_ID", "canary"],
      ["META_APP_SECRET", "canary-app-secret\n"],
      ["META_APP_SECRET", '"canary-app-secret"'],
      ["META_APP_SECRET", shared.TOKEN_ENCRYPTION_KEY_BASE64],
      ["TOKEN_ENCRYPTION_KEY_BASE64", randomBytes(16).toString("base64")],
    ];
    for (const [name, value] of wrong) {
      const env: Record<string, string> = { ...complete, [name]: value ?? "" };
      const { code, said, ms } = await run(file, env);
      expect(code, name).toBe(78);
      expect(said, name).toContain(name);
      expect(said, name).not.toContain("canary");
      if (value) expect(said, name).not.toContain(value);
      expect(ms, name).toBeLessThan(2_000);
    }
  });

  test(`${file} asked to end ends with code 0`, async () => {
    const port = String(await freePort());
    const env = { ...needs, ...beside(port) };
    const ready = file.includes("web") ? "web is listening" : "Worker is taking jobs";
    const { code, said } = await run(file, env, { text: ready, signal: "SIGTERM" });
    expect(code, said).toBe(0);
  });

  test(`${file} on a port that is taken says so in one line`, async () => {
    const { port } = new URL(origin());
    const env = { ...needs, ...beside(port) };
    const { code, said } = await run(file, env);
    expect(code).toBeGreaterThan(0);
    expect(said).toMatch(/port is taken: set PORT|WORKER_PORT cannot be listened on/);
  });
}
