/** Connecting with ids and a token typed in by an admin of ours, behind a feature flag. */
import type { Secret } from "../../platform/secret.server.ts";
import type { ChannelId } from "../catalog.ts";
import { ChannelError } from "../channel-error.server.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";
import { type ConnectOutcome, connectNumber, reasonOf } from "./create-connection.server.ts";
import type { ReasonCode } from "./reasons.ts";
import { progressOfReach } from "./setup-progress.server.ts";

export type ManualOutcome =
  | Exclude<ConnectOutcome, { kind: "failed" }>
  | { kind: "failed"; reason: ReasonCode | "token_rejected" | "number_not_in_waba" };

/**
 * Asks Meta with the given token before anything is stored: it must be alive, made for our app, hold the permissions,
 * and list that number under that WABA. From there on it is a connection like any other.
 */
export async function connectManually(
  deps: IntegrationDeps,
  actor: Actor,
  input: { channel: ChannelId; accountId: string; phoneNumberId: string; accessToken: Secret },
): Promise<ManualOutcome> {
  const { channel, accessToken: token } = input;
  try {
    const reach = await deps.connectors[channel].findReach(token);
    if (reach.missingPermissions.length > 0) return { kind: "failed", reason: "permission_missing" };
    const number = reach.numbers.find(
      (one) => one.phoneNumberId === input.phoneNumberId && one.accountId === input.accountId,
    );
    if (!number) return { kind: "failed", reason: "number_not_in_waba" };
    const progress = progressOfReach({}, reach, deps.now());
    return await connectNumber(deps, actor, channel, { token, reach, number, how: "manual", progress });
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    const reason = reasonOf(error);
    return { kind: "failed", reason: reason === "code_rejected" ? "token_rejected" : reason };
  }
}
