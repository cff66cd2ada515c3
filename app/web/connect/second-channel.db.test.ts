/** A channel that was added to catalogue, words and registries, and to nothing else, in the flow that is there. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { retryStep } from "../../integrations/connect/unfinished-steps.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { carrier } from "../../integrations/testing/carrier-connector.ts";
import type { CarrierPlatform } from "../../integrations/testing/carrier-platform.ts";
import { carrierDelivery, carrierNotes } from "../../integrations/testing/carrier-stage.ts";
import * as callback from "../../routes/api.integrations.meta.$channel.callback.ts";
import * as disconnect from "../../routes/api.integrations.meta.$channel.disconnect.ts";
import * as start from "../../routes/api.integrations.meta.$channel.start.ts";
import * as status from "../../routes/api.integrations.meta.$channel.status.ts";
import { type AskPage, openPages } from "../testing/pages.ts";
import { callRoute, startTestProduct, type TestPerson, type TestProduct } from "../testing/product.ts";
import { addSecondChannel, postDelivery, workOff } from "../testing/second-channel.ts";

let product: TestProduct;
let platform: CarrierPlatform;
let askPage: AskPage;
let ana: TestPerson;
beforeAll(async () => {
  product = await startTestProduct();
  platform = await addSecondChannel(product);
  askPage = await openPages();
});
afterAll(async () => {
  await platform.stop();
  await product.stop();
});
beforeEach(async () => {
  ana = await product.person();
});
afterEach(() =>
  product.database.empty(
    "channel_connections",
    "number_claims",
    "connection_events",
    "connection_teardowns",
    "oauth_states",
    "number_registrations",
    "conversations",
    "messages",
    "contacts",
    "webhook_deliveries",
    "delivery_quarantine",
  ),
);

const api = "/api/integrations/meta/carrier";
const blue = ["acct/blue.1"];
const green = ["acct/green.2"];

function call(route: unknown, path: string, person: TestPerson, init: RequestInit = {}): Promise<Response> {
  const headers = { cookie: person.cookie, accept: "application/json", ...(init.headers as object) };
  const request = new Request(`${product.origin}${path}`, { ...init, headers });
  return callRoute(route as never, request, { channel: "carrier" });
}

async function page(path: string, person = ana, init: RequestInit = {}): Promise<string> {
  const request = new Request(`${product.origin}${path}`, { ...init, headers: { cookie: person.cookie } });
  return (await (await askPage(request)).text()).replace(/<script[\s\S]*?<\/script>/g, "");
}

/** From the button to where the callback leads. */
async function connect(person: TestPerson, accounts: string[]): Promise<string | null> {
  const started = await call(start.action, `${api}/start`, person, { method: "POST" });
  const { authUrl, state } = (await started.json()) as { authUrl: string; state: string };
  const consent = new URL(authUrl);
  const back = consent.searchParams.get("back") ?? "";
  expect([consent.origin, back]).toEqual([platform.url, `${product.origin}${api}/callback`]);
  const query = new URLSearchParams({ state, code: platform.mintCode(back, { accounts }) });
  return (await call(callback.loader, `${api}/callback?${query}`, person)).headers.get("location");
}

/** What a person reads of it, in one line. */
const words = (markup: string) =>
  markup
    .replace(/<!--.*?-->/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

const statusOf = async (person: TestPerson) =>
  (await call(status.loader, `${api}/status`, person)).json() as Promise<Record<string, unknown>>;
const messages = () =>
  product.database.sql<{ tenant_id: string; body: string }>(
    "select tenant_id, body from messages order by provider_message_id",
  );

describe("a second channel", () => {
  test("has a card of its own beside the first, with its own words and addresses", async () => {
    const markup = await page("/settings/integrations");
    expect(markup).toMatch(/<h2 id="whatsapp"[\s\S]*<h2 id="carrier"/);
    for (const words of ["Connect WhatsApp", "Connect Carrier", "A line at Carrier."])
      expect(markup).toContain(words);
    for (const path of [`${api}/start`, "/settings/integrations/carrier/activity"])
      expect(markup).toContain(`"${path}"`);
    expect(await page("/conversations")).toContain("Connect WhatsApp or Carrier, and they start");
  });

  test("is connected, receives for the workspace that owns the line, and is left", async () => {
    expect(await connect(ana, blue)).toBe("/settings/integrations?carrier=connected");
    expect(await workOff(product)).toEqual(["subscribe_waba", "replay_parked"]);
    expect(platform.world.accounts["acct/blue.1"]?.feeds.has(platform.clientId)).toBe(true);
    expect(await statusOf(ana)).toMatchObject({ connected: true, phone_number_e164: "+34912345678" });
    const connected = await page("/settings/integrations?carrier=connected");
    for (const words of ["Carrier is connected.", "+34 912 34 56 78", "Open Carrier"])
      expect(connected).toContain(words);
    const [, numberPage = ""] =
      /href="(\/settings\/integrations\/carrier\/numbers\/[^"]+)"/.exec(connected) ?? [];
    const own = await page(numberPage);
    expect(own).not.toContain("egistered");
    const [{ id: connectionId } = { id: "" }] = await product.database.sql<{ id: string }>(
      "select id from channel_connections",
    );
    const { integrations } = product.services;
    const wish = { channel: carrier, connectionId, step: "registration" } as const;
    expect(await retryStep(integrations, { ...ana, sessionId: "s-1", requestId: "r-1" }, wish)).toEqual({
      kind: "none",
    });
    const run = { tenantId: ana.tenantId, requestId: "r-1", lastAttempt: true };
    await registerNumber(integrations, { ...run, connectionId });
    expect(await product.database.sql("select from number_registrations")).toEqual([]);
    expect(own).toMatch(/href="\/settings\/integrations\/carrier\/disconnect\?connection=/);

    const eva = await product.person();
    expect(await connect(eva, blue)).toBe("/settings/integrations?carrier=error&reason=number_taken");
    const said = carrierDelivery("ln:Blue-1", { id: "note-1", by: "p/1", says: "¿Hay pan?" });
    for (let times = 0; times < 2; times++) expect(await postDelivery(product, said)).toBe(200);
    await workOff(product);
    expect(await messages()).toEqual([{ tenant_id: ana.tenantId, body: "¿Hay pan?" }]);
    expect(await page("/conversations")).toContain("Person p/1");
    expect(await page("/conversations", eva)).not.toContain("Person p/1");
    expect(await page(numberPage)).not.toContain("No message has arrived yet.");

    const left = await call(disconnect.action, `${api}/disconnect`, ana, { method: "POST" });
    expect(await left.json()).toEqual({ connected: false });
    expect(await statusOf(ana)).toMatchObject({ connected: false, status: "revoked", may_send: false });
    expect(await workOff(product)).toContain("stop_deliveries");
    expect(platform.world.accounts["acct/blue.1"]?.feeds.has(platform.clientId)).toBe(false);
    const activity = await page("/settings/integrations/carrier/activity");
    for (const words of ["your Carrier connections", "Meta stopped delivering", "Disconnected", "Connected"])
      expect(activity).toContain(words);
    expect(await page("/settings/integrations/whatsapp/activity")).toContain(
      "Nothing has happened in the last 90 days.",
    );
  });

  test("shows notes of its own types, what was said about them, and why one was lost", async () => {
    await connect(ana, blue);
    await workOff(product);
    const by = { ref: "p/3", called: "Rosa" };
    const ours = { for: { ref: "p/3" } };
    const notes = carrierNotes(
      "ln:Blue-1",
      { note: "said", id: "n-1", by, says: "¿Hay pan?" },
      { note: "said", id: "n-2", ...ours, says: "Hay, de centeno.", upon: "n-1" },
      { note: "nod", id: "n-3", by, over: "n-2", sign: "👏" },
      { note: "said", id: "n-4", by, says: "Mi clave es 1234" },
      { note: "struck", id: "n-5", by, over: "n-4" },
      { note: "drawn", id: "n-6", by, plate: { titled: "Hogaza", weighs: 2_048 } },
      { note: "said", id: "n-7", ...ours, says: "Te llamo." },
      { note: "lost", id: "n-7", ...ours, why: "line_busy" },
      { note: "said", id: "n-8", ...ours, says: "Te llamo otra vez." },
      { note: "lost", id: "n-8", ...ours, why: "no_tone", told: "The line had no tone." },
      { note: "said", id: "n-9", by, says: "Lo de la clave, olvídalo.", upon: "n-4" },
    );
    expect(await postDelivery(product, notes)).toBe(200);
    await workOff(product);
    const [row] = await product.database.sql<{ id: string }>("select id from conversations");
    const shown = await page(`/conversations/${row?.id}`);
    const items = shown.split("<li id=").slice(1).map(words);
    expect(items).toHaveLength(7);
    const [asked, answered, deleted, drawn, busy, toneless, last] = items;
    expect(asked).toContain("¿Hay pan?");
    expect(answered).toMatch(
      /In reply to the customer: ¿Hay pan\?.*Hay, de centeno\..*Reaction of the customer: 👏/,
    );
    expect(deleted).toContain("This message was deleted");
    expect(shown).not.toContain("1234");
    expect(drawn).toMatch(/Photo.*Hogaza.*2 kB.*The plate stays at Carrier\./);
    expect(busy).toMatch(/Carrier app.*Not delivered.* · the line was busy/);
    expect(toneless).toMatch(/Not delivered.* · Carrier’s reason: The line had no tone\./);
    expect(last).toMatch(/In reply to the customer: This message was deleted/);
    for (const foreign of ["WhatsApp does not share", "stays at WhatsApp", "Meta’s reason"])
      expect(shown).not.toContain(foreign);
    expect(words(await page("/conversations"))).toMatch(/Rosa.*Lo de la clave, olvídalo\./);

    await postDelivery(
      product,
      carrierNotes("ln:Blue-1", {
        note: "drawn",
        id: "n-10",
        by,
        on: "2026-11-25T10:00:00Z",
        plate: { titled: "Otra", weighs: 1 },
      }),
    );
    await workOff(product);
    expect(words(await page("/conversations"))).toMatch(/Rosa.*Photo/);
  });

  test("deletes what stands on another page, too", async () => {
    await connect(ana, blue);
    await workOff(product);
    const by = { ref: "p/3", called: "Rosa" };
    const filler = Array.from({ length: 60 }, (_, n) => ({
      note: "said",
      id: `f-${n}`,
      by,
      says: `Nota ${n}`,
    }));
    const secret = { note: "said", id: "n-4", by, says: "Mi clave es 1234" };
    const later = { note: "said", id: "n-6", by, says: "Olvídalo.", upon: "n-4" };
    const notes = [secret, ...filler, { note: "struck", id: "n-5", by, over: "n-4" }, later];
    await postDelivery(product, carrierNotes("ln:Blue-1", ...notes));
    await workOff(product);
    const [row] = await product.database.sql<{ id: string }>("select id from conversations");
    const newest = await page(`/conversations/${row?.id}`);
    expect(words(newest)).toMatch(/In reply to the customer: This message was deleted/);
    const [, before = ""] = /\?before=([^"#]+)"/.exec(newest) ?? [];
    const older = await page(`/conversations/${row?.id}?before=${before}`);
    expect(older).toContain("Nota 1");
    for (const one of [newest, older]) expect(one).not.toContain("1234");
  });

  test("says at which step of its own an attempt failed", async () => {
    platform.world.hidesLines = true;
    onTestFinished(() => {
      platform.world.hidesLines = false;
    });
    expect(await connect(ana, blue)).toBe("/settings/integrations?carrier=error&reason=meta_unavailable");
    const [attempt] = await product.database.sql<{ steps: Record<string, { result: string }> }>(
      "select metadata -> 'steps' as steps from channel_connections",
    );
    expect(attempt?.steps).toMatchObject({
      access_seen: { result: "done" },
      account_found: { result: "done" },
      number_proved: { result: "failed", code: "meta_unavailable" },
    });
  });

  test("offers a choice of several lines, and connects the one that was picked", async () => {
    expect(await connect(ana, green)).toBe("/settings/integrations/carrier/choose-number");
    const picker = await page("/settings/integrations/carrier/choose-number");
    expect(picker.match(/type="radio"/g)).toHaveLength(6);
    expect(picker).toContain("Carrier number");
    const body = new URLSearchParams({ phoneNumberId: "ln:green-0" });
    await page("/settings/integrations/carrier/choose-number", ana, { method: "POST", body });
    await workOff(product);
    expect(await statusOf(ana)).toMatchObject({ connected: true, phone_number_e164: "+442079460010" });
    expect(platform.world.accounts["acct/green.2"]?.feeds.has(platform.clientId)).toBe(true);
  });

  test("keeps what is nobody's, and what cannot be read, with its place", async () => {
    const { notes } = carrierDelivery("", { id: "note-2", by: "p/2", says: "Hello" }) as { notes: object[] };
    expect(await postDelivery(product, { to: "ln:nobody", notes: [...notes, { note: 7 }] })).toBe(200);
    await workOff(product);
    expect(await messages()).toEqual([]);
    expect(
      await product.database.sql("select item_path, reason from delivery_quarantine order by item_path"),
    ).toEqual([
      { item_path: "notes.0", reason: "unknown_number" },
      { item_path: "notes.1", reason: "unreadable" },
    ]);
  });

  test("tells on every page when its line needs somebody", async () => {
    await connect(ana, blue);
    await product.database.sql(
      `update channel_connections set status = 'error',
         metadata = metadata || '{"error": {"code": "account_disabled", "at": "2026-11-20T10:00:00Z"}}'`,
    );
    expect(await page("/conversations")).toContain("Meta has disabled the Carrier account of this number.");
  });
});
