/** Two web processes, one worker and one Meta sandbox over a database of their own: what holds for one must for both. */
import { test as base, expect } from "@playwright/test";
import { makeLogins } from "../../db/logins.ts";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { administer, createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { generateSecrets, type StackOptions, startStack } from "../../scripts/stack.ts";

export interface TwoWebs {
  /** The app's address as people know it; both processes answer for it. */
  origin: string;
  webs: [string, string];
  appId: string;
  /** Everything the processes have written so far, one line each, with the process's name before it. */
  lines: string[];
  sql: TestDatabase["sql"];
  /** The sandbox's control API; throws with its answer when it refuses. */
  control<Answer = unknown>(path: string, body?: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Playwright's own, with the product started once for all files that use it, and ended after the last of them. */
export const test = base.extend<object, { started: TwoWebs }>({
  started: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
    async ({}, use) => {
      const started = await startTwoWebs();
      await use(started);
      await started.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

/** Each test of the file finds the product without connections, and a sandbox as on its first day. */
export function withTwoWebs(): TwoWebs {
  // Filled before any test looks.
  const product = {} as TwoWebs;
  let from = 0;
  test.beforeEach(async ({ started }) => {
    Object.assign(product, started);
    from = product.lines.length;
    await startAfresh(product);
  });
  test.afterEach(() => {
    expect(product.lines.slice(from).filter((line) => /^web.*"status":5\d\d/.test(line))).toEqual([]);
  });
  return product;
}

/** `withLogins`: each process comes in under a login of its own, which are made with the database and go with it. */
export async function startTwoWebs({
  adminUrl = process.env.E2E_DATABASE ?? "",
  withLogins = false,
} = {}): Promise<TwoWebs> {
  const database = await createTestDatabase(adminUrl, "template1");
  const lines: string[] = [];
  const second = await freePort();
  const options: StackOptions = {
    moreWebs: [second],
    databaseUrl: database.url,
    ports: { web: await freePort(), worker: await freePort(), sandbox: await freePort() },
    secrets: generateSecrets(),
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    onLine: (part, line) => lines.push(`${part} ${line}`),
  };
  await migrate(database.url);
  const prefix = new URL(database.url).pathname.slice(1);
  const logins = withLogins ? await makeLogins(database.url, { prefix }) : [];
  if (withLogins) options.logins = logins;
  const stack = startStack(options);
  const stop = async () => {
    await stack.stop();
    await database.drop();
    for (const { name } of logins) await administer(adminUrl, `drop role ${name}`);
  };
  await stack.ready.catch(async (error: unknown) => {
    await stop();
    throw new Error(`${error}\n${lines.slice(-20).join("\n")}`);
  });
  return {
    origin: stack.origin,
    webs: [stack.origin, `http://localhost:${second}`],
    appId: options.secrets.appId,
    lines,
    sql: database.sql,
    control: (path, body) => control(stack.sandboxUrl, path, body),
    stop,
  };
}

async function control<Answer>(sandboxUrl: string, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${sandboxUrl}/sandbox/api${path}`, {
    method: body ? "POST" : "GET",
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<Answer>;
}

/** Nothing connected, nothing waiting, a sandbox as on its first day; people stay. */
export async function startAfresh({ sql, control }: TwoWebs): Promise<void> {
  // What the worker has in hand is finished first: it must not work on rows that vanish under it.
  await sql("delete from graphile_worker._private_jobs where locked_at is null");
  const inHand = () => sql("select from graphile_worker._private_jobs where locked_at is not null");
  await expect.poll(inHand).toEqual([]);
  await sql(`truncate messages, conversations, contacts, connection_teardowns, connection_events, number_claims,
    channel_connections, oauth_states, delivery_quarantine, webhook_deliveries, login_limits, registration_tries cascade`);
  await control("/reset", {});
}
