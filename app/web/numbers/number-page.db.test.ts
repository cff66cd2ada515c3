/** What pages say of a connected number: its steps, what Meta told of it, and on every page that it needs somebody. */
import { describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { english as texts } from "../../texts/en/index.ts";
import { activeConnection, addConnection } from "../testing/connection-rows.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get } from "../testing/stage.ts";

const { demo, ask, markup } = pageStage("channel_connections");

const { luz } = demoWorkspaces;
const at = "2026-11-20T10:00:00.000Z";
const when = "20 Nov 2026, 10:00 UTC";
const done = { result: "done", at };
const stepsUpToConnect = {
  state_checked: done,
  code_exchanged: done,
  access_seen: done,
  account_found: done,
  number_proved: done,
};
const working = {
  steps: stepsUpToConnect,
  deliveries: { state: "on", at },
  registration: { result: "registered", at },
};
const given = (metadata: object) => addConnection(demo.stage, luz.id, { ...activeConnection, metadata });
const card = async (metadata: object) => {
  await given(metadata);
  return markup("/settings/integrations", demo.ana);
};
const ownPage = async (metadata: object) =>
  markup(`/settings/integrations/whatsapp/numbers/${await given(metadata)}`, demo.ana);
const opened = /<details[^>]*\sopen=""/;
const words = texts.integrations.steps;
const names = texts.channels.meta_whatsapp.steps;

describe("the steps of a number", () => {
  test("stand on its page with word and time, closed when all is done, and not on the card", async () => {
    const page = await ownPage(working);
    expect(page).toContain(words.title);
    expect(page).not.toMatch(opened);
    for (const name of Object.values(names)) expect(page).toContain(name);
    expect(page.split(when)).toHaveLength(8);
    expect(page).toContain(words.noMessageYet);
    expect(await markup("/settings/integrations", demo.ana)).not.toContain(words.title);
  });

  test("are open on the card while Meta is being asked", async () => {
    const page = await card({ ...working, deliveries: { state: "starting" } });
    expect(page).toMatch(opened);
    expect(page).toContain(words.results.underWay);
  });

  test.each([
    ["deliveries", texts.integrations.retryDeliveries, words.deliveryFailures.permission, "permission"],
    [
      "registration",
      texts.integrations.tryAgain,
      texts.channels.meta_whatsapp.registrationRefusals.pin_mismatch,
      "pin_mismatch",
    ],
    ["registration", texts.integrations.tryAgain, words.otherwise, "constructor"],
  ])("say why %s failed, and offer it again once", async (step, button, cause, code) => {
    const failure = { state: "failed", result: "failed", code, at };
    const page = await card({ ...working, [step]: failure });
    expect(page).toMatch(opened);
    expect(page).toContain(cause);
    expect(page).toContain(`>${code}</code>`);
    expect(page.split(`action="/settings/integrations/whatsapp/retry?step=${step}"`)).toHaveLength(2);
    expect(page.split(`>${button}<`)).toHaveLength(2);
    expect(page).not.toContain(words.noMessageYet);
  });
});

describe("what Meta told of a number", () => {
  test("stands on its page, in our words where there are some", async () => {
    const quality = { event: "UPGRADE", current_limit: "TIER_1K", at };
    const page = await ownPage({ ...working, quality, name_status: { event: "A_WORD_OF_TOMORROW", at } });
    expect(page).toContain("Up to 1,000 conversations a day");
    expect(page).toContain(">A_WORD_OF_TOMORROW</code>");
    expect(page).not.toContain(texts.channels.meta_whatsapp.quality.title);
  });

  test("is a notice when it is a flag or a restriction", async () => {
    const quality = { event: "FLAGGED", at };
    const page = await card({ ...working, quality, restriction: { event: "ACCOUNT_RESTRICTION", at } });
    expect(page).toContain(texts.channels.meta_whatsapp.quality.title);
    expect(page).toContain(texts.integrations.restrictions.ACCOUNT_RESTRICTION);
  });

  test("stands back while the number has an incident", async () => {
    await addConnection(demo.stage, luz.id, {
      ...activeConnection,
      status: "error",
      metadata: { error: { code: "account_disabled", at }, restriction: { event: "DISABLED_UPDATE", at } },
    });
    const page = await markup("/settings/integrations", demo.ana);
    expect(page).toContain(texts.channels.meta_whatsapp.incidentOf("account_disabled").title);
    expect(page).not.toContain(texts.integrations.restrictions.DISABLED_UPDATE);
  });
});

describe("a number that needs somebody", () => {
  const broken = (code: string, e164 = "+525512345678") =>
    addConnection(demo.stage, luz.id, {
      ...activeConnection,
      e164,
      status: "error",
      metadata: { error: { code, at } },
    });
  const region = `aria-label="${texts.incidents.label}"`;

  test.each(["/conversations", "/settings/integrations/whatsapp/activity", "/nowhere"])(
    "is told on %s, with cause, time and one link",
    async (path) => {
      await broken("token_rejected");
      const page = await markup(path, demo.ana);
      expect(page).toContain(region);
      expect(page).toMatch(/dir="ltr"[^>]*>\+52 55 1234 5678</);
      expect(page).toContain(texts.channels.meta_whatsapp.incidentOf("token_rejected").title);
      expect(page).toContain(when);
      expect(page).toMatch(/href="\/settings\/integrations">Reconnect</);
    },
  );

  test("is told on the Integrations page by its card alone", async () => {
    await broken("token_rejected");
    expect(await markup("/settings/integrations?whatsapp=connected", demo.ana)).not.toContain(region);
  });

  test("is not sent to reconnect where that does not help", async () => {
    await broken("account_disabled");
    const page = await markup("/conversations", demo.ana);
    expect(page).toContain(`>${texts.incidents.see}<`);
    expect(page).not.toMatch(/>Reconnect</);
  });

  test("is one whose token has run out, too", async () => {
    await addConnection(demo.stage, luz.id, { ...activeConnection, tokenExpiresAt: at });
    const page = await markup("/conversations", demo.ana);
    expect(page).toContain(texts.channels.meta_whatsapp.incidentOf("token_expired").title);
    expect(page).toContain(when);
  });

  test("stands beside the others, in one region", async () => {
    await broken("token_rejected");
    await broken("access_removed", "+525587654321");
    const page = await markup("/conversations", demo.ana);
    for (const code of ["token_rejected", "access_removed"])
      expect(page).toContain(texts.channels.meta_whatsapp.incidentOf(code).title);
    expect(page.split(region)).toHaveLength(2);
  });

  test("is nobody else's, and neither a number that works nor an attempt is one", async () => {
    await broken("token_rejected");
    for (const cookie of [demo.eva, undefined])
      expect(await markup("/conversations", cookie)).not.toContain(region);
    await demo.stage.database.empty("channel_connections");
    await addConnection(demo.stage, luz.id, activeConnection);
    await addConnection(demo.stage, luz.id, { status: "error", metadata: { error: { code: "x", at } } });
    await addConnection(demo.stage, luz.id, { status: "revoked", e164: "+525587654321" });
    expect(await markup("/conversations", demo.ana)).not.toContain(region);
  });

  test("that cannot be asked for leaves the page that says so whole", async () => {
    const warned: string[] = [];
    const db = new Proxy(demo.stage.services.db, {
      get: () => {
        throw Object.assign(new Error("away"), { code: "ECONNREFUSED" });
      },
    });
    const log = { ...demo.stage.services.log, warn: (message: string) => void warned.push(message) };
    demo.stage.setUp({ log, integrations: { ...demo.stage.services.integrations, db } });
    const answer = await ask(get("/nowhere", demo.ana));
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("Panadería Luz");
    expect(warned).toEqual(["incidents could not be read"]);
  });
});
