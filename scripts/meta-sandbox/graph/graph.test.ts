import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import {
  APP_ID,
  APP_SECRET,
  graph,
  REDIRECT_URI,
  receiverForTest,
  sandboxForTest,
  sandboxWithReceiver,
  tokenFor,
} from "../testing.ts";
import { BUSINESS_IDS, EARLIER_PROVIDER_PIN, NUMBER_IDS, OTHER_APP_ID, WABA_IDS } from "../world/world.ts";

const APP_TOKEN = `${APP_ID}|${APP_SECRET}`;

function exchange(sandbox: Sandbox, changes: Record<string, string>) {
  const query = new URLSearchParams({
    client_id: APP_ID,
    client_secret: APP_SECRET,
    redirect_uri: REDIRECT_URI,
    ...changes,
  });
  return graph(sandbox, `/oauth/access_token?${query}`);
}

const codeFor = (sandbox: Sandbox, businessId: string = BUSINESS_IDS.luz) =>
  sandbox.control.mintCode({ businessId }).code;

describe("code exchange", () => {
  test("answers a 60-day token once, and 36009 the second time", async () => {
    const sandbox = await sandboxForTest();
    const code = codeFor(sandbox);
    const first = await exchange(sandbox, { code });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      access_token: expect.stringMatching(/^EAA/),
      token_type: "bearer",
      expires_in: 5_184_000,
    });
    const second = await exchange(sandbox, { code });
    expect(second.status).toBe(400);
    expect(second.body.error).toMatchObject({ type: "OAuthException", code: 100, error_subcode: 36009 });
    expect(second.body.error.fbtrace_id).toMatch(/^A/);
    expect(second.headers.get("www-authenticate")).toContain('OAuth "Facebook Platform" "invalid_code"');
    expect(sandbox.control.exchangeAttempts()).toBe(2);
  });

  test("a code dies after 30 seconds", async () => {
    const sandbox = await sandboxForTest();
    const code = codeFor(sandbox);
    await sandbox.control.advanceClock(30_000);
    expect((await exchange(sandbox, { code })).body.error).toMatchObject({ code: 100, error_subcode: 36007 });
  });

  test.each([
    ["a redirect_uri that differs in bytes", { redirect_uri: `${REDIRECT_URI}/` }, 100, 36008],
    ["a redirect_uri of a foreign origin", { redirect_uri: "https://elsewhere.example/cb" }, 191, undefined],
    ["an unknown client_id", { client_id: "1" }, 101, undefined],
    ["a wrong secret", { client_secret: "no" }, 1, undefined],
    ["an invented code", { code: "AQinvented" }, 100, undefined],
  ])("%s is refused", async (_case, changes, code, subcode) => {
    const sandbox = await sandboxForTest();
    const answer = await exchange(sandbox, { code: codeFor(sandbox), ...changes });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.error_subcode).toBe(subcode);
  });

  test("takes a form and JSON as well as a query string", async () => {
    const sandbox = await sandboxForTest();
    const fields = () => ({
      client_id: APP_ID,
      client_secret: APP_SECRET,
      redirect_uri: REDIRECT_URI,
      code: codeFor(sandbox),
    });
    const json = await graph(sandbox, "/oauth/access_token", { method: "POST", body: fields() });
    expect(json.status).toBe(200);
    const form = await fetch(`${sandbox.url}/oauth/access_token`, {
      method: "POST",
      body: new URLSearchParams(fields()),
    });
    expect(form.status).toBe(200);
  });

  test("a token that never expires comes without expires_in", async () => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ tokenExpiry: "never" });
    const { body } = await exchange(sandbox, { code: codeFor(sandbox) });
    expect(body).not.toHaveProperty("expires_in");
  });

  test("client_credentials answers an app token that debug_token accepts", async () => {
    const sandbox = await sandboxForTest();
    const { body } = await exchange(sandbox, { grant_type: "client_credentials" });
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    expect(
      (await graph(sandbox, `/debug_token?input_token=${token}`, { token: body.access_token })).status,
    ).toBe(200);
    expect(sandbox.control.exchangeAttempts()).toBe(0);
  });
});

describe("debug_token", () => {
  const debug = (sandbox: Sandbox, input: string, token = APP_TOKEN) =>
    graph(sandbox, `/debug_token?input_token=${input}`, { token });

  test("lists the scopes and the granted WABAs", async () => {
    const sandbox = await sandboxForTest();
    const { body } = await debug(sandbox, tokenFor(sandbox, BUSINESS_IDS.cadenas));
    expect(body.data).toMatchObject({ app_id: APP_ID, type: "SYSTEM_USER", is_valid: true, expires_at: 0 });
    expect(body.data.granular_scopes).toHaveLength(2);
    for (const { target_ids } of body.data.granular_scopes) {
      expect(target_ids.sort()).toEqual([WABA_IDS.cadenasCentro, WABA_IDS.cadenasSur]);
    }
  });

  test("a dead token is a 200 with is_valid false; a wrong app token is a top-level 190", async () => {
    const sandbox = await sandboxForTest();
    const token = sandbox.control.mintToken({ businessId: BUSINESS_IDS.luz, lifeSeconds: 60 }).token;
    await sandbox.control.advanceClock(60_000);
    const dead = await debug(sandbox, token);
    expect(dead.status).toBe(200);
    expect(dead.body.data).toMatchObject({ is_valid: false, error: { code: 190, subcode: 463 } });
    const wrong = await debug(sandbox, token, `${APP_ID}|wrong`);
    expect(wrong.body.error).toMatchObject({ code: 190 });
  });

  test("a token of another app is refused", async () => {
    const sandbox = await sandboxForTest();
    const { token } = sandbox.control.mintToken({ businessId: BUSINESS_IDS.luz, appId: OTHER_APP_ID });
    const { status, body } = await debug(sandbox, token);
    expect(status).toBe(400);
    expect(body.error.message).toContain("did not match the Viewing App");
  });

  test("switches change the shape", async () => {
    const sandbox = await sandboxForTest();
    const scopes = ["whatsapp_business_management", "business_management"];
    const { token } = sandbox.control.mintToken({ businessId: BUSINESS_IDS.luz, scopes });
    sandbox.control.setSwitches({ tokenType: "USER", manageEventsScope: "on" });
    const { data } = (await debug(sandbox, token)).body;
    expect(data.type).toBe("USER");
    expect(data.granular_scopes).toEqual([
      { scope: "whatsapp_business_manage_events", target_ids: [WABA_IDS.luz] },
      { scope: "business_management", target_ids: [BUSINESS_IDS.luz] },
    ]);
    sandbox.control.setSwitches({ targetIds: "missing" });
    const without = (await debug(sandbox, token)).body.data.granular_scopes;
    expect(without[0]).not.toHaveProperty("target_ids");
  });
});

describe("reading assets", () => {
  test("phone_numbers pages newest first, with next only while more follows", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    const path = `/${WABA_IDS.cadenasCentro}/phone_numbers?limit=2&fields=display_phone_number`;
    const first = (await graph(sandbox, path, { token })).body;
    expect(first.data).toEqual([
      { display_phone_number: "+52 55 2222 1002", id: NUMBER_IDS.cadenasCentro2 },
      { display_phone_number: "+52 55 2222 1003", id: NUMBER_IDS.cadenasCentro3 },
    ]);
    const next = await fetch(first.paging.next, { headers: { Authorization: `Bearer ${token}` } });
    const second = (await next.json()) as { data: { id: string }[]; paging: { next?: string } };
    expect(second.data.map(({ id }) => id)).toEqual([NUMBER_IDS.cadenasCentro1]);
    expect(second.paging.next).toBeUndefined();
  });

  test("a WABA without a number lists none", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.bea);
    expect((await graph(sandbox, `/${WABA_IDS.bea}/phone_numbers`, { token })).body).toEqual({ data: [] });
  });

  test("objects that were not granted look as if they did not exist", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    for (const id of [WABA_IDS.norte, NUMBER_IDS.norte, BUSINESS_IDS.norte, "1"]) {
      const { status, body } = await graph(sandbox, `/${id}`, { token });
      expect(status).toBe(400);
      expect(body.error).toMatchObject({ type: "GraphMethodException", code: 100, error_subcode: 33 });
    }
  });

  test("fields choose what is answered, nested ones too, and unknown ones are an error", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    const fields = "name,owner_business_info{name},phone_numbers{id,status}";
    expect((await graph(sandbox, `/${WABA_IDS.luz}?fields=${fields}`, { token })).body).toEqual({
      name: "Panadería Luz",
      owner_business_info: { name: "Panadería Luz", id: BUSINESS_IDS.luz },
      phone_numbers: { data: [{ status: "CONNECTED", id: NUMBER_IDS.luz }] },
      id: WABA_IDS.luz,
    });
    expect((await graph(sandbox, `/${WABA_IDS.luz}?fields=colour`, { token })).body.error.code).toBe(100);
  });

  test("me, permissions, ids and the portfolio's accounts", async () => {
    const sandbox = await sandboxForTest();
    const scopes = ["whatsapp_business_management", "business_management"];
    const { token } = sandbox.control.mintToken({ businessId: BUSINESS_IDS.cadenas, scopes });
    const me = (await graph(sandbox, "/me?fields=client_business_id", { token })).body;
    expect(me.client_business_id).toBe(BUSINESS_IDS.cadenas);
    const permissions = (await graph(sandbox, "/me/permissions", { token })).body.data;
    expect(permissions).toContainEqual({ permission: "business_management", status: "granted" });
    const ids = `${WABA_IDS.cadenasCentro},${NUMBER_IDS.cadenasSur2}`;
    expect(Object.keys((await graph(sandbox, `/?ids=${ids}&fields=id`, { token })).body)).toEqual(
      ids.split(","),
    );
    const owned = `/${BUSINESS_IDS.cadenas}/owned_whatsapp_business_accounts?fields=name`;
    expect((await graph(sandbox, owned, { token })).body.data).toHaveLength(2);
    const shared = `/${BUSINESS_IDS.cadenas}/client_whatsapp_business_accounts`;
    expect((await graph(sandbox, shared, { token })).body).toEqual({ data: [] });
  });

  test("a declined permission is 403 with code 200", async () => {
    const sandbox = await sandboxForTest();
    const scopes = ["whatsapp_business_messaging"];
    const { token } = sandbox.control.mintToken({ businessId: BUSINESS_IDS.luz, scopes });
    const { status, body } = await graph(sandbox, `/${WABA_IDS.luz}/phone_numbers`, { token });
    expect([status, body.error.code]).toEqual([403, 200]);
  });
});

describe("tokens and proofs", () => {
  test("a revoked token is 190/458, on the status the switch says", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    await sandbox.control.revokeTokens({ businessId: BUSINESS_IDS.luz });
    const refused = await graph(sandbox, "/me", { token });
    expect([refused.status, refused.body.error.code, refused.body.error.error_subcode]).toEqual([
      400, 190, 458,
    ]);
    sandbox.control.setSwitches({ authErrorStatus: "401" });
    expect((await graph(sandbox, "/me", { token })).status).toBe(401);
  });

  test("a proof is checked when it is there and can be required", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    const proof = createHmac("sha256", APP_SECRET).update(token).digest("hex");
    expect((await graph(sandbox, "/me?appsecret_proof=00", { token })).body.error.code).toBe(100);
    sandbox.control.setSwitches({ requireProof: "on" });
    expect((await graph(sandbox, "/me", { token })).status).toBe(400);
    expect((await graph(sandbox, `/me?appsecret_proof=${proof}`, { token })).status).toBe(200);
  });

  test("calls are recorded without their secrets", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    await graph(sandbox, `/debug_token?input_token=${token}&access_token=${APP_TOKEN}`);
    await graph(sandbox, "/me", { token });
    const calls = sandbox.control.calls();
    expect(JSON.stringify(calls)).not.toContain(token);
    expect(JSON.stringify(calls)).not.toContain(APP_SECRET);
    expect(calls.map(({ endpoint, auth, status }) => [endpoint, auth, status])).toEqual([
      ["debug_token", "query", 200],
      ["me", "bearer", 200],
    ]);
  });
});

describe("subscribed_apps", () => {
  const path = `/${WABA_IDS.cadenasCentro}/subscribed_apps`;

  test("is idempotent and leaves other apps alone", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    for (const method of ["POST", "POST"]) {
      expect((await graph(sandbox, path, { method, token })).body).toEqual({ success: true });
    }
    const ids = async () =>
      (await graph(sandbox, path, { token })).body.data.map(
        (app: { whatsapp_business_api_data: { id: string } }) => app.whatsapp_business_api_data.id,
      );
    expect(await ids()).toEqual([OTHER_APP_ID, APP_ID]);
    for (const method of ["DELETE", "DELETE"]) {
      expect((await graph(sandbox, path, { method, token })).body).toEqual({ success: true });
    }
    expect(await ids()).toEqual([OTHER_APP_ID]);
  });

  test("an override needs a plain subscription and a passed challenge, and a plain call removes it", async () => {
    const { sandbox } = await sandboxWithReceiver();
    const other = await receiverForTest("other");
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    const override = { override_callback_uri: other.callbackUrl, verify_token: "other" };
    const early = await graph(sandbox, path, { method: "POST", token, body: override });
    expect(early.body.error.message).toContain("Before override the current callback uri");
    await graph(sandbox, path, { method: "POST", token });
    const wrong = await graph(sandbox, path, {
      method: "POST",
      token,
      body: { ...override, verify_token: "no" },
    });
    expect(wrong.body.error.code).toBe(2200);
    await graph(sandbox, path, { method: "POST", token, body: override });
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.cadenasCentro1 });
    expect(other.received).toHaveLength(1);
    await graph(sandbox, path, { method: "POST", token });
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.cadenasCentro1 });
    expect(other.received).toHaveLength(1);
  });

  test("the app's own subscription is challenged before it is stored", async () => {
    const sandbox = await sandboxForTest();
    const { callbackUrl } = await receiverForTest();
    const subscribe = (verify_token: string) =>
      graph(sandbox, `/${APP_ID}/subscriptions`, {
        method: "POST",
        token: APP_TOKEN,
        body: {
          object: "whatsapp_business_account",
          callback_url: callbackUrl,
          verify_token,
          fields: "messages",
        },
      });
    expect((await subscribe("wrong")).body.error.code).toBe(2200);
    expect((await subscribe("verify-me")).body).toEqual({ success: true });
    const { data } = (await graph(sandbox, `/${APP_ID}/subscriptions`, { token: APP_TOKEN })).body;
    expect(data[0]).toMatchObject({ callback_url: callbackUrl, fields: [{ name: "messages" }] });
  });
});

describe("registration", () => {
  const register = (sandbox: Sandbox, token: string, id: string, pin: string) =>
    graph(sandbox, `/${id}/register`, {
      method: "POST",
      token,
      body: { messaging_product: "whatsapp", pin },
    });

  test("makes an unregistered number live and keeps its PIN", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    expect((await register(sandbox, token, NUMBER_IDS.cadenasCentro2, "123456")).body).toEqual({
      success: true,
    });
    const fields = "platform_type,status,is_pin_enabled";
    const { body } = await graph(sandbox, `/${NUMBER_IDS.cadenasCentro2}?fields=${fields}`, { token });
    expect(body).toMatchObject({ platform_type: "CLOUD_API", status: "CONNECTED", is_pin_enabled: true });
    const other = await register(sandbox, token, NUMBER_IDS.cadenasCentro2, "654321");
    expect(other.body.error.code).toBe(133005);
  });

  test("an earlier provider's PIN has to be given, or reset first", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    expect((await register(sandbox, token, NUMBER_IDS.cadenasSur1, "111111")).body.error.code).toBe(133005);
    expect((await register(sandbox, token, NUMBER_IDS.cadenasSur1, EARLIER_PROVIDER_PIN)).status).toBe(200);
    await graph(sandbox, `/${NUMBER_IDS.cadenasSur1}`, { method: "POST", token, body: { pin: "111111" } });
    expect((await register(sandbox, token, NUMBER_IDS.cadenasSur1, "111111")).status).toBe(200);
  });

  test("the eleventh call within 72 hours is 133016", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    for (let call = 0; call < 10; call += 1)
      await register(sandbox, token, NUMBER_IDS.cadenasCentro2, "123456");
    expect((await register(sandbox, token, NUMBER_IDS.cadenasCentro2, "123456")).body.error.code).toBe(
      133016,
    );
    await sandbox.control.advanceClock(72 * 3_600_000);
    expect((await register(sandbox, token, NUMBER_IDS.cadenasCentro2, "123456")).status).toBe(200);
  });

  test("a number of the WhatsApp Business app is refused", async () => {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    expect((await register(sandbox, token, NUMBER_IDS.cadenasCentro3, "123456")).status).toBe(400);
  });
});
