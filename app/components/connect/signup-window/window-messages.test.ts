import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { readLogin, readPosted } from "./window-messages.ts";

const origins = ["https://www.facebook.com", "https://web.facebook.com"];
const finish = { type: "WA_EMBEDDED_SIGNUP", event: "FINISH", data: { phone_number_id: "106540352242922" } };
const heardFinish = { kind: "finished", phoneNumberId: "106540352242922" };

const from = (origin: string, data: unknown, fromInside = false) =>
  readPosted({ origin, data, fromInside }, origins);
const read = (message: unknown) => from("https://www.facebook.com", JSON.stringify(message));
const readEvent = (event: unknown, data?: unknown) => read({ type: "WA_EMBEDDED_SIGNUP", event, data });

describe("who is believed", () => {
  test.each(origins)("%s", (origin) => {
    expect(from(origin, JSON.stringify(finish))).toEqual(heardFinish);
  });

  test.each([
    "https://evilfacebook.com",
    "https://facebook.com.evil.io",
    "https://www.facebook.com.evil.io",
    "https://evil.io/https://www.facebook.com",
    "https://facebook.com",
    "https://m.facebook.com",
    "https://apps.facebook.com",
    "https://WWW.FACEBOOK.COM",
    "https://www.facebook.com:8443",
    "https://www.facebook.com/",
    "https://www.facebook.com.",
    "https://www.facebook.com@evil.io",
    "http://www.facebook.com",
    "https://www.facebооk.com",
    "https://business.facebook.com",
    "http://localhost:3000",
    "file://",
    "null",
    "*",
    "",
  ])("not %j", (origin) => {
    for (const event of ["FINISH", "CANCEL", "ERROR"])
      expect(from(origin, JSON.stringify({ ...finish, event }))).toBeNull();
  });

  test("nor a frame in the page, or the page itself", () => {
    expect(from("https://www.facebook.com", JSON.stringify(finish), true)).toBeNull();
  });

  test("nobody where no origin is listed", () => {
    const posted = { origin: "https://www.facebook.com", data: JSON.stringify(finish), fromInside: false };
    expect(readPosted(posted, [])).toBeNull();
  });
});

describe("what is heard", () => {
  test.each([
    ["FINISH", { phone_number_id: "1", waba_id: "2", business_id: "3" }, "1"],
    ["FINISH_ONLY_WABA", { waba_id: "2" }, null],
    ["FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", { waba_id: "2" }, null],
    ["FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", { phone_number_id: "1", waba_id: "2" }, "1"],
    ["FINISH_OBO_MIGRATION", { waba_id: "2" }, null],
    ["FINISH_GRANT_ONLY_API_ACCESS", undefined, null],
  ])("%s %j is a success", (event, data, phoneNumberId) => {
    expect(readEvent(event, data)).toEqual({ kind: "finished", phoneNumberId });
  });

  test.each([
    ["CANCEL", { current_step: "PHONE_NUMBER_SETUP" }, "cancelled"],
    ["CANCEL", undefined, "cancelled"],
    ["CANCEL", { error_message: "m", error_code: "2655093", session_id: "s", timestamp: "1" }, "failed"],
    ["CANCEL", { error_message: "m", error_id: "2655093" }, "failed"],
    ["ERROR", { error_message: "m", error_code: "2655093" }, "failed"],
    ["ERROR", undefined, "failed"],
  ])("%s %j", (event, data, kind) => {
    expect(readEvent(event, data)).toEqual({ kind });
  });

  test.each([
    106540352242922,
    "",
    "12 34",
    "+5255",
    "-1",
    "1e9",
    "1\n",
    "9".repeat(65),
    "<b>1</b>",
    "١٢٣",
    null,
    ["1"],
    { toString: "1" },
  ])("%j is no id of a number", (id) => {
    expect(readEvent("FINISH", { phone_number_id: id })).toEqual({ kind: "finished", phoneNumberId: null });
  });

  test("of another event, type or shape nothing", () => {
    for (const event of ["finish", "FINISHED", "UNFINISH", "PROGRESS", "", null, 1, ["FINISH"], undefined])
      expect(readEvent(event, finish.data)).toBeNull();
    for (const type of [
      "wa_embedded_signup",
      "WA_EMBEDDED_SIGNUP_2",
      "",
      null,
      ["WA_EMBEDDED_SIGNUP"],
      undefined,
    ])
      expect(read({ ...finish, type })).toBeNull();
    for (const message of [null, 1, "WA_EMBEDDED_SIGNUP", [], [finish], { __proto__: finish }, {}])
      expect(read(message)).toBeNull();
    const fromScript = "cb=f1&domain=a.example&relation=opener&code=AQB";
    for (const data of [
      fromScript,
      "",
      "{",
      `${JSON.stringify(finish)};`,
      finish,
      null,
      undefined,
      1,
      [finish],
    ])
      expect(from("https://www.facebook.com", data)).toBeNull();
    const endless = JSON.stringify({ ...finish, more: "x".repeat(20_000) });
    expect(from("https://www.facebook.com", endless)).toBeNull();
  });

  test("nothing that is posted throws, whatever stands beside an event that is known", () => {
    const events = { FINISH: "finished", CANCEL: "cancelled", ERROR: "failed" };
    const known = fc.constantFrom(...(Object.keys(events) as (keyof typeof events)[]));
    const anything = fc.oneof(fc.jsonValue(), fc.record({ phone_number_id: fc.jsonValue() }));
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string(), fc.anything()), anything, known, (posted, data, event) => {
        expect(from("https://www.facebook.com", posted)).toBeNull();
        const told = readEvent(event, data);
        expect(told?.kind).toBe(events[event]);
        if (told?.kind === "finished") expect(told.phoneNumberId ?? "1").toMatch(/^\d{1,64}$/);
      }),
      cases(100),
    );
  });
});

describe("the answer of the script", () => {
  test("is a code, an answer of no use, or nothing", () => {
    const inside = (authResponse: unknown) => readLogin({ authResponse, status: "connected" }, false);
    expect(inside({ code: "AQB", userID: null })).toEqual({ kind: "code", code: "AQB" });
    expect(inside({ code: "AQB", accessToken: "EAA" })).toEqual({ kind: "code", code: "AQB" });
    for (const useless of [{ accessToken: "EAA" }, { code: "" }, { code: 7 }, {}])
      expect(inside(useless)).toEqual({ kind: "no_code" });
    for (const nothing of [null, undefined, "AQB", ["AQB"]])
      expect(inside(nothing)).toEqual({ kind: "none", early: false });
    for (const odd of [undefined, null, "code=AQB", []])
      expect(readLogin(odd, true)).toEqual({ kind: "none", early: true });
  });
});
