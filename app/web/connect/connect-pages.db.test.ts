/** What a person is shown, and may post, on the way to a connection and out of it. */
import { describe, expect, test } from "vitest";
import { connectionErrorCodes } from "../../../db/queries/connections/error-codes.ts";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { reasonCodes } from "../../integrations/connect/reasons.ts";
import { english as texts } from "../../texts/en/index.ts";
import { pageTexts } from "../../texts/pages.ts";
import { activeConnection, addConnection } from "../testing/connection-rows.ts";
import { pageStage } from "../testing/page-stage.ts";
import { get, post, signInAs } from "../testing/stage.ts";

const { demo, ask, sql, html, markup } = pageStage("channel_connections", "contacts");

/** Without a number it is an attempt of Ana's. */
const connection = (tenantId: string, given: Parameters<typeof addConnection>[2]) =>
  addConnection(demo.stage, tenantId, {
    ...(given.e164 ? {} : { attemptedBy: "ana@luz.example" }),
    ...given,
  });
const active = activeConnection;
const { luz, norte } = demoWorkspaces;

describe("the integrations page", () => {
  test("offers to connect before there is anything", async () => {
    const page = await markup("/settings/integrations", demo.ana);
    expect(page).toContain("Not connected");
    expect(page).toMatch(/<form[^>]*action="\/api\/integrations\/meta\/whatsapp\/start"[^>]*method="post"/);
    expect(page).toContain("Connect WhatsApp");
  });

  test("shows a number that works, in groups and left to right", async () => {
    const id = await connection(luz.id, { ...active, metadata: { deliveries: { state: "on" } } });
    const page = await markup("/settings/integrations", demo.ana);
    expect(page).toMatch(/dir="ltr"[^>]*>\+52 55 1234 5678<\/span> · A name</);
    expect(page).toContain(`href="/settings/integrations/whatsapp/numbers/${id}"`);
    expect(page).not.toContain("sealed");
  });

  test.each([
    ["starting", {}, texts.numbers.status.starting],
    ["failed", { deliveries: { state: "failed" } }, texts.integrations.deliveries.failed],
  ])("says when deliveries are %s", async (_name, metadata, words) => {
    await connection(luz.id, { ...active, metadata });
    expect(await markup("/settings/integrations", demo.ana)).toContain(words);
  });

  test("says why a connection needs attention, since when, and offers to reconnect", async () => {
    const error = { code: "token_rejected", at: "2026-11-20T10:00:00Z" };
    await connection(luz.id, { ...active, status: "error", metadata: { error } });
    const page = await markup("/settings/integrations", demo.ana);
    for (const words of ["Needs attention", "20 Nov 2026, 10:00 UTC", "token_rejected", "Reconnect"])
      expect(page).toContain(words);
  });

  test.each([...connectionErrorCodes, "a cause of the future", "constructor"])(
    "tells cause, effect and what to do about %s",
    async (code) => {
      const error = { code, at: "2026-11-20T10:00:00Z" };
      await connection(luz.id, { ...active, status: "error", metadata: { error } });
      const page = await markup("/settings/integrations", demo.ana);
      const { title, effect, action } = texts.channels.meta_whatsapp.incidentOf(code);
      for (const words of [title, effect, action, code]) expect(page).toContain(words);
    },
  );

  test("after a disconnect says that conversations are kept", async () => {
    await connection(luz.id, { status: "revoked", e164: "+525512345678" });
    const page = await markup("/settings/integrations", demo.ana);
    for (const words of ["Not connected", "Disconnected. Your conversations are kept.", "Connect again"])
      expect(page).toContain(words);
  });

  test.each(reasonCodes)("tells in words of its own why an attempt failed: %s", async (reason) => {
    const page = await markup(`/settings/integrations?whatsapp=error&reason=${reason}`, demo.ana);
    const { title, text } = texts.channels.meta_whatsapp.reasons[reason];
    expect(page).toContain('role="alert"');
    expect(page).toContain(title);
    expect(page).toContain(text);
  });

  test("uses the fixed words", () => {
    const { cancelled, number_taken } = texts.integrations.reasons;
    expect(cancelled.title).toBe("Connection cancelled or failed. Try again.");
    expect(number_taken.title).toBe("This number is already connected to another workspace.");
    expect(pageTexts(texts).manual.title).toBe("Manual Connect (Admin only)");
  });

  test("never shows what else stands in the address", async () => {
    const page = await html(
      "/settings/integrations?whatsapp=error&reason=CANARY%3Cb%3E&whatsapp=connected",
      demo.ana,
    );
    expect(page).not.toContain("CANARY");
    expect(page).not.toContain('role="alert"');
  });

  test("does not say connected because the address does", async () => {
    expect(await markup("/settings/integrations?whatsapp=connected", demo.ana)).not.toContain(
      "WhatsApp is connected.",
    );
  });
});

describe("the confirmation of a disconnect", () => {
  test("says what stops and what stays, and asks for that one connection", async () => {
    const id = await connection(luz.id, active);
    const page = await markup(`/settings/integrations/whatsapp/disconnect?connection=${id}`, demo.ana);
    expect(page).toContain("0 conversations with 0 messages");
    for (const words of [
      texts.disconnect.recent(0, false),
      ...texts.disconnect.stopsList,
      texts.disconnect.noUndo,
    ])
      expect(page).toContain(words);
    expect(page).toContain(`<input type="hidden" name="connectionId" value="${id}"/>`);
    expect(page).toMatch(/<form[^>]*action="\/api\/integrations\/meta\/whatsapp\/disconnect"/);
  });

  test("does not exist for another workspace's connection", async () => {
    const id = await connection(norte.id, active);
    const answer = await ask(get(`/settings/integrations/whatsapp/disconnect?connection=${id}`, demo.ana));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/settings/integrations");
  });
});

describe("the picker", () => {
  const numbers = [
    { phoneNumberId: "111", accountId: "9", e164: "+525512345678", displayName: "Centro" },
    { phoneNumberId: "112", accountId: "9", e164: "+525587654321", displayName: "<b>Norte</b>" },
  ];
  const open = { status: "pending", choiceExpiresAt: "2099-01-01T00:00:00Z" };
  const choice = { ...open, metadata: { choices: { numbers } } };

  test("lists the offered numbers as radio buttons, and a reload shows them again", async () => {
    await connection(luz.id, choice);
    for (let i = 0; i < 2; i += 1) {
      const page = await markup("/settings/integrations/whatsapp/choose-number", demo.ana);
      expect(page.match(/type="radio"/g)).toHaveLength(2);
      expect(page).toContain("&lt;b&gt;Norte&lt;/b&gt;");
    }
    expect(await markup("/settings/integrations", demo.ana)).toContain("Choose a number");
  });

  test.each([
    ["no number there", {}, "No number yet"],
    ["Meta's answer still to come", { unread: true }, "Meta has not answered yet"],
  ])("offers to look again with %s", async (_what, more, title) => {
    await connection(luz.id, { ...open, metadata: { choices: { numbers: [], ...more } } });
    const page = await markup("/settings/integrations/whatsapp/choose-number", demo.ana);
    expect(page).toContain(title);
    expect(page).toContain('<input type="hidden" name="intent" value="look"/>');
    expect(await markup("/settings/integrations", demo.ana)).toContain("Start again");
  });

  test.each([
    ["no_number", false],
    ["meta_unavailable", false],
    ["number_taken", true],
    ["account_restricted", true],
    ["cancelled", true],
  ] as const)(
    "of an open choice, a failed %s says how to go on where the card does not: %s",
    async (reason, says) => {
      await connection(luz.id, { ...open, metadata: { choices: { numbers: [] } } });
      const page = await markup(`/settings/integrations?whatsapp=error&reason=${reason}`, demo.ana);
      const { title, text } = texts.channels.meta_whatsapp.reasons[reason];
      expect(page).toContain(title);
      expect(page.includes(text)).toBe(says);
    },
  );

  test("asks again when nothing was chosen", async () => {
    await connection(luz.id, choice);
    const answer = await ask(post("/settings/integrations/whatsapp/choose-number", {}, { cookie: demo.ana }));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("Choose one of the numbers.");
  });

  test("says that its hour is over, before and after the clock has ended it, and nothing once a number is there", async () => {
    await connection(luz.id, { ...choice, choiceExpiresAt: "2020-01-01T00:00:00Z" });
    const place = async () =>
      (await ask(get("/settings/integrations/whatsapp/choose-number", demo.ana))).headers.get("location");
    const over = "/settings/integrations?whatsapp=error&reason=choice_expired";
    expect(await place()).toBe(over);
    await sql("update channel_connections set status = 'revoked', metadata = '{}'");
    expect(await place()).toBe(over);
    await connection(luz.id, active);
    expect(await place()).toBe("/settings/integrations");
  });

  test("leads back when there is no choice, as for another workspace", async () => {
    await connection(luz.id, choice);
    const answer = await ask(get("/settings/integrations/whatsapp/choose-number", demo.eva));
    expect(answer.headers.get("location")).toBe("/settings/integrations");
  });

  test("is found from the address that it had, also by a form that is sent there", async () => {
    const had = "/settings/integrations/whatsapp/number";
    for (const asked of [get(had, demo.ana), post(had, { phoneNumberId: "111" }, { cookie: demo.ana })]) {
      const { status, headers } = await ask(asked);
      expect([status, headers.get("location")]).toEqual([
        303,
        "/settings/integrations/whatsapp/choose-number",
      ]);
    }
    expect((await ask(get(had))).headers.get("location")).toContain("/login");
  });

  test.each(["choose-number", "number"])("there is no %s for a channel that we do not have", async (page) => {
    expect((await ask(get(`/settings/integrations/telegram/${page}`, demo.ana))).status).toBe(404);
  });
});

describe("manual connect", () => {
  const path = "/settings/integrations/whatsapp/manual";
  const filled = { wabaId: "123456", phoneNumberId: "654321", accessToken: "EAAcanarycanary" };
  const cases: [string, () => Promise<string | undefined>, boolean, number][] = [
    ["nobody", async () => undefined, true, 404],
    ["a member of a workspace with the flag", () => signInAs("leo@luz.example"), true, 404],
    ["an admin of a workspace without it", async () => demo.eva, true, 404],
    ["an admin with the flag while the deployment has it off", async () => demo.ana, false, 404],
    ["an admin with the flag", async () => demo.ana, true, 200],
  ];

  test.each(cases)("for %s", async (_who, who, integrationDebug, status) => {
    demo.stage.setUp({ integrationDebug });
    const cookie = await who();
    const answer = await ask(get(path, cookie));
    expect(answer.status).toBe(status);
    const page = await answer.text();
    const overview = cookie ? await html("/settings/integrations", cookie) : "";
    if (status === 404) {
      expect((await ask(post(path, filled, { cookie }))).status).toBe(404);
      expect(page).not.toMatch(/manual connect|wabaId|accessToken|<input/i);
      expect(overview).not.toMatch(/manual|byHand|waba|access.?token/i);
    } else {
      expect(overview).toContain(`href="${path}"`);
      for (const name of ["wabaId", "phoneNumberId", "accessToken"]) expect(page).toContain(`name="${name}"`);
    }
  });

  test("names what is wrong, field by field, keeps the ids and never the token", async () => {
    const typed = { ...filled, wabaId: "WABA 52", accessToken: "has spaces CANARY" };
    const answer = await ask(post(path, typed, { cookie: demo.ana }));
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).not.toContain("CANARY");
    for (const typed of ["WABA 52", "654321"]) expect(page).toContain(`value="${typed}"`);
    expect(page).toContain('href="#wabaId"');
    expect(page).toContain('href="#accessToken"');
    expect(page).toMatch(
      /id="wabaId"[^>]*aria-invalid="true"[^>]*aria-describedby="wabaId-hint wabaId-error"/,
    );
  });
});
