/** The two deployables as an operator meets them: what they say of a wrong environment, and how they end. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect } from "@playwright/test";
import { freePort } from "../../../db/testing/free-port.ts";
import { mailEnvironment, root } from "../../../scripts/stack.ts";
import { origin, test } from "../journeys/journey.ts";
import { product } from "../product/journeys.ts";

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
  /** Of its own work and of its waiting: what it would have taken with the machine to itself. */
  ms: number;
}

/** Writes at the end to the fourth of the streams how long it took. */
const timed = `import { writeSync } from "node:fs";
  import { performance } from "node:perf_hooks";
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    writeSync(3, String((user + system) / 1000 + performance.eventLoopUtilization().idle));
  });`;

function run(
  file: string,
  env: Record<string, string>,
  whenSaid?: { text: string; signal: NodeJS.Signals },
): Promise<Ended> {
  const { PATH = "" } = process.env;
  const command = ["--import", `data:text/javascript,${encodeURIComponent(timed)}`, file];
  const child = spawn(process.execPath, command, {
    cwd: root,
    env: { PATH, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  let [said, took] = ["", ""];
  child.stdio[3]?.on("data", (chunk: Buffer) => {
    took += chunk;
  });
  let signalled = false;
  const listen = (chunk: Buffer) => {
    said += chunk;
    // Once: a second signal means "at once".
    if (!whenSaid || signalled || !said.includes(whenSaid.text)) return;
    signalled = true;
    child.kill(whenSaid.signal);
  };
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  return new Promise((resolve) =>
    child.once("close", (code) => resolve({ code, said, ms: took ? Number(took) : Number.NaN })),
  );
}

for (const { file, needs } of processes) {
  test(`${file} with a variable missing or malformed ends within 2 s, naming it and never its value`, async () => {
    const complete = { DATABASE_URL: product().database.url, ...needs };
    // One by one: env.server.test.ts.
    const wrong: Record<string, string>[] = [
      Object.fromEntries(Object.keys(complete).map((name) => [name, ""])),
      {
        DATABASE_URL: "canary://nowhere",
        META_APP_ID: "canary",
        META_APP_SECRET: "canary-app-secret\n",
        TOKEN_ENCRYPTION_KEY_BASE64: randomBytes(16).toString("base64"),
      },
    ];
    for (const values of wrong) {
      const { code, said, ms } = await run(file, { ...complete, ...values });
      const about = Object.keys(values).join();
      expect(code, about).toBe(78);
      expect(said, about).not.toContain("canary");
      for (const [name, value] of Object.entries(values)) {
        expect(said).toContain(`${name}: `);
        if (value) expect(said, name).not.toContain(value);
      }
      expect(ms, about).toBeLessThan(2_000);
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
