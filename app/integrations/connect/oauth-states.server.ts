/**
 * The `state` of a sign-in at Meta: 32 random bytes, stored before the redirect, bound to the session, person, tenant
 * and channel that started it, and redeemed once, before the code is spent. Ten minutes, by the database's clock.
 */
import { randomBytes } from "node:crypto";
import { withTenant } from "../../../db/client.ts";
import * as states from "../../../db/queries/connections/oauth-states.ts";
import { plainText } from "../../platform/text.ts";
import type { ChannelId } from "../catalog.ts";
import type { SignupFlow } from "../channel.server.ts";
import type { Actor, IntegrationDeps } from "../deps.server.ts";
import type { ReasonCode } from "./reasons.ts";

export interface Caller {
  ip: string;
  userAgent: string;
  /** By which flow the person means to come back; `redirect` unless said otherwise. */
  flow?: SignupFlow | undefined;
  /** They said that the number lives in an app on somebody's phone, and is to stay there. */
  onPhone?: boolean | undefined;
}

/** The nonce, committed when this returns. */
export async function issueState(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  { ip, userAgent, flow = "redirect", onPhone = false }: Caller,
): Promise<string> {
  const nonce = randomBytes(32).toString("base64url");
  const metadata = {
    ip: plainText(ip, 64),
    user_agent: plainText(userAgent, 300),
    flow,
    ...(onPhone ? { number: "on_phone" } : {}),
  };
  await withTenant(deps.db, actor.tenantId, (tdb) =>
    states.insertState(tdb, { ...bindingOf(actor, channel), nonce, metadata }),
  );
  return nonce;
}

const refusals = { used: "state_used", expired: "state_expired", unknown: "state_invalid" } as const;

/**
 * The flow that the attempt was begun for, to exactly one caller; every other learns why not, and somebody else's state
 * looks like one that never was.
 */
export async function redeemState(
  deps: IntegrationDeps,
  actor: Actor,
  channel: ChannelId,
  nonce: string | null,
): Promise<{ flow: SignupFlow } | { reason: Extract<ReasonCode, `state_${string}`> }> {
  if (!nonce || !/^[\w-]{43}$/.test(nonce)) return { reason: "state_invalid" };
  const binding = bindingOf(actor, channel);
  return withTenant(deps.db, actor.tenantId, async (tdb) => {
    const redeemed = await states.redeemState(tdb, nonce, binding);
    if (redeemed) return { flow: redeemed.metadata.flow === "popup" ? "popup" : "redirect" };
    return { reason: refusals[await states.explainState(tdb, nonce, binding)] };
  });
}

/** Whether this person is at Meta now, as far as we can tell: the page says so and lets them continue. */
export async function isConnecting(
  deps: IntegrationDeps,
  { tenantId, userId }: Pick<Actor, "tenantId" | "userId">,
  channel: ChannelId,
): Promise<boolean> {
  return withTenant(deps.db, tenantId, (tdb) =>
    states.isLastStateOpen(tdb, { tenantId, userId, provider: channel }),
  );
}

function bindingOf(actor: Actor, channel: ChannelId): states.StateBinding {
  return { tenantId: actor.tenantId, userId: actor.userId, sessionId: actor.sessionId, provider: channel };
}
