import { type AccessToken, deathOf, type Grant, issueToken, TOKEN_LIFE_SECONDS } from "../../world/grants.ts";
import { installedGrant } from "../../world/installations.ts";
import type { Platform } from "../../world/platform.ts";
import { PARTNER_BUSINESS_ID } from "../../world/world.ts";
import { GraphError, objectNotReachable } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { requireProof, requireScope, requireToken } from "./auth.ts";

/**
 * `POST /{business}/system_user_access_tokens`: the customer's token, fetched with the partner's own system token. Meta:
 * it needs a proof of that token and business_management, and a customer that has the app installed. With
 * `fetch_only=true` a living token is answered again; otherwise every call makes another one.
 */
export function systemUserToken(platform: Platform, request: GraphRequest, businessId: string) {
  const caller = requireToken(platform, request);
  requireProof(request);
  if (caller.grant.businessId !== PARTNER_BUSINESS_ID) throw permissionsError();
  requireScope(caller, "business_management");
  if (!platform.state.world.businesses[businessId]) throw objectNotReachable(businessId, "post");
  const grant = installedGrant(platform, businessId);
  if (!grant) throw permissionsError();
  const earlier = parameter(request, "fetch_only") === "true" ? livingToken(platform, grant) : undefined;
  return { access_token: (earlier ?? issueToken(platform, grant, lifeSeconds(platform, request))).value };
}

/** The newest token for all of what was granted; one from before another account was shared does not reach it. */
function livingToken(platform: Platform, grant: Grant): AccessToken | undefined {
  const now = platform.clock.now();
  return platform.state.tokens.findLast(
    (token) =>
      token.grant.appId === grant.appId &&
      token.grant.businessId === grant.businessId &&
      token.grant.wabaIds.join() === grant.wabaIds.join() &&
      token.grant.scopes.join() === grant.scopes.join() &&
      deathOf(token, now) === null,
  );
}

function lifeSeconds(platform: Platform, request: GraphRequest): number | null {
  if (parameter(request, "set_token_expires_in_60_days") === "true") return TOKEN_LIFE_SECONDS;
  return platform.switches.tokenExpiry === "never" ? null : TOKEN_LIFE_SECONDS;
}

function permissionsError(): GraphError {
  return new GraphError({ status: 403, code: 200, message: "(#200) Permissions error" });
}
