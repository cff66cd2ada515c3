import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import {
  APP_ID,
  APPROVAL,
  type Form,
  goThroughDialog,
  graph,
  REDIRECT_URI,
  receiverForTest,
  SIGN_IN,
  sandboxForTest,
  sandboxWithReceiver,
  tokenFor,
} from "../testing.ts";
import { BUSINESS_IDS, NUMBER_IDS, PERSON_IDS, WABA_IDS } from "./world.ts";

const post = (sandbox: Sandbox, path: string, token: string, body: unknown = {}) =>
  graph(sandbox, path, { method: "POST", token, body });

describe("verification of a number", () => {
  async function unverified() {
    const sandbox = await sandboxForTest();
    const token = tokenFor(sandbox, BUSINESS_IDS.bea);
    const added = await post(sandbox, `/${WABA_IDS.bea}/phone_numbers`, token, {
      cc: "52",
      phone_number: "55 4444 0001",
      verified_name: "Estudio Bea",
    });
    const id: string = added.body.id;
    const code = () =>
      sandbox.control.snapshot().numbers.find((number) => number.id === id)?.verificationCode;
    return { sandbox, token, id, code };
  }

  test("request_code, then verify_code, then register", async () => {
    const { sandbox, token, id, code } = await unverified();
    const register = { messaging_product: "whatsapp", pin: "123456" };
    expect((await post(sandbox, `/${id}/register`, token, register)).body.error.code).toBe(133006);
    const asked = await post(sandbox, `/${id}/request_code?code_method=SMS&language=en_US`, token);
    expect(asked.body).toEqual({ success: true });
    const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
    expect(page).toContain(`verification code ${code()}`);
    expect((await post(sandbox, `/${id}/verify_code?code=${code()}`, token)).body).toEqual({ success: true });
    expect(code()).toBeNull();
    const { body } = await graph(sandbox, `/${id}?fields=code_verification_status`, { token });
    expect(body.code_verification_status).toBe("VERIFIED");
    expect((await post(sandbox, `/${id}/register`, token, register)).body).toEqual({ success: true });
  });

  test("a wrong code, one that was replaced, and one that nobody asked for are refused", async () => {
    const { sandbox, token, id, code } = await unverified();
    const verify = (value: string) => post(sandbox, `/${id}/verify_code`, token, { code: value });
    expect((await verify("123456")).body.error.code).toBe(136025);
    await post(sandbox, `/${id}/request_code`, token, { code_method: "VOICE", language: "es" });
    const first = code() ?? "";
    const wrong = String(((Number(first) - 100_000 + 1) % 900_000) + 100_000);
    expect((await verify(wrong)).body.error.code).toBe(136025);
    expect((await verify(`${first.slice(0, 3)}-${first.slice(3)}`)).body).toEqual({ success: true });
    expect((await verify(first)).body.error.code).toBe(136025);
  });

  test("a verified number gets no code, and parameters are checked", async () => {
    const { sandbox, token, id } = await unverified();
    const ask = { code_method: "SMS", language: "en_US" };
    const luz = tokenFor(sandbox, BUSINESS_IDS.luz);
    expect((await post(sandbox, `/${NUMBER_IDS.luz}/request_code`, luz, ask)).body.error.code).toBe(136024);
    expect((await post(sandbox, `/${id}/request_code`, luz, ask)).body.error.error_subcode).toBe(33);
    for (const body of [{ ...ask, code_method: "FAX" }, { code_method: "SMS" }]) {
      expect((await post(sandbox, `/${id}/request_code`, token, body)).body.error.code).toBe(100);
    }
  });

  test("the dialog can leave a number unverified, and so can the control API", async () => {
    const sandbox = await sandboxForTest();
    const number = sandbox.control.addNumber({
      wabaId: WABA_IDS.bea,
      displayPhoneNumber: "+52 55 4444 0002",
      verifiedName: "Bea",
      codeVerificationStatus: "NOT_VERIFIED",
    });
    expect(number.codeVerificationStatus).toBe("NOT_VERIFIED");
    expect(await (await fetch(`${sandbox.url}/sandbox`)).text()).toContain(
      "NOT_APPLICABLE, PENDING, not verified",
    );
    sandbox.control.setSwitches({ newNumberVerification: "unverified" });
    const fresh: Form = [
      "numbers",
      [
        ["choice", "new"],
        ["displayName", "Bea"],
        ["phone", "+52 55 4444 0003"],
      ],
    ];
    const path = `/dialog/embedded?app_id=${APP_ID}&config_id=7&origin=${new URL(REDIRECT_URI).origin}`;
    await goThroughDialog(sandbox, path, [SIGN_IN(PERSON_IDS.bea), fresh, APPROVAL]);
    const made = Object.values(sandbox.world.numbers).find(({ displayPhoneNumber }) =>
      displayPhoneNumber.endsWith("0003"),
    );
    expect(made?.codeVerificationStatus).toBe("NOT_VERIFIED");
  });
});

describe("smb_app_data", () => {
  const ID = NUMBER_IDS.cadenasCentro3;

  async function coexisting() {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.configureApp({ fields: ["messages", "smb_app_state_sync", "history"] });
    const token = tokenFor(sandbox, BUSINESS_IDS.cadenas);
    await post(sandbox, `/${WABA_IDS.cadenasCentro}/subscribed_apps`, token);
    const ask = (sync_type: string, id: string = ID) =>
      post(sandbox, `/${id}/smb_app_data`, token, { messaging_product: "whatsapp", sync_type });
    const values = () =>
      receiver.received.map(({ bytes }) => JSON.parse(bytes.toString("utf8")).entry[0].changes[0].value);
    return { sandbox, receiver, ask, values };
  }

  test("contacts come as smb_app_state_sync, once", async () => {
    const { receiver, ask, values } = await coexisting();
    expect((await ask("smb_app_state_sync")).body).toEqual({
      messaging_product: "whatsapp",
      request_id: expect.any(String),
    });
    await expect.poll(() => receiver.received.length).toBe(1);
    const [value] = values();
    expect(value.metadata).toEqual({ display_phone_number: "525522221003", phone_number_id: ID });
    expect(value.state_sync[0]).toEqual({
      type: "contact",
      contact: { full_name: "Sofía Ñandú", first_name: "Sofía", phone_number: "5215544332211" },
      action: "add",
      metadata: { timestamp: expect.stringMatching(/^\d{10}$/) },
    });
    expect((await ask("smb_app_state_sync")).body.error.code).toBe(2593107);
    expect((await ask("history")).status).toBe(200);
  });

  test("chats come as history in three phases, in order, and after them the media of placeholders", async () => {
    const { receiver, ask, values } = await coexisting();
    await ask("history");
    await expect.poll(() => receiver.received.length).toBe(6);
    const chunks = values()
      .slice(0, 3)
      .map((value) => value.history[0]);
    const media = values()
      .slice(3)
      .map((value) => value.messages[0]);
    expect(media.map(({ id, type }) => [id, type])).toEqual(
      chunks.flatMap(({ threads }) =>
        threads.map(({ messages }: { messages: { id: string }[] }) => [messages[2]?.id, "image"]),
      ),
    );
    expect(chunks.map(({ metadata }) => [metadata.phase, metadata.progress])).toEqual([
      [0, 30],
      [1, 80],
      [2, 100],
    ]);
    expect(chunks[0].threads[0]).toMatchObject({
      id: "5215544332211",
      messages: [
        { from: "5215544332211", type: "text", history_context: { status: "READ" } },
        { from: "525522221003", to: "5215544332211", type: "text", history_context: { from_me: true } },
        { type: "media_placeholder" },
      ],
    });
  });

  test("an owner who declines makes it one error", async () => {
    const { sandbox, receiver, ask, values } = await coexisting();
    sandbox.control.setSwitches({ historySharing: "declined" });
    await ask("history");
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(values()[0].history).toEqual([{ errors: [expect.objectContaining({ code: 2593109 })] }]);
  });

  test("the window ends 24 hours after the sign-up, and a new sign-up opens another", async () => {
    const { sandbox, ask } = await coexisting();
    sandbox.control.mintCode({ businessId: BUSINESS_IDS.cadenas });
    await sandbox.control.advanceClock(24 * 3_600_000);
    expect((await ask("history")).body.error.code).toBe(2593108);
    sandbox.control.mintCode({ businessId: BUSINESS_IDS.cadenas });
    expect((await ask("history")).status).toBe(200);
  });

  test("a customer who removed the app and comes back can be asked again", async () => {
    const { sandbox, ask } = await coexisting();
    await ask("history");
    const { token } = sandbox.control.mintToken({ businessId: BUSINESS_IDS.cadenas });
    await sandbox.control.revokeTokens({ tokenId: "none", removeApp: true });
    expect((await ask("history")).body.error.code).toBe(2593107);
    await sandbox.control.revokeTokens({ businessId: BUSINESS_IDS.cadenas, removeApp: true });
    expect((await graph(sandbox, "/me", { token })).body.error.code).toBe(190);
    expect(sandbox.world.numbers[ID]?.sharedAppData).toEqual([]);
  });

  test("only known kinds, and only of the WhatsApp Business app's numbers", async () => {
    const { ask } = await coexisting();
    expect((await ask("photos")).body.error.code).toBe(100);
    expect((await ask("history", NUMBER_IDS.cadenasCentro1)).body.error.code).toBe(100);
  });
});

describe("callback of one number", () => {
  const number = `/${NUMBER_IDS.luz}`;
  const waba = `/${WABA_IDS.luz}/subscribed_apps`;

  test("goes before the WABA's and the app's, needs a passed challenge, and an empty string ends it", async () => {
    const { sandbox, receiver: app } = await sandboxWithReceiver();
    const [forWaba, forNumber] = [await receiverForTest("w"), await receiverForTest("n")];
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    const set = (override_callback_uri: string, verify_token = "n") =>
      post(sandbox, number, token, { webhook_configuration: { override_callback_uri, verify_token } });
    const send = () => sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz });
    await post(sandbox, waba, token);
    const override = { override_callback_uri: forWaba.callbackUrl, verify_token: "w" };
    await post(sandbox, waba, token, override);
    expect((await set(forNumber.callbackUrl, "wrong")).body.error.code).toBe(2200);
    expect((await set(forNumber.callbackUrl)).body).toEqual({ success: true });
    const read = await graph(sandbox, `${number}?fields=webhook_configuration`, { token });
    expect(read.body.webhook_configuration).toEqual({
      phone_number: forNumber.callbackUrl,
      whatsapp_business_account: forWaba.callbackUrl,
      application: app.callbackUrl,
    });
    const counts = () => [forNumber, forWaba, app].map(({ received }) => received.length);
    await send();
    expect(counts()).toEqual([1, 0, 0]);
    await set("");
    await send();
    expect(counts()).toEqual([1, 1, 0]);
    await post(sandbox, waba, token);
    await send();
    expect(counts()).toEqual([1, 1, 1]);
  });
});
