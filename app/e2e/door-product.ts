/** A web whose event loop is watched, a worker and the sandbox, for what anybody at all may send to them. */
import { test as base, expect } from "@playwright/test";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { createTestDatabase } from "../../db/testing/test-database.ts";
import { generateSecrets, type StackSecrets, startStack } from "../../scripts/stack.ts";

export interface DoorProduct {
  web: number;
  worker: number;
  webPid: number;
  pids(): number[];
  secrets: StackSecrets;
  /** The longest turn of the web's event loop since it was asked last, in milliseconds of CPU time. */
  longestTurnMs(): Promise<number>;
  /** Everything the processes have written so far. */
  lines: string[];
}

/** Playwright's own, with the product started once for a file. A test after which a process has ended fails. */
export const test = base.extend<{ product: DoorProduct }, { started: DoorProduct }>({
  started: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
    async ({}, use) => {
      const { product, stop } = await startProduct();
      await use(product);
      await stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  product: async ({ started }, use) => {
    const before = started.pids();
    await use(started);
    // A process that died and was started again has another id.
    expect(started.pids()).toEqual(before);
  },
});

async function startProduct(): Promise<{ product: DoorProduct; stop(): Promise<void> }> {
  const database = await createTestDatabase(process.env.E2E_DATABASE ?? "", "template1");
  await migrate(database.url);
  const lines: string[] = [];
  const secrets = generateSecrets();
  const ports = { web: await freePort(), worker: await freePort(), sandbox: await freePort() };
  const watchPort = await freePort();
  const stack = startStack({
    databaseUrl: database.url,
    ports,
    secrets,
    webCommand: ["--import", "./app/e2e/loop-watch.ts", process.env.DOOR_WEB ?? "build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    // As in production, where all of it is reached by https.
    env: { LOOP_WATCH_PORT: String(watchPort), APP_ORIGIN: `https://localhost:${ports.web}` },
    onLine: (part, line) => lines.push(`${part} ${line}`),
  });
  const stop = async () => {
    await stack.stop();
    await database.drop();
  };
  await stack.ready.catch(async (error: unknown) => {
    await stop();
    throw new Error(`${error}\n${lines.slice(-20).join("\n")}`);
  });
  const [, webPid = 0] = stack.pids();
  const longestTurnMs = async () => {
    const answer = await fetch(`http://127.0.0.1:${watchPort}`);
    return ((await answer.json()) as { longestMs: number }).longestMs;
  };
  const { web, worker } = ports;
  return { product: { web, worker, webPid, pids: stack.pids, secrets, longestTurnMs, lines }, stop };
}
