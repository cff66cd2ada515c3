/** How a person comes into a state: by Meta's dialog, by what customers write, by what Meta says and takes away. */
import { expect, type Page } from "@playwright/test";
import { NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import type { Texts } from "../../texts/catalogue.ts";
import type { PageTexts } from "../../texts/pages.ts";
import {
  connectByMeta,
  goByMeta,
  grants,
  pickAfterMeta,
  visitorNamed,
  visitorOn,
} from "../journeys/flows.ts";
import { beSignedIn, control, often, origin, rows } from "../journeys/journey.ts";
import { connectedPlace } from "../two-webs/connect-by-http.ts";
import { untilAlive } from "./checks/every-page.ts";

export interface State {
  group: string;
  name: string;
  /** Brings it about; returns where it is seen, or what has to be done each time to see it. */
  arrange(page: Page): Promise<string | Show>;
  /** Stands on the page, in each language, all of it: without it this is another state. */
  says(texts: Texts & PageTexts): string | string[];
  /** Puts back what reaches beyond workspaces and sandbox. */
  leave?(): Promise<unknown>;
}

/** Must work in any language. */
export type Show = (page: Page) => Promise<unknown>;

export const integrations = "/settings/integrations";
export const ana = "ana@luz.example";
export const leo = "leo@luz.example";
const max = "max@norte.example";

/** Signed in and connected, as a person with one number; the connection's id, nothing left under way. */
export async function connect(page: Page, email = ana): Promise<string> {
  await beSignedIn(page, email);
  await connectByMeta(await visitorOn(page), grants.ana);
  return settled(NUMBER_IDS.luz);
}

/** Connects one number of a person with many, in two accounts, for whoever is signed in. */
export async function connectOneOfMany(page: Page, phoneNumberId: string): Promise<string> {
  expect(await pickAfterMeta(await visitorOn(page), phoneNumberId)).toBe(connectedPlace);
  return settled(phoneNumberId);
}

/** Waits until the worker has done at Meta what it does after a connect; the connection's id. */
export async function settled(phoneNumberId: string): Promise<string> {
  const left = () =>
    rows<{ id: string }>(
      `select id from channel_connections
        where phone_number_id = $1 and metadata->'registration'->>'result' is not null
          and coalesce(metadata->'deliveries'->>'state', 'starting') <> 'starting'`,
      [phoneNumberId],
    );
  await expect.poll(async () => (await left()).length, often).toBe(1);
  return (await left())[0]?.id ?? "";
}

/** Connected, and a customer has written. */
export async function work(page: Page, email = ana): Promise<string> {
  const id = await connect(page, email);
  await write([{ text: "Hola, ¿a qué hora abren?", sender: marta }]);
  return id;
}

export const marta = { phone: "525587654321", name: "Marta Ríos" };

/** Messages and receipts of customers, in one body; waits until the worker has stored them. */
export async function write(messages: object[], statuses: object[] = []): Promise<string[]> {
  const { messageIds } = await control<{ messageIds: string[] }>("/batches", {
    items: [
      ...messages.map((message) => ({ message: { phoneNumberId: NUMBER_IDS.luz, ...message } })),
      ...statuses.map((status) => ({ status: { phoneNumberId: NUMBER_IDS.luz, ...status } })),
    ],
  });
  await untilProcessed();
  return messageIds;
}

export async function untilProcessed(): Promise<void> {
  const open = () => rows("select count(*)::int as open from webhook_deliveries where processed_at is null");
  await expect.poll(open, often).toEqual([{ open: 0 }]);
}

/** Has the worker look at Meta how the connection stands, now, and waits for it. */
export async function check(connectionId: string): Promise<void> {
  const looks = async () =>
    JSON.stringify(
      await rows("select checked_at, refusals from connection_health where connection_id = $1", [
        connectionId,
      ]),
    );
  const before = await looks();
  await rows(
    `select app.enqueue_as('app_tenant', 'check_connection', jsonb_build_object('tenantId', c.tenant_id,
                           'connectionId', c.id, 'requestId', 'look-at-once'))
       from channel_connections c where c.id = $1`,
    [connectionId],
  );
  await expect.poll(looks, often).not.toBe(before);
}

/** One refusal changes nothing, two do. */
export async function checkTwice(connectionId: string): Promise<void> {
  await check(connectionId);
  await check(connectionId);
}

/** Waits until the worker has made this of the connection's row. `condition` is SQL. */
export async function until(connectionId: string, condition: string): Promise<void> {
  const holds = () =>
    rows(`select (${condition}) as holds from channel_connections where id = $1`, [connectionId]);
  await expect.poll(holds, often).toEqual([{ holds: true }]);
}

/** What Meta tells of the account, in one of its own events. */
export function tellOfAccount(event: string): Promise<unknown> {
  return control("/account-updates", { wabaId: WABA_IDS.luz, event, force: true });
}

/** What Meta tells of the number or the account, in a field that the sandbox has no form for. */
export function tell(field: string, value: object): Promise<unknown> {
  const change = { field, value: { display_phone_number: "525512345678", ...value } };
  const entry = [{ id: WABA_IDS.luz, time: Math.floor(Date.now() / 1000), changes: [change] }];
  return control("/raw", { json: { object: "whatsapp_business_account", entry } });
}

/** A scripted answer of Meta's; without `times` it stays. */
export function script(endpoint: string, outcome: object, times?: number): Promise<unknown> {
  return control("/scenarios", { endpoint, outcome, ...(times ? { times } : {}) });
}

export function graphError(code: number, more: object = {}): object {
  return { kind: "graph_error", code, ...more };
}

/** Another workspace asks for the number, or has it. */
export async function takenElsewhere(): Promise<void> {
  expect(await goByMeta(await visitorNamed(max), grants.ana)).toMatch(/whatsapp=(connected|error)/);
}

export const numberPath = (connectionId: string) => `${integrations}/whatsapp/numbers/${connectionId}`;

/** Opens a page with a form, fills fields by their names, and sends it; what comes back has taken notice. */
export function sendForm(path: string, fields: Record<string, string>): Show {
  return async (page) => {
    await page.goto(origin() + path);
    await untilAlive(page);
    const form = page.locator("form").filter({ has: page.locator(`[name="${Object.keys(fields)[0]}"]`) });
    for (const [name, value] of Object.entries(fields)) await form.locator(`[name="${name}"]`).fill(value);
    await form.locator("button[type=submit]").first().click();
    await expect(page.getByRole("alert")).toBeVisible();
  };
}
