import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import {
  APP_ID,
  APP_SECRET,
  APPROVAL,
  CANCEL,
  type Form,
  goThroughDialog,
  graph,
  REDIRECT_URI,
  SIGN_IN,
  sandboxForTest,
} from "../testing.ts";
import { BUSINESS_IDS, NUMBER_IDS, PERSON_IDS, WABA_IDS } from "../world/world.ts";

const ORIGIN = new URL(REDIRECT_URI).origin;
const ANA = [SIGN_IN(PERSON_IDS.ana), APPROVAL];

function popupPath(changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    app_id: APP_ID,
    config_id: "777",
    origin: ORIGIN,
    channel: "f0123",
    response_type: "code",
    override_default_response_type: "true",
    extras: JSON.stringify({ sessionInfoVersion: "3" }),
    ...changes,
  });
  return `/v25.0/dialog/embedded?${query}`;
}

const readable = (text: string) => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

/** What the last page would post: the session message, the response of FB.login, and in which order they come. */
async function outcome(sandbox: Sandbox, forms: Form[], changes: Record<string, string> = {}) {
  const page = await fetch(`${sandbox.url}${await goThroughDialog(sandbox, popupPath(changes), forms)}`);
  const text = /data-answer="([^"]*)"/.exec(await page.text())?.[1] ?? "";
  const { origin, messages } = JSON.parse(readable(text)) as { origin: string; messages: string[] };
  const [noise, ...others] = messages;
  const isMessage = (item: string) => item.startsWith("{");
  const relayed = new URLSearchParams(others.find((item) => !isMessage(item)));
  const session = others.find(isMessage);
  return {
    page,
    origin,
    noise,
    order: others.map((item) => (isMessage(item) ? "message" : "answer")),
    message: session === undefined ? null : JSON.parse(session),
    channel: relayed.get("cb"),
    response: JSON.parse(relayed.get("response") ?? "null"),
  };
}

function exchange(sandbox: Sandbox, code: string, more: Record<string, string> = {}) {
  const query = new URLSearchParams({ client_id: APP_ID, client_secret: APP_SECRET, code, ...more });
  return graph(sandbox, `/oauth/access_token?${query}`);
}

describe("what the popup tells its opener", () => {
  test("noise first, then FINISH with the ids, then the code, all for the opener's origin only", async () => {
    const sandbox = await sandboxForTest();
    const { page, origin, noise, order, message, channel, response } = await outcome(sandbox, ANA);
    expect(origin).toBe(ORIGIN);
    expect(noise).toMatch(/^cb=f[0-9a-f]+&domain=127\.0\.0\.1&/);
    expect(order).toEqual(["message", "answer"]);
    expect(message).toEqual({
      type: "WA_EMBEDDED_SIGNUP",
      event: "FINISH",
      version: 3,
      data: { phone_number_id: NUMBER_IDS.luz, waba_id: WABA_IDS.luz, business_id: BUSINESS_IDS.luz },
    });
    expect(channel).toBe("f0123");
    expect(response).toEqual({
      authResponse: { userID: null, expiresIn: null, code: expect.stringMatching(/^AQ/) },
      status: "connected",
    });
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self'");
  });

  test("an account without a number is FINISH_ONLY_WABA", async () => {
    const sandbox = await sandboxForTest();
    const none: Form = ["numbers", [["choice", "none"]]];
    const { message } = await outcome(sandbox, [SIGN_IN(PERSON_IDS.bea), none, APPROVAL]);
    expect(message).toMatchObject({
      event: "FINISH_ONLY_WABA",
      data: { waba_id: WABA_IDS.bea, business_id: BUSINESS_IDS.bea },
    });
  });

  test.each([
    ["all_ids", ["phone_number_id", "waba_id", "business_id"]],
    ["waba_only", ["waba_id"]],
  ] as const)("a number of the WhatsApp Business app has its own event: %s", async (option, keys) => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ coexistenceMessage: option });
    const forms: Form[] = [
      SIGN_IN(PERSON_IDS.carla),
      ["accounts", [["waba", WABA_IDS.cadenasCentro]]],
      [
        "numbers",
        [
          ["choice", "existing"],
          ["number", NUMBER_IDS.cadenasCentro3],
        ],
      ],
      APPROVAL,
    ];
    const { message } = await outcome(sandbox, forms);
    expect(message.event).toBe("FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING");
    expect(Object.keys(message.data)).toEqual(keys);
  });

  test.each([
    ["sign-in", [], "BUSINESS_ACCOUNT_SELECTION"],
    ["accounts", [SIGN_IN(PERSON_IDS.carla)], "WABA_PHONE_PROFILE_PICKER"],
    ["review", [SIGN_IN(PERSON_IDS.ana)], "PERMISSIONS"],
  ] as [string, Form[], string][])("leaving on %s is CANCEL with the step", async (step, before, current) => {
    const sandbox = await sandboxForTest();
    const { message, response } = await outcome(sandbox, [...before, CANCEL(step)]);
    expect(message).toMatchObject({ event: "CANCEL", data: { current_step: current } });
    expect(response).toEqual({ authResponse: null, status: "unknown" });
  });

  test.each(["cancel", "error"] as const)("one of Meta's own errors as %s", async (signupError) => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ signupError });
    const { message, response } = await outcome(sandbox, ANA);
    expect(message.event).toBe(signupError.toUpperCase());
    expect(Object.keys(message.data)).toEqual(["error_message", "error_code", "session_id", "timestamp"]);
    expect(response.authResponse).toBeNull();
    expect(sandbox.control.snapshot().tokens).toEqual([]);
  });
});

describe("switches of the answer", () => {
  const withSwitches = async (switches: Parameters<Sandbox["control"]["setSwitches"]>[0], changes = {}) => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches(switches);
    return outcome(sandbox, ANA, changes);
  };

  test("callback_first turns the order round", async () => {
    expect((await withSwitches({ popupOrder: "callback_first" })).order).toEqual(["answer", "message"]);
  });

  test("no_answer ends without a response", async () => {
    const { message, response } = await withSwitches({ popupAnswer: "no_answer" });
    expect([message.event, response]).toEqual(["FINISH", null]);
  });

  test("finish_without_code and code_without_finish each lack the other half", async () => {
    const finished = await withSwitches({ popupAnswer: "finish_without_code" });
    expect([finished.message.event, finished.response.authResponse]).toEqual(["FINISH", null]);
    const silent = await withSwitches({ popupAnswer: "code_without_finish" });
    expect([silent.message, silent.order]).toEqual([null, ["answer"]]);
    expect(silent.response.authResponse.code).toMatch(/^AQ/);
  });

  test.each([
    ["the switch", { popupAnswer: "access_token_instead_of_code" }, {}],
    ["response_type left at its default", {}, { response_type: "" }],
    ["the override forgotten", {}, { override_default_response_type: "false" }],
  ] as const)("an access token in place of a code: %s", async (_case, switches, changes) => {
    const { authResponse } = (await withSwitches(switches, changes)).response;
    expect(authResponse).toMatchObject({ accessToken: expect.stringMatching(/^EAA/) });
    expect(authResponse).not.toHaveProperty("code");
  });

  test("whether a forgotten override matters is a switch", async () => {
    const changes = { override_default_response_type: "false" };
    const { response } = await withSwitches({ popupWithoutOverride: "code" }, changes);
    expect(response.authResponse.code).toMatch(/^AQ/);
  });
});

describe("who may open the popup", () => {
  test.each([
    ["an unknown app", { app_id: "1" }, "Invalid App ID"],
    ["a page on another origin", { origin: "https://evil.example" }, "JSSDK Unknown Host domain"],
    ["a page that does not say where it is", { origin: "" }, "JSSDK Unknown Host domain"],
    ["a foreign configuration", { config_id: "778" }, "Invalid configuration"],
  ])("%s is stopped", async (_case, changes, title) => {
    const sandbox = await sandboxForTest({ configId: "777" });
    const response = await fetch(`${sandbox.url}${popupPath(changes)}`);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(`<h1>${title}</h1>`);
  });

  test("a dialog that has not ended has no last page", async () => {
    const sandbox = await sandboxForTest();
    const step = await goThroughDialog(sandbox, popupPath(), [SIGN_IN(PERSON_IDS.ana)]);
    const id = step.split("/").at(-2);
    expect((await fetch(`${sandbox.url}/dialog/end/${id}`)).status).toBe(410);
  });
});

describe("exchanging a popup's code", () => {
  const codeOf = (sandbox: Sandbox) =>
    sandbox.control.mintCode({ businessId: BUSINESS_IDS.luz, popup: true }).code;

  test.each([
    ["omit", undefined, 200],
    ["omit", "", 400],
    ["omit", REDIRECT_URI, 400],
    ["empty", "", 200],
    ["empty", undefined, 400],
    ["empty", REDIRECT_URI, 400],
    ["ignore", undefined, 200],
    ["ignore", "https://elsewhere.example/", 200],
  ] as const)("%s, redirect_uri %s: HTTP %i", async (popupRedirectUri, uri, status) => {
    const sandbox = await sandboxForTest();
    sandbox.control.setSwitches({ popupRedirectUri });
    const answer = await exchange(sandbox, codeOf(sandbox), uri === undefined ? {} : { redirect_uri: uri });
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.body.error).toMatchObject({ code: 100, error_subcode: 36008 });
  });

  test("works once, within 30 seconds, for the app it was made for", async () => {
    const sandbox = await sandboxForTest();
    const { response } = await outcome(sandbox, ANA);
    const { code } = response.authResponse;
    expect((await exchange(sandbox, code)).body.access_token).toMatch(/^EAA/);
    expect((await exchange(sandbox, code)).body.error.error_subcode).toBe(36009);
    const late = codeOf(sandbox);
    await sandbox.control.advanceClock(30_000);
    expect((await exchange(sandbox, late)).body.error.error_subcode).toBe(36007);
    expect((await exchange(sandbox, codeOf(sandbox), { client_id: "1" })).body.error.code).toBe(101);
  });

  test("a code of the redirect dialog still needs its redirect_uri", async () => {
    const sandbox = await sandboxForTest();
    const { code } = sandbox.control.mintCode({ businessId: BUSINESS_IDS.luz });
    expect((await exchange(sandbox, code)).body.error.message).toBe("Missing redirect_uri parameter.");
  });
});
