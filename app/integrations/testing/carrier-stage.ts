/** The made-up channel on the stage of the contract. For tests. */
import { Secret } from "../../platform/secret.server.ts";
import { createCarrierConnector } from "./carrier-connector.ts";
import { type CarrierPlatform, startCarrierPlatform } from "./carrier-platform.ts";
import { type ConnectorStage, redirectUri } from "./connector-stage.ts";

export async function carrierStage(): Promise<ConnectorStage> {
  const platform = await startCarrierPlatform();
  const { world } = platform;
  const grants = {
    one: { accounts: ["acct/blue.1"] },
    many: {},
    lacking: { rights: ["lines.read"] },
  };
  return {
    connect: (options) => createCarrierConnector({ ...platform, ...options }),
    secrets: [platform.clientSecret],
    written: () => "",
    codeFor: (grant) => platform.mintCode(redirectUri, grants[grant]),
    foreignToken: () => new Secret(platform.mintKey({ client: "client~another" })),
    revokeTokens: () => world.keys.clear(),
    one: { accountId: "acct/blue.1", phoneNumberId: "ln:Blue-1" },
    manyNumberIds: Object.values(world.accounts).flatMap(({ lines }) => lines.map(({ id }) => id)),
    other: { accountId: "acct/green.2", phoneNumberId: "ln:green-0" },
    unregistered: undefined,
    listings: () => platform.calls.filter((call) => call.includes("/lines")).length,
    ...deliveriesOf(platform),
    breakWith: (fault) => platform.breakWith(fault),
    stop: () => platform.stop(),
  };
}

function deliveriesOf({ world, clientId }: CarrierPlatform) {
  return {
    delivers: (account: string) => world.accounts[account]?.feeds.has(clientId) ?? false,
    ignoreSubscription() {
      world.ignoresFeeds = true;
    },
    deliverElsewhere: (account: string) =>
      void world.accounts[account]?.feeds.set(clientId, "https://another.example/hook"),
  };
}

/** A delivery of the made-up platform: what people said to a line. */
export function carrierDelivery(line: string, ...said: { id: string; by: string; says: string }[]): object {
  return carrierNotes(
    line,
    ...said.map(({ id, by, says }) => ({ note: "said", id, says, by: { ref: by, called: `Person ${by}` } })),
  );
}

/** A delivery of notes as the platform writes them, a second apart. */
export function carrierNotes(line: string, ...notes: object[]): object {
  const from = Date.parse("2026-11-20T10:00:00Z");
  return {
    to: line,
    notes: notes.map((note, index) => ({ on: new Date(from + index * 1_000).toISOString(), ...note })),
  };
}
