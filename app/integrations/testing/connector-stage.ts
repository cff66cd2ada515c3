/** Where the contract of connectors is played: what a stand-in must let a test arrange and see. */
import type { Secret } from "../../platform/secret.server.ts";
import type { ChannelConnector } from "../channel.server.ts";

export type Fault = "hang" | "reset" | "bad_gateway" | "wrong_shape" | { redirectTo: string };

/** Where people come back to: the stand-in knows it, and each connector is told. */
export const redirectUri = "https://app.curbe.test/back";

interface Asset {
  accountId: string;
  phoneNumberId: string;
}

/** A platform that can be arranged, and a connector that talks to it. */
export interface ConnectorStage {
  /** A new connector: what an earlier one met is not remembered. */
  connect(options?: { timeoutMs?: number }): ChannelConnector;
  /** What our app knows and nobody else may. */
  secrets: string[];
  /** Everything that was logged so far. */
  written(): string;
  /** A code that came back to `redirectUri`, of a grant: one account with one working number, every account, or one that lacks a permission. */
  codeFor(grant: "one" | "many" | "lacking"): string;
  /** A living token that was given to another app. */
  foreignToken(): Secret;
  /** Ends every token. */
  revokeTokens(): void;
  one: Asset;
  /** The numbers of `many`, in several accounts, one of which lists them on more than one page. */
  manyNumberIds: string[];
  /** Of `many`, and not reached by `one`. */
  other: Asset;
  /** Both of `many` and not registered: nobody has set a PIN, or somebody else has. Undefined without registration. */
  unregistered: { open: Asset; pinned: Asset } | undefined;
  /** How often accounts or numbers were listed. */
  listings(): number;
  /** Whether the platform delivers this account's events to us. */
  delivers(accountId: string): boolean;
  /** The platform says yes to the next subscription and does nothing. */
  ignoreSubscription(): void;
  deliverElsewhere(accountId: string): void;
  /** What every call meets from now on. */
  breakWith(fault: Fault): void;
  stop(): Promise<void>;
}
