/**
 * What the domain relies on in every channel's connector and webhook reader, said as tests. A channel that passes can be
 * connected, kept and left by the code that is there. It runs against a live stand-in of the platform over HTTP.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Secret } from "../../platform/secret.server.ts";
import { channels, isChannelId } from "../catalog.ts";
import type { ChannelMessages } from "../channel.server.ts";
import { ChannelError, type ChannelErrorKind } from "../channel-error.server.ts";
import { type ConnectorStage, redirectUri } from "./connector-stage.ts";
import { describeFailures } from "./failure-contract.ts";
import { describeMessages } from "./messages-contract.ts";
import { describeReader, type WebhookSamples } from "./reader-contract.ts";

/** `setup` starts a fresh stand-in for each test. */
export function describeConnector(
  name: string,
  setup: () => Promise<ConnectorStage>,
  samples: WebhookSamples & { messages: ChannelMessages },
): void {
  describe(`the connector of ${name}`, () => {
    const held = {} as { stage: ConnectorStage };
    beforeEach(async () => {
      held.stage = await setup();
    });
    afterEach(() => held.stage.stop());
    const stage = () => held.stage;
    describeSigningIn(stage);
    describeReach(stage);
    describeDeliveries(stage);
    describeNumbers(stage);
    describeFailures(stage);
  });
  describeReader(name, samples);
  describeMessages(name, samples);
}

const returned = { flow: "redirect", redirectUri } as const;

const tokenOf = async (stage: ConnectorStage, grant: "one" | "many" | "lacking" = "many"): Promise<Secret> =>
  (await stage.connect().exchangeCode(stage.codeFor(grant), returned)).accessToken;

/** What was thrown, which is the channel's and of this kind. */
async function refusalOf(asked: Promise<unknown>, kind?: ChannelErrorKind): Promise<ChannelError> {
  const error = await asked.then(() => "no error at all").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ChannelError);
  if (kind) expect(error).toMatchObject({ kind, mayPass: kind === "retry_later" });
  return error as ChannelError;
}

function describeSigningIn(stage: () => ConnectorStage): void {
  test.each(["x".repeat(43), "a-b_c", "+ &=?#%/ñ"])(
    "carries the state %s and where to come back to untouched, and nothing secret",
    (state) => {
      const url = new URL(stage().connect().authorizeUrl({ state, redirectUri }));
      expect(url.searchParams.getAll("state")).toEqual([state]);
      expect([...url.searchParams.values()].filter((value) => value === redirectUri)).toHaveLength(1);
      for (const secret of stage().secrets) expect(decodeURIComponent(url.href)).not.toContain(secret);
    },
  );

  test("tells a page nothing secret", () => {
    const told = JSON.stringify(stage().connect().signupWindow);
    for (const secret of stage().secrets) expect(`${told}`).not.toContain(secret);
  });

  test("spends a code once, and a code that never was is refused", async () => {
    const connector = stage().connect();
    const code = stage().codeFor("one");
    const { accessToken, expiresAt } = await connector.exchangeCode(code, returned);
    expect(accessToken).toBeInstanceOf(Secret);
    expect(expiresAt === undefined || expiresAt instanceof Date).toBe(true);
    for (const refused of [code, "no code of anybody"]) {
      await refusalOf(connector.exchangeCode(refused, returned));
    }
    const elsewhere = { ...returned, redirectUri: `${redirectUri}/` };
    await refusalOf(connector.exchangeCode(stage().codeFor("one"), elsewhere), "rejected");
    expect(stage().written()).not.toContain(accessToken.reveal());
    expect(stage().written()).not.toContain(code);
  });
}

function describeReach(stage: () => ConnectorStage): void {
  test("finds the number of one account", async () => {
    const reach = await stage()
      .connect()
      .findReach(await tokenOf(stage(), "one"));
    expect(reach).toMatchObject({ missingPermissions: [], accountIds: [stage().one.accountId] });
    expect(reach.scopes.length).toBeGreaterThan(0);
    expect(reach.numbers).toMatchObject([stage().one]);
    expect(reach.numbers[0]?.e164).toMatch(/^\+[1-9]\d{4,14}$/);
    expect(reach.numbers[0]?.displayName).not.toBe("");
  });

  test("finds those of many accounts, page after page, each once", async () => {
    const { numbers, accountIds } = await stage()
      .connect()
      .findReach(await tokenOf(stage()));
    expect(numbers.map((one) => one.phoneNumberId).toSorted()).toEqual(stage().manyNumberIds.toSorted());
    for (const { accountId } of numbers) expect(accountIds).toContain(accountId);
    expect(accountIds.length).toBeGreaterThan(1);
  });

  test("names the missing permissions, and lists nothing then", async () => {
    const token = await tokenOf(stage(), "lacking");
    const before = stage().listings();
    const reach = await stage().connect().findReach(token);
    expect(reach.missingPermissions).not.toEqual([]);
    expect(reach).toMatchObject({ numbers: [], accountIds: [] });
    expect(stage().listings()).toBe(before);
  });

  test("takes no token of another app, and none that is dead", async () => {
    const connector = stage().connect();
    const dead = await tokenOf(stage());
    await refusalOf(connector.findReach(stage().foreignToken()), "reconnect");
    stage().revokeTokens();
    await refusalOf(connector.findReach(dead), "reconnect");
    await refusalOf(connector.checkAccess(dead, stage().one), "reconnect");
  });
}

function describeDeliveries(stage: () => ConnectorStage): void {
  test("starts and stops deliveries, as often as it is asked to", async () => {
    const connector = stage().connect();
    const token = await tokenOf(stage());
    const { accountId } = stage().one;
    const report = async () => (await connector.checkAccess(token, stage().one)).deliveries;
    expect(await report()).toBe("missing");
    for (let times = 0; times < 2; times++) await connector.startDeliveries(token, accountId);
    expect(stage().delivers(accountId)).toBe(true);
    expect(await report()).toBe("ours");
    stage().deliverElsewhere(accountId);
    expect(await report()).toBe("elsewhere");
    for (let times = 0; times < 2; times++) await connector.stopDeliveries(token, accountId);
    expect(stage().delivers(accountId)).toBe(false);
    expect(await report()).toBe("missing");
  });

  test("reads back whether deliveries were started, and believes nothing else", async () => {
    const token = await tokenOf(stage());
    stage().ignoreSubscription();
    const started = stage().connect().startDeliveries(token, stage().one.accountId);
    await refusalOf(started, "retry_later");
  });
}

function describeNumbers(stage: () => ConnectorStage): void {
  test("tells whether a number takes part, and registers one that does not", async () => {
    const connector = stage().connect();
    const { registration } = connector;
    const token = await tokenOf(stage());
    const { unregistered, one } = stage();
    expect(registration === undefined).toBe(unregistered === undefined);
    // A made-up channel is in no catalogue.
    const listed = isChannelId(connector.channel) ? channels[connector.channel].hasRegistration : undefined;
    expect([undefined, registration !== undefined]).toContain(listed);
    if (!registration || !unregistered) {
      expect(await connector.checkAccess(token, one)).toMatchObject({ registration: undefined });
      return;
    }
    const { open } = unregistered;
    const pin = registration.newPin();
    const pins = Array.from({ length: 5 }, () => registration.newPin());
    expect(new Set(pins.map((one) => one.reveal())).size, "made anew each time").toBeGreaterThan(1);
    expect(JSON.stringify(pins) + String(pin)).not.toContain(pin.reveal());
    expect(await registration.read(token, one.phoneNumberId)).toBe("registered");
    expect(await registration.read(token, open.phoneNumberId)).toBe("open");
    await registration.register(token, open.phoneNumberId, pin);
    expect(await registration.read(token, open.phoneNumberId)).toBe("registered");
    expect(await connector.checkAccess(token, open)).toMatchObject({ registration: "registered" });
  });

  test("says so when the number is under somebody else's PIN", async () => {
    const { registration } = stage().connect();
    const { unregistered } = stage();
    if (!registration || !unregistered) return;
    const token = await tokenOf(stage());
    const { phoneNumberId } = unregistered.pinned;
    const error = await refusalOf(
      registration.register(token, phoneNumberId, registration.newPin()),
      "tell_tenant",
    );
    expect(registration.refusalOf(error)).toBe("pin_mismatch");
    expect(await registration.read(token, phoneNumberId)).toBe("open");
  });

  test("reaches nothing outside its grant", async () => {
    const connector = stage().connect();
    const token = await tokenOf(stage(), "one");
    await refusalOf(connector.checkAccess(token, stage().other), "permission");
    await refusalOf(connector.startDeliveries(token, stage().other.accountId), "permission");
  });
}
