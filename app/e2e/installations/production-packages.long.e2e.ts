/** What an operator carries to a machine: the two deployables with what `npm ci --omit=dev` installs, and nothing else. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "@playwright/test";
import { freePort } from "../../../db/testing/free-port.ts";
import { generateSecrets, mailEnvironment, root } from "../../../scripts/stack.ts";
import { test } from "../journeys/journey.ts";
import { product } from "../product/journeys.ts";

let folder: string;
test.beforeAll(() => {
  test.setTimeout(300_000);
  folder = mkdtempSync(path.join(tmpdir(), "curbe-production-"));
  for (const name of ["build", "public", "package.json", "package-lock.json"])
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  execFileSync("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund"], { cwd: folder, stdio: "pipe" });
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const name of ["web", "worker"])
  test(`the ${name} is ready without development's packages`, async () => {
    expect(existsSync(path.join(folder, "node_modules/vitest"))).toBe(false);
    const port = String(await freePort());
    const started = start(`build/${name}/index.js`, environment(port));
    try {
      const ready = () =>
        fetch(`http://127.0.0.1:${port}/readyz`).then(
          ({ status }) => status,
          () => 0,
        );
      await expect.poll(ready, { timeout: 30_000, message: started.said() }).toBe(200);
    } finally {
      started.child.kill("SIGTERM");
      await started.ended;
    }
  });

function environment(port: string): NodeJS.ProcessEnv {
  const secrets = generateSecrets();
  return {
    PATH: process.env.PATH ?? "",
    NODE_ENV: "production",
    DATABASE_URL: product().database.url,
    APP_ORIGIN: "https://app.example.com",
    META_APP_ID: secrets.appId,
    META_APP_SECRET: secrets.appSecret,
    META_REDIRECT_URI: "https://app.example.com/api/integrations/meta/whatsapp/callback",
    META_WEBHOOK_VERIFY_TOKEN: secrets.verifyToken,
    TOKEN_ENCRYPTION_KEY_BASE64: secrets.encryptionKey,
    SESSION_SECRETS: secrets.sessionSecret,
    ...mailEnvironment(product().smtpUrl),
    PORT: port,
    WORKER_PORT: port,
  };
}

function start(file: string, env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(process.execPath, [file], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return { child, ended, said: () => said };
}
