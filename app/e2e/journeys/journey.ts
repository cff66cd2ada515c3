/** What the journeys share: signing in, going through Meta's dialog, and looking into the database and the sandbox. */
import { expect, type Page } from "@playwright/test";
import { demoPassword, demoPeople } from "../../../scripts/seed.ts";
import { startAfresh as startAfreshIn } from "../product/afresh.ts";
import { product } from "../product/journeys.ts";
import { openSession } from "../product/session.ts";

export { test } from "../product/journeys.ts";

/** How often a condition is looked at that the product brings about by itself. */
export const often = { intervals: [20, 30, 50] };

export const origin = () => product().origin;

/** The web's. */
export async function readMetrics(): Promise<string> {
  const headers = { authorization: `Bearer ${product().secrets.metricsToken}` };
  return (await fetch(`${origin()}/metrics`, { headers })).text();
}

/** By the form, as somebody does who comes anew; ends on the Integrations page. */
export async function signInByForm(page: Page, email: string): Promise<void> {
  await page.goto(`${origin()}/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(demoPassword);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
}

/** With a session that is there already, on the Integrations page. */
export async function signIn(page: Page, email: string): Promise<void> {
  await beSignedIn(page, email);
  await page.goto(`${origin()}/settings/integrations`);
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
}

/** With a session that is there already, on no page yet. */
export async function beSignedIn(page: Page, email: string): Promise<void> {
  const cookie = await sessionOf(email);
  await page.context().addCookies([{ ...cookie, url: origin(), httpOnly: true, sameSite: "Lax" }]);
}

/** What the browser of one of the demo's people has after a sign-in. */
export function sessionOf(email: string): ReturnType<typeof openSession> {
  const person = demoPeople.find((one) => one.email === email);
  if (!person) throw new Error(`${email} is nobody of the demo.`);
  return openSession(product(), { userId: person.id, tenantId: person.tenantId });
}

/** From the button to Meta's last page; the journey decides how it ends there. */
export async function goToMeta(
  page: Page,
  person: string,
  button: string | RegExp = /^(Connect|Try|Start)/,
): Promise<void> {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("radio", { name: person }).check();
  await page.getByRole("button", { name: "Continue" }).click();
}

export async function approve(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Approve" }).click();
}

/** The sandbox's control API; throws with its answer when it refuses. */
export function control<Answer = unknown>(path: string, body?: object): Promise<Answer> {
  return product().control<Answer>(path, body);
}

/** Past every wall, for looking at what was stored. */
export function rows<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
  return product().sql<Row>(text, values);
}

/** A workspace without connections or messages, and a sandbox as on its first day. */
export function startAfresh(): Promise<void> {
  return startAfreshIn(product());
}

/** Waits until the worker has subscribed our app to the WABA: before, Meta sends nothing. */
export async function untilDeliveriesAreOn(phoneNumberId: string): Promise<void> {
  const state = () =>
    rows(
      "select metadata->'deliveries'->>'state' as state from channel_connections where phone_number_id = $1",
      [phoneNumberId],
    );
  await expect.poll(state, often).toEqual([{ state: "on" }]);
}
