/** The product with a sign-up window switched on, and what journeys through it share. */
import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { demoPassword, seedDemo } from "../../scripts/seed.ts";
import { generateSecrets, startStack } from "../../scripts/stack.ts";

export interface PopupProduct {
  origin: string;
  sandboxUrl: string;
  sql: TestDatabase["sql"];
  /** The sandbox's control API; throws with its answer when it refuses. */
  control<Answer = unknown>(path: string, body?: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts the product for the file; each test finds it without connections, and a sandbox with its default switches. */
export function withSignupWindow(): PopupProduct {
  // Filled by the hook, before any test looks.
  const product = {} as PopupProduct;
  test.beforeAll(async () => {
    Object.assign(product, await start());
  });
  test.beforeEach(async () => {
    const { sql, control } = product;
    // What the worker has in hand is finished first: it must not work on rows that vanish under it.
    await sql("delete from graphile_worker._private_jobs where locked_at is null");
    const inHand = () => sql("select from graphile_worker._private_jobs where locked_at is not null");
    await expect.poll(inHand).toEqual([]);
    await sql(`truncate connection_teardowns, connection_events, number_claims, channel_connections,
      oauth_states, login_limits, registration_tries cascade`);
    await control("/reset", {});
  });
  test.afterAll(() => product.stop?.());
  return product;
}

async function start(): Promise<PopupProduct> {
  const database = await createTestDatabase(process.env.E2E_DATABASE ?? "", "template1");
  await migrate(database.url);
  await seedDemo(database.url, { anywhere: true });
  const lines: string[] = [];
  const ports = { web: await freePort(), worker: await freePort(), sandbox: await freePort() };
  const stack = startStack({
    databaseUrl: database.url,
    ports,
    secrets: generateSecrets(),
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    env: {
      META_CONFIG_ID: "731000000000000001",
      META_SIGNUP_WINDOW: "true",
    },
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
  return {
    origin: stack.origin,
    sandboxUrl: stack.sandboxUrl,
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

export function switches({ control }: PopupProduct, changes: Record<string, string>): Promise<unknown> {
  return control("/switches", changes);
}

export async function exchanges({ control }: PopupProduct): Promise<number> {
  return (await control<{ exchangeAttempts: number }>("/calls")).exchangeAttempts;
}

/** Signed in, on the Integrations page. */
export async function signIn(page: Page, { origin }: PopupProduct, email: string): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(demoPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
}

/** Once the script is loaded and set up: presses before that take the way over the document. */
export async function untilScriptIsThere(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as { fbAsyncInit?: { hasRun?: boolean } }).fbAsyncInit?.hasRun);
}

/** Presses the button once the script is there; the window is at Meta's sign-in then. */
export async function openWindow(
  page: Page,
  button: RegExp | string = /^(Connect|Try|Start)/,
): Promise<Page> {
  await untilScriptIsThere(page);
  const opened = page.waitForEvent("popup");
  await page.getByRole("button", { name: button }).click();
  const window = await opened;
  await expect(window.getByRole("button", { name: "Continue" })).toBeVisible();
  return window;
}

export async function signInAtMeta(window: Page, person: string): Promise<void> {
  await window.getByRole("radio", { name: person }).check();
  await window.getByRole("button", { name: "Continue" }).click();
}

/** What our pages asked of our own server, from now on. */
export function requestsOf(context: BrowserContext, { origin }: PopupProduct) {
  const seen: { method: string; url: string; fields: Record<string, string> }[] = [];
  context.on("request", (request) => {
    if (!request.url().startsWith(origin)) return;
    const fields = Object.fromEntries(new URLSearchParams(request.postData() ?? ""));
    seen.push({ method: request.method(), url: request.url(), fields });
  });
  return {
    all: seen,
    callbacks: () => seen.filter(({ url }) => url.includes("/whatsapp/callback")),
  };
}
