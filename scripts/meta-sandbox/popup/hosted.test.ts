import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import {
  APP_ID,
  APP_SECRET,
  APPROVAL,
  CANCEL,
  goThroughDialog,
  graph,
  REDIRECT_URI,
  SIGN_IN,
  sandboxForTest,
  sandboxWithReceiver,
} from "../testing.ts";
import { BUSINESS_IDS, NUMBER_IDS, PARTNER_BUSINESS_ID, PERSON_IDS, WABA_IDS } from "../world/world.ts";

const ANA = [SIGN_IN(PERSON_IDS.ana), APPROVAL];

function linkPath(changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({ app_id: APP_ID, config_id: "777", ...changes });
  return `/messaging/whatsapp/onboard/?${query}`;
}

describe("hosted link", () => {
  test("ends on a page of its own and with PARTNER_ADDED of the partner's portfolio", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    sandbox.control.setSwitches({ partnerEvents: "before", appInstalledEvent: "on" });
    const location = await goThroughDialog(sandbox, linkPath(), ANA);
    const page = await (await fetch(`${sandbox.url}${location}`)).text();
    expect(page).toContain("What you chose is shared with the app now.");
    expect(page).not.toContain("<script");
    const [entry] = JSON.parse(String(receiver.received[0]?.bytes)).entry;
    expect(entry.id).toBe(PARTNER_BUSINESS_ID);
    const info = { waba_id: WABA_IDS.luz, owner_business_id: BUSINESS_IDS.luz };
    expect(entry.changes.map(({ value }: { value: unknown }) => value)).toEqual([
      { event: "PARTNER_ADDED", waba_info: info },
      { event: "PARTNER_APP_INSTALLED", waba_info: { ...info, partner_app_id: APP_ID } },
    ]);
  });

  test("cancelling shares nothing and announces nobody", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    sandbox.control.setSwitches({ partnerEvents: "before" });
    const location = await goThroughDialog(sandbox, linkPath({ redirect_uri: REDIRECT_URI }), [
      CANCEL("sign-in"),
    ]);
    expect(await (await fetch(`${sandbox.url}${location}`)).text()).toContain("Nothing was shared.");
    expect(receiver.received).toEqual([]);
  });

  test.each([
    ["nothing", "dropped", []],
    ["nothing", "kept", ["state"]],
    ["code", "dropped", ["code"]],
    ["ids", "kept", ["waba_id", "phone_number_id", "business_id", "state"]],
  ] as const)("redirects with %s, state %s", async (hostedRedirect, hostedState, keys) => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ hostedRedirect, hostedState });
    const path = linkPath({ redirect_uri: REDIRECT_URI, state: "s" });
    const callback = new URL(await goThroughDialog(sandbox, path, ANA));
    expect(`${callback.origin}${callback.pathname}`).toBe(REDIRECT_URI);
    expect([...callback.searchParams.keys()]).toEqual(keys);
  });

  test("the browser can also stay where it is", async () => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ hostedRedirect: "ignored" });
    const path = linkPath({ redirect_uri: REDIRECT_URI });
    expect(await goThroughDialog(sandbox, path, ANA)).toMatch(/^\/dialog\/end\//);
  });

  test.each([
    ["an unknown app", { app_id: "1" }],
    ["a foreign configuration", { config_id: "778" }],
    ["no configuration", { config_id: "" }],
    ["a redirect_uri that is not registered", { redirect_uri: `${REDIRECT_URI}/` }],
  ])("%s shows an error page", async (_case, changes) => {
    const sandbox = await sandboxForTest({ configId: "777" });
    expect((await fetch(`${sandbox.url}${linkPath(changes)}`)).status).toBe(400);
  });

  test("the control page has the link", async () => {
    const sandbox = await sandboxForTest({ configId: "777" });
    expect(await (await fetch(`${sandbox.url}/sandbox`)).text()).toContain(
      `href="/messaging/whatsapp/onboard/?app_id=${APP_ID}&#38;config_id=777"`,
    );
  });
});

describe("system_user_access_tokens", () => {
  const proofOf = (token: string) => createHmac("sha256", APP_SECRET).update(token).digest("hex");
  const partnerToken = (sandbox: Sandbox, scopes = ["business_management"]) =>
    sandbox.control.mintToken({ businessId: PARTNER_BUSINESS_ID, scopes }).token;

  async function fetchToken(sandbox: Sandbox, token: string, fields: Record<string, string> = {}) {
    const response = await fetch(`${sandbox.url}/v25.0/${BUSINESS_IDS.luz}/system_user_access_tokens`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: new URLSearchParams({ appsecret_proof: proofOf(token), fetch_only: "true", ...fields }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: an answer or an error
    return { status: response.status, body: (await response.json()) as any };
  }

  test("answers a customer's token after the hosted sign-up, and the same one again", async () => {
    const sandbox = await sandboxForTest();
    await goThroughDialog(sandbox, linkPath(), ANA);
    const system = partnerToken(sandbox);
    const first = await fetchToken(sandbox, system);
    expect(first.body).toEqual({ access_token: expect.stringMatching(/^EAA/) });
    expect((await fetchToken(sandbox, system)).body).toEqual(first.body);
    expect((await fetchToken(sandbox, system, { fetch_only: "false" })).body).not.toEqual(first.body);
    const numbers = await graph(sandbox, `/${WABA_IDS.luz}/phone_numbers?fields=id`, {
      token: first.body.access_token,
    });
    expect(numbers.body.data).toEqual([{ id: NUMBER_IDS.luz }]);
  });

  test("a dead token is replaced", async () => {
    const sandbox = await sandboxForTest();
    await goThroughDialog(sandbox, linkPath(), ANA);
    const system = partnerToken(sandbox);
    const first = await fetchToken(sandbox, system);
    await sandbox.control.revokeTokens({ businessId: BUSINESS_IDS.luz });
    const second = await fetchToken(sandbox, system);
    expect(second.status).toBe(200);
    expect(second.body).not.toEqual(first.body);
  });

  test("nothing for a business that never granted the app, or removed it", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const system = partnerToken(sandbox);
    expect((await fetchToken(sandbox, system)).body.error.code).toBe(200);
    sandbox.control.setSwitches({ partnerEvents: "off" });
    await goThroughDialog(sandbox, linkPath(), ANA);
    await sandbox.control.revokeTokens({ businessId: BUSINESS_IDS.luz, removeApp: true });
    expect(String(receiver.received[0]?.bytes)).toContain("PARTNER_REMOVED");
    expect((await fetchToken(sandbox, system)).status).toBe(403);
  });

  test("needs the partner's token, its proof and business_management", async () => {
    const sandbox = await sandboxForTest();
    await goThroughDialog(sandbox, linkPath(), ANA);
    const system = partnerToken(sandbox);
    const customer = sandbox.control.mintToken({ businessId: BUSINESS_IDS.luz }).token;
    const path = `/${BUSINESS_IDS.luz}/system_user_access_tokens`;
    const bare = await graph(sandbox, path, { method: "POST", token: system, body: { fetch_only: true } });
    expect(bare.body.error).toMatchObject({ code: 100, message: expect.stringContaining("appsecret_proof") });
    expect((await fetchToken(sandbox, system, { appsecret_proof: "00" })).body.error.code).toBe(100);
    expect((await fetchToken(sandbox, customer)).body.error.code).toBe(200);
    const weak = partnerToken(sandbox, ["whatsapp_business_management"]);
    expect((await fetchToken(sandbox, weak)).body.error.code).toBe(200);
    expect((await fetchToken(sandbox, "EAAunknown")).body.error.code).toBe(190);
  });
});
