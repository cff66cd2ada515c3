/** What the journeys share: signing in, walking through Meta's dialog, and looking into the database and the sandbox. */
import { expect, type Page } from "@playwright/test";
import pg from "pg";

export const origin = () => process.env.E2E_ORIGIN ?? "";

/** The web's. */
export async function readMetrics(): Promise<string> {
  const headers = { authorization: `Bearer ${process.env.E2E_METRICS_TOKEN}` };
  return (await fetch(`${origin()}/metrics`, { headers })).text();
}
const sandbox = () => process.env.E2E_SANDBOX ?? "";

export async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${origin()}/login`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill("curbe-demo");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
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
export async function control<Answer = unknown>(path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`${sandbox()}/sandbox/api${path}`, {
    method: body ? "POST" : "GET",
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
  return answer.json() as Promise<Answer>;
}

/** Past every wall, for looking at what was stored. */
export async function rows<Row = Record<string, unknown>>(
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: process.env.E2E_DATABASE });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A workspace without connections or messages, and a sandbox as on its first day. */
export async function startAfresh(): Promise<void> {
  await control("/reset", {});
  await rows(`truncate messages, conversations, contacts, connection_teardowns, connection_events, number_claims,
    channel_connections, oauth_states, delivery_quarantine, webhook_deliveries, login_limits, registration_tries cascade`);
}

/** Waits until the worker has subscribed our app to the WABA: before, Meta sends nothing. */
export async function untilDeliveriesAreOn(phoneNumberId: string): Promise<void> {
  const state = () =>
    rows(
      "select metadata->'deliveries'->>'state' as state from channel_connections where phone_number_id = $1",
      [phoneNumberId],
    );
  await expect.poll(state).toEqual([{ state: "on" }]);
}
