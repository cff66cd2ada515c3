import { inspect } from "node:util";
import { expect } from "vitest";
import { type Sandbox, startSandbox } from "../../../../../scripts/meta-sandbox/sandbox.ts";
import {
  BUSINESS_IDS,
  NUMBER_IDS,
  OTHER_APP_ID,
  WABA_IDS,
} from "../../../../../scripts/meta-sandbox/world/world.ts";
import { Secret } from "../../../../platform/secret.server.ts";
import { describeConnector } from "../../../testing/connector-contract.ts";
import { type ConnectorStage, type Fault, redirectUri } from "../../../testing/connector-stage.ts";
import { createGraphClient } from "../../graph.server.ts";
import { whatsappMessages } from "../messages/messages.server.ts";
import { accountEntries, bodyWith } from "../webhook/testing/account-fixtures.ts";
import {
  body,
  change,
  echo,
  entry,
  inboundMessages,
  people,
  status,
  textMessage,
} from "../webhook/testing/fixtures.ts";
import { whatsappWebhook } from "../webhook/webhook.server.ts";
import { createWhatsappConnector } from "./connector.server.ts";

const appId = "900100000000000101";
const appSecret = "the secret of the contract";
const { luz, cadenas } = BUSINESS_IDS;

/** One grant over two businesses, so that every asset of the contract is within it. */
const everyWaba = [WABA_IDS.luz, WABA_IDS.cadenasCentro, WABA_IDS.cadenasSur] as string[];
const grants = {
  one: { businessId: luz },
  many: { businessId: cadenas, wabaIds: everyWaba },
  lacking: { businessId: luz, scopes: ["whatsapp_business_management"] },
};

/** Meta lists a hundred on a page: one account has more. */
const extraNumbers = 101;

const open = { accountId: WABA_IDS.cadenasCentro, phoneNumberId: NUMBER_IDS.cadenasCentro2 };

async function metaStage(): Promise<ConnectorStage> {
  const sandbox = await startSandbox({ appId, appSecret, redirectUris: [redirectUri] });
  const { control } = sandbox;
  for (let index = 0; index < extraNumbers; index++) {
    const displayPhoneNumber = `+52 55 7000 ${1000 + index}`;
    control.addNumber({ wabaId: WABA_IDS.cadenasCentro, displayPhoneNumber, verifiedName: `Caja ${index}` });
  }
  const logged: unknown[] = [];
  const write = (...line: unknown[]) => void logged.push(line);
  const config = {
    appId,
    appSecret: new Secret(appSecret),
    graphVersion: "v25.0",
    graphUrl: sandbox.url,
    dialogUrl: sandbox.url,
    log: { info: write, warn: write, error: write },
    configId: "777",
    popup: { sdkUrl: `${sandbox.url}/en_US/sdk.js`, redirectUri: "omit" as const },
  };
  return {
    connect: (options) => createWhatsappConnector(config, createGraphClient(config, options)),
    secrets: [appSecret],
    written() {
      expect(logged).not.toEqual([]);
      return inspect(logged, { depth: 9 });
    },
    codeFor: (grant) => control.mintCode(grants[grant]).code,
    foreignToken: () => new Secret(control.mintToken({ businessId: luz, appId: OTHER_APP_ID }).token),
    revokeTokens: () => void control.revokeTokens(),
    one: { accountId: WABA_IDS.luz, phoneNumberId: NUMBER_IDS.luz },
    manyNumberIds: Object.values(sandbox.world.numbers)
      .filter(({ wabaId }) => everyWaba.includes(wabaId))
      .map(({ id }) => id),
    other: open,
    unregistered: {
      open,
      pinned: { accountId: WABA_IDS.cadenasSur, phoneNumberId: NUMBER_IDS.cadenasSur1 },
    },
    listings: () => control.calls().filter(({ endpoint }) => endpoint === "phone_numbers").length,
    ...deliveriesOf(sandbox),
    breakWith: (fault) => control.addScenario({ endpoint: "*", outcome: outcomeOf(fault) }),
    stop: () => sandbox.stop(),
  };
}

function deliveriesOf({ control, world }: Sandbox) {
  const ours = (wabaId: string) => world.wabas[wabaId]?.subscribedApps.find(({ id }) => id === appId);
  return {
    delivers: (wabaId: string) => ours(wabaId) !== undefined,
    ignoreSubscription() {
      const outcome = { kind: "wrong_shape" as const, body: { success: true } };
      control.addScenario({ endpoint: "subscribe", times: 1, outcome });
    },
    deliverElsewhere(wabaId: string) {
      const app = ours(wabaId);
      if (app) app.override = { uri: "https://another.example/hook", verifyToken: "theirs" };
    },
  };
}

function outcomeOf(fault: Fault) {
  if (fault === "hang") return { kind: "hang" as const, ms: 600_000 };
  if (fault === "reset") return { kind: "reset_before" as const };
  if (fault === "bad_gateway") return { kind: "http" as const };
  if (fault === "wrong_shape") return { kind: "wrong_shape" as const };
  return { kind: "redirect" as const, location: fault.redirectTo };
}

const everyMessage = Object.values(inboundMessages).map(({ item }) => item);
const others = [textMessage("wamid.1"), textMessage("wamid.3")];

describeConnector("WhatsApp", metaStage, {
  webhook: whatsappWebhook,
  messages: whatsappMessages,
  bodies: [
    ...everyMessage.map((item) => body(entry(change({ contacts: people, messages: [item] })))),
    body(entry(change({ statuses: [status("wamid.9", "delivered")] }))),
    body(entry(change({ message_echoes: [echo("wamid.8")] }, undefined, "smb_message_echoes"))),
    bodyWith(...Object.values(accountEntries).map((one) => one.entry)),
  ],
  broken: {
    body: body(entry(change({ messages: [others[0], { ...others[0], timestamp: "CANARY" }, others[1]] }))),
    path: "entry.0.changes.0.messages.1",
    others: 2,
  },
});
