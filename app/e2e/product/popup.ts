/** The product with a sign-up window switched on, and what journeys through it share. */
import { type BrowserContext, expect, type Page } from "@playwright/test";
import { demoPeople, seedDemo } from "../../../scripts/seed.ts";
import { startAfresh } from "./afresh.ts";
import { test as base } from "./complaints.ts";
import { openSession } from "./session.ts";
import { type Product, startProduct } from "./start.ts";
import { oncePerWorker } from "./worker-scope.ts";

const startWithWindow = () =>
  startProduct({
    arrange: ({ url }) => seedDemo(url, { anywhere: true }),
    env: () => ({ META_CONFIG_ID: "731000000000000001", META_SIGNUP_WINDOW: "true" }),
  });

/** Playwright's own, with the product started once for all files that use it. Each test finds it as on its first day. */
export const test = base.extend<{ product: Product }, { started: Product }>({
  started: oncePerWorker(startWithWindow),
  product: async ({ started }, use) => {
    await startAfresh(started);
    await use(started);
  },
});

export function switches({ control }: Product, changes: Record<string, string>): Promise<unknown> {
  return control("/switches", changes);
}

/** On the Integrations page, with a session of one of the demo's people and a clock that `pass` can put forward. */
export async function signIn(page: Page, product: Product, email: string): Promise<void> {
  const person = demoPeople.find((one) => one.email === email);
  if (!person) throw new Error(`${email} is nobody of the demo.`);
  const { id: userId, tenantId } = person;
  const cookie = await openSession(product, { userId, tenantId });
  await page.context().addCookies([{ ...cookie, url: product.origin, httpOnly: true, sameSite: "Lax" }]);
  await page.clock.install();
  await page.goto(`${product.origin}/settings/integrations`);
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
}

/** Lets so much time go by in the page at once: what was to happen until then has happened, and was drawn. */
export async function pass(page: Page, ms: number): Promise<void> {
  await page.clock.fastForward(ms);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
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

export const connected = (page: Page) =>
  expect(page).toHaveURL(/\/settings\/integrations\?whatsapp=connected$/);
export const approve = (window: Page) => window.getByRole("button", { name: "Approve" }).click();
/** The page's clock is its window's, too, and cannot be put forward while that closes. */
export const approveAndLeave = (window: Page) => Promise.all([window.waitForEvent("close"), approve(window)]);

/** From a page whose window has failed. */
export async function theDocumentWayWorks(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Continue on this page instead" }).click();
  await signInAtMeta(page, "Ana Luz");
  await approve(page);
  await connected(page);
  await expect(page.getByText("+52 55 1234 5678").first()).toBeVisible();
}

/** Why connecting failed, so far. */
export const failures = ({ sql }: Product) =>
  sql<{ reason: string }>(
    "select detail->>'reason' as reason from connection_events where kind = 'connect_failed'",
  );

/** What our pages asked of our own server, from now on. */
export function requestsOf(context: BrowserContext, { origin }: Product) {
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
