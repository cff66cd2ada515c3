import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../sandbox.ts";
import {
  APP_ID,
  APP_SECRET,
  graph,
  type Received,
  sandboxForTest,
  sandboxWithReceiver,
  tokenFor,
} from "../testing.ts";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../world/world.ts";
import { KIND_GROUPS, KIND_NAMES, type KindName } from "./kinds.ts";
import { STATUS_KINDS } from "./payloads.ts";

async function subscribe(sandbox: Sandbox, businessId: string, wabaId: string): Promise<string> {
  const token = tokenFor(sandbox, businessId);
  await graph(sandbox, `/${wabaId}/subscribed_apps`, { method: "POST", token });
  return token;
}

/** Not the sandbox's own code: what any receiver would write. */
function verifies({ bytes, headers }: Received, secret = APP_SECRET): boolean {
  return (
    headers["x-hub-signature-256"] === `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`
  );
}

const parsed = ({ bytes }: Received) => JSON.parse(bytes.toString("utf8"));

describe("who gets what", () => {
  test("nothing is sent until the WABA is subscribed, and nothing after it is unsubscribed", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const send = () => sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz });
    expect(await send()).toMatchObject({
      status: null,
      held: [{ reason: "not_subscribed" }],
      deliveries: [],
    });
    const token = await subscribe(sandbox, BUSINESS_IDS.luz, WABA_IDS.luz);
    expect(await send()).toMatchObject({ status: 200, held: [] });
    await graph(sandbox, `/${WABA_IDS.luz}/subscribed_apps`, { method: "DELETE", token });
    expect((await send()).held).toHaveLength(1);
    expect(receiver.received).toHaveLength(1);
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    expect(receiver.received).toHaveLength(2);
  });

  test("a number that is not registered receives nothing", async () => {
    const { sandbox } = await sandboxWithReceiver();
    await subscribe(sandbox, BUSINESS_IDS.cadenas, WABA_IDS.cadenasCentro);
    const result = await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.cadenasCentro2 });
    expect(result.held[0]?.reason).toBe("not_registered");
  });

  test("one body can hold several WABAs, each an entry, its messages in one change", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await subscribe(sandbox, BUSINESS_IDS.luz, WABA_IDS.luz);
    await subscribe(sandbox, BUSINESS_IDS.norte, WABA_IDS.norte);
    await sandbox.control.sendBatch({
      items: [
        { message: { phoneNumberId: NUMBER_IDS.luz, text: "a" } },
        { message: { phoneNumberId: NUMBER_IDS.norte, text: "b" } },
        { message: { phoneNumberId: NUMBER_IDS.luz, text: "c" } },
        { status: { phoneNumberId: NUMBER_IDS.luz, status: "read" } },
      ],
    });
    const body = parsed(receiver.received[0] as Received);
    expect(body.entry.map((entry: { id: string }) => entry.id)).toEqual([WABA_IDS.luz, WABA_IDS.norte]);
    expect(body.entry[0].changes).toHaveLength(1);
    expect(body.entry[0].changes[0].value.messages).toHaveLength(2);
    expect(body.entry[0].changes[0].value.statuses).toHaveLength(1);
  });
});

describe("bytes and signature", () => {
  test("non-ASCII and slashes are escaped, and the signature is over those bytes", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await subscribe(sandbox, BUSINESS_IDS.luz, WABA_IDS.luz);
    const text = "Ñandú 🚀 https://x.example/ \u0000 \ud800";
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, text });
    const delivery = receiver.received[0] as Received;
    const raw = delivery.bytes.toString("latin1");
    expect(raw).toMatch(/^[\x20-\x7e]*$/);
    expect(raw).toContain("\\u00d1and\\u00fa \\ud83d\\ude80 https:\\/\\/x.example\\/ \\u0000 \\ud800");
    expect(parsed(delivery).entry[0].changes[0].value.messages[0].text.body).toBe(text);
    expect(verifies(delivery)).toBe(true);
    expect(JSON.stringify(parsed(delivery))).not.toBe(raw);
  });

  test("display numbers have digits only, ids and timestamps are strings", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    const { value } = parsed(receiver.received[0] as Received).entry[0].changes[0];
    expect(value.metadata).toEqual({ display_phone_number: "525512345678", phone_number_id: NUMBER_IDS.luz });
    expect(value.messages[0]).toMatchObject({
      id: expect.stringMatching(/^wamid\./),
      timestamp: expect.stringMatching(/^\d{10}$/),
      from: "5215544332211",
      from_user_id: expect.stringMatching(/^MX\.\d+$/),
    });
    expect(value.contacts[0]).toMatchObject({
      wa_id: "5215544332211",
      user_id: value.messages[0].from_user_id,
    });
  });

  test.each(["wrong_secret", "missing", "altered_body", "uppercase"] as const)(
    "signature %s does not verify and is not repeated",
    async (signature) => {
      const { sandbox, receiver } = await sandboxWithReceiver({ retryDelaysMs: [0, 0] });
      receiver.answers.push(401);
      const { deliveries } = await sandbox.control.sendRaw({ json: { a: 1 }, signature });
      expect(verifies(receiver.received[0] as Received)).toBe(false);
      expect(deliveries[0]?.state).toBe("refused");
    },
  );

  test("after a rotation the previous secret still signs on request", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.configureApp({ appSecret: "new-secret" });
    await sandbox.control.sendRaw({ json: 1 });
    await sandbox.control.sendRaw({ json: 1, signature: "previous_secret" });
    expect(
      receiver.received.map((delivery) => [verifies(delivery, "new-secret"), verifies(delivery)]),
    ).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test("raw text is delivered byte for byte", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.sendRaw({ text: "{not json é" });
    expect(receiver.received[0]?.bytes.toString("utf8")).toBe("{not json é");
    expect(verifies(receiver.received[0] as Received)).toBe(true);
  });
});

describe("retries", () => {
  test("anything but 200 is repeated with the same bytes until it is accepted", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver({ retryDelaysMs: [0, 1, 1] });
    receiver.answers.push(500, 201, 302);
    const first = await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    expect(first.status).toBe(500);
    await expect.poll(() => sandbox.control.deliveries()[0]?.state).toBe("delivered");
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ bytes }) => bytes.toString("latin1"))).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers["x-hub-signature-256"])).size).toBe(1);
  });

  test("after the last retry the delivery is given up and counted", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver({ retryDelaysMs: [0] });
    receiver.answers.push(500, 500);
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    await expect.poll(() => sandbox.control.deliveries()[0]?.state).toBe("gave_up");
    expect(sandbox.control.snapshot().gaveUp).toBe(1);
  });

  test("moving the clock runs the retries that are due by then", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver({ retryDelaysMs: [3_600_000] });
    receiver.answers.push(503);
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    await sandbox.control.advanceClock(3_599_000);
    expect(receiver.received).toHaveLength(1);
    await sandbox.control.advanceClock(1000);
    expect(receiver.received).toHaveLength(2);
    expect(sandbox.control.deliveries()[0]?.state).toBe("delivered");
  });

  test("a duplicate has the same bytes, and copies can go out at once", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, force: true });
    const { deliveries } = await sandbox.control.resend({ copies: 3 });
    expect(deliveries).toHaveLength(3);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.received.map(({ bytes }) => bytes.toString("latin1"))).size).toBe(1);
  });

  test("no answer is recorded with its reason", async () => {
    const sandbox = await sandboxForTest();
    await sandbox.control.configureApp({ callbackUrl: "http://127.0.0.1:9/hook", verifyToken: "x" });
    const { deliveries } = await sandbox.control.sendRaw({ json: {} });
    expect(deliveries[0]?.attempts[0]).toMatchObject({ status: null, error: "ECONNREFUSED" });
    expect(sandbox.control.snapshot().app.webhook?.handshake).toMatchObject({ ok: false });
  });

  test("only this machine is ever called", async () => {
    const sandbox = await sandboxForTest();
    await expect(
      sandbox.control.configureApp({ callbackUrl: "https://example.com/hook", verifyToken: "x" }),
    ).rejects.toThrow("loopback");
  });
});

describe("payload library", () => {
  test("a kind has one name, and the README lists it", () => {
    const groups = Object.entries(KIND_GROUPS).map(([group, kinds]) => ({
      group,
      names: Object.keys(kinds),
    }));
    expect(groups.flatMap(({ names }) => names)).toEqual(KIND_NAMES);
    const list = groups.map(({ group, names }) => `| ${group} | \`${names.join("`, `")}\` |\n`).join("");
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    expect(/^\| group \| kinds \|\n\|---\|---\|\n((?:\|.*\n)*)/m.exec(readme)?.[1]).toBe(list);
  });

  test("what the caller says stands in the item, whatever list it is in", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const kinds: KindName[] = ["text", "group_read", "group_name", "standby_message", "standby_echo"];
    kinds.push("standby_status", "message_echo", "handover_taken", "call_missed", "call_ringing");
    kinds.push("preference_stop");
    for (const kind of kinds) {
      const extra = { said_by_test: kind };
      await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, kind, extra, force: true });
    }
    const bodies = receiver.received.map(({ bytes }) => bytes.toString("utf8"));
    expect(bodies.map((body) => /"said_by_test":"(\w+)"/.exec(body)?.[1])).toEqual(kinds);
  });

  test("a system message has no contacts, and names the number before the change", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const kind = "system_user_changed_number";
    await sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, kind, force: true });
    const { value } = parsed(receiver.received[0] as Received).entry[0].changes[0];
    expect(value.messages[0]).toMatchObject({ type: "system", from: "5215544332211" });
    expect(value).not.toHaveProperty("contacts");
  });

  test.each(STATUS_KINDS)("status %s of a message the app sent", async (status) => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const token = tokenFor(sandbox, BUSINESS_IDS.luz);
    const sent = await graph(sandbox, `/${NUMBER_IDS.luz}/messages`, {
      method: "POST",
      token,
      body: { messaging_product: "whatsapp", to: "+5215500001111", type: "text", text: { body: "hi" } },
    });
    await sandbox.control.sendStatus({ status, force: true });
    const { value } = parsed(receiver.received[0] as Received).entry[0].changes[0];
    expect(value.statuses[0]).toMatchObject({
      id: sent.body.messages[0].id,
      status,
      recipient_id: "5215500001111",
    });
    expect("contacts" in value).toBe(status !== "failed");
    expect("recipient_user_id" in value.statuses[0]).toBe(status !== "failed");
  });

  test("a username user has no phone, a legacy payload no user id", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    const send = (sender: object) =>
      sandbox.control.sendMessage({ phoneNumberId: NUMBER_IDS.luz, sender, force: true });
    await send({ omitPhone: true, username: "sofi" });
    await send({ omitUserId: true });
    const [username, legacy] = receiver.received.map(
      (delivery) => parsed(delivery).entry[0].changes[0].value,
    );
    expect(username.messages[0]).not.toHaveProperty("from");
    expect(username.contacts[0]).toMatchObject({
      profile: { username: "sofi" },
      user_id: expect.any(String),
    });
    expect(legacy.messages[0]).not.toHaveProperty("from_user_id");
    expect(legacy.contacts[0]).not.toHaveProperty("user_id");
  });

  test("the dashboard's sample belongs to nobody", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await sandbox.control.sendDashboardSample();
    expect(parsed(receiver.received[0] as Received).entry).toMatchObject([
      {
        id: "0",
        changes: [{ field: "messages", value: { metadata: { phone_number_id: "123456123" } } }],
      },
    ]);
  });

  test("a customer who removes the app ends tokens and subscriptions and is announced", async () => {
    const { sandbox, receiver } = await sandboxWithReceiver();
    await subscribe(sandbox, BUSINESS_IDS.luz, WABA_IDS.luz);
    const { revoked } = await sandbox.control.revokeTokens({ businessId: BUSINESS_IDS.luz, removeApp: true });
    expect(revoked).toBe(1);
    expect(sandbox.world.wabas[WABA_IDS.luz]?.subscribedApps.some(({ id }) => id === APP_ID)).toBe(false);
    expect(parsed(receiver.received[0] as Received).entry[0].changes[0].value.event).toBe("PARTNER_REMOVED");
  });
});
