/** Two webs, a worker and the sandbox with secrets that the test knows, so that it can sign, and mis-sign, by itself. */
import { createHmac } from "node:crypto";
import { test as base, expect } from "@playwright/test";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { generateSecrets, startStack } from "../../scripts/stack.ts";
import { connectWorkspace } from "../inbox/test-workspaces.ts";

export interface HostileProduct {
  /** As browsers name it. */
  origin: string;
  ports: [number, number];
  webPids: [number, number];
  pids(): number[];
  secrets: { current: string; previous: string; verifyToken: string; metricsToken: string };
  database: TestDatabase;
  phoneNumberId: string;
  /** Everything the processes have written so far. */
  lines: string[];
  stop(): Promise<void>;
}

export const path = "/webhooks/meta/whatsapp";

export function sign(secret: string, body: Uint8Array): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Playwright's own, with the product started once for the files that use it; a test that left a 5xx behind fails. */
export const test = base.extend<{ product: HostileProduct }, { started: HostileProduct }>({
  started: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
    async ({}, use) => {
      const started = await startProduct();
      await use(started);
      await started.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  product: async ({ started }, use) => {
    const from = started.lines.length;
    const before = started.pids();
    await started.database.sql("truncate webhook_deliveries, contacts cascade");
    await use(started);
    expect(started.lines.slice(from).filter(isTrouble)).toEqual([]);
    // A process that died and was started again has another id.
    expect(started.pids()).toEqual(before);
  },
});

/** A 5xx, an error of ours, or anything at all that is no line of the log. */
function isTrouble(line: string): boolean {
  // Others hold all the room for bodies: that is what a form is told that does not come to its end.
  if (/"route":"\/login","status":503/.test(line)) return false;
  return (
    /^web.*("status":5\d\d|"level":"(error|fatal)")/.test(line) || /^web(?: \d+)? (?!\d+ \{|\{)/.test(line)
  );
}

/** Posts a delivery as Meta does. */
export function post(
  { ports, secrets }: HostileProduct,
  body: Uint8Array,
  { web = 0, secret = secrets.current }: { web?: 0 | 1; secret?: string } = {},
): Promise<Response> {
  return fetch(`http://127.0.0.1:${ports[web]}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": sign(secret, body) },
    body: Buffer.from(body),
  });
}

/** Waits until the worker has closed whatever was accepted, and answers how many deliveries there are. */
export async function untilAllClosed({ database }: HostileProduct): Promise<number> {
  const open = () => database.sql("select id from webhook_deliveries where processed_at is null limit 1");
  await expect.poll(open, { intervals: [20], timeout: 20_000 }).toEqual([]);
  const [{ n } = { n: -1 }] = await database.sql<{ n: number }>(
    "select count(*)::int as n from webhook_deliveries",
  );
  return n;
}

async function startProduct(): Promise<HostileProduct> {
  const database = await createTestDatabase(process.env.E2E_DATABASE ?? "", "template1");
  const lines: string[] = [];
  const ports: [number, number] = [await freePort(), await freePort()];
  const secrets = generateSecrets();
  const previous = generateSecrets().appSecret;
  await migrate(database.url);
  const stack = startStack({
    moreWebs: [ports[1]],
    databaseUrl: database.url,
    ports: { web: ports[0], worker: await freePort(), sandbox: await freePort() },
    secrets,
    webCommand: ["--max-semi-space-size=16", "build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    env: { META_APP_SECRET_PREVIOUS: previous },
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
  const phoneNumberId = "106540352242922";
  await connectWorkspace(database, phoneNumberId);
  const [, first = 0, second = 0] = stack.pids();
  return {
    origin: stack.origin,
    ports,
    webPids: [first, second],
    pids: stack.pids,
    secrets: {
      current: secrets.appSecret,
      previous,
      verifyToken: secrets.verifyToken,
      metricsToken: secrets.metricsToken,
    },
    database,
    phoneNumberId,
    lines,
    stop,
  };
}
