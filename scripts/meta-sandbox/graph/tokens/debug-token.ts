import { type AccessToken, deathOf } from "../../world/grants.ts";
import { shuffledBy } from "../../world/identifiers.ts";
import type { Platform } from "../../world/platform.ts";
import { badParameter, GraphError } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { isAppToken, unparsableToken } from "./auth.ts";

const DATA_ACCESS_DAYS = 90;

/**
 * Inspects a token under an app token. Meta: a dead input token is still HTTP 200, with `is_valid: false` and a nested
 * error; error 190 at the top level is about the app token; a token of another app is error 100.
 */
export function debugToken(platform: Platform, request: GraphRequest): Record<string, unknown> {
  requireAppToken(platform, request);
  const input = parameter(request, "input_token");
  if (!input) throw badParameter("The parameter input_token is required.");
  const token = platform.state.tokens.find((candidate) => candidate.value === input);
  if (!token)
    return { data: { ...invalidToken(unparsableToken(platform).message), is_valid: false, scopes: [] } };
  if (token.grant.appId !== platform.app.appId) {
    throw badParameter("The App_id in the input_token did not match the Viewing App");
  }
  const death = deathOf(token, platform.clock.now());
  return {
    data: {
      ...identity(platform, token),
      ...(death ? invalidToken(death.message, death.subcode) : {}),
      is_valid: death === null,
      scopes: listedScopes(platform, token),
      granular_scopes: granularScopes(platform, token),
      user_id: token.userId,
    },
  };
}

function requireAppToken(platform: Platform, request: GraphRequest): void {
  const value = request.auth.token;
  if (isAppToken(platform, value)) return;
  if (value === null) {
    throw new GraphError({
      code: 104,
      message: "(#104) An access token is required to request this resource.",
      authenticate: "invalid_request",
    });
  }
  if (platform.state.tokens.some((candidate) => candidate.value === value)) {
    throw badParameter(
      "You must provide an app access token, or a user access token that is an owner or developer of the app",
    );
  }
  throw new GraphError({
    status: Number(platform.switches.authErrorStatus),
    code: 190,
    message: "Invalid OAuth access token signature.",
    authenticate: "invalid_token",
  });
}

function identity(platform: Platform, token: AccessToken): Record<string, unknown> {
  const issuedAt = seconds(token.issuedAt);
  const expires = token.expiresAt !== null;
  return {
    app_id: token.grant.appId,
    type: platform.switches.tokenType,
    application: platform.app.name,
    data_access_expires_at: expires ? issuedAt + DATA_ACCESS_DAYS * 86_400 : 0,
    expires_at: token.expiresAt === null ? 0 : seconds(token.expiresAt),
    issued_at: issuedAt,
  };
}

function listedScopes(platform: Platform, token: AccessToken): string[] {
  if (platform.switches.manageEventsScope === "off") return token.grant.scopes;
  return token.grant.scopes.map((scope) =>
    scope === "whatsapp_business_management" ? "whatsapp_business_manage_events" : scope,
  );
}

/** Meta: targets of the whatsapp scopes are WABA ids, those of business_management portfolio ids; no stable order. */
function granularScopes(platform: Platform, token: AccessToken): Record<string, unknown>[] {
  return listedScopes(platform, token).map((scope) => {
    if (platform.switches.targetIds === "missing") return { scope };
    const { businessId, wabaIds } = token.grant;
    if (scope === "business_management") return { scope, target_ids: [businessId] };
    if (!scope.startsWith("whatsapp_")) return { scope };
    return { scope, target_ids: shuffledBy(`${token.id}:${scope}`, wabaIds) };
  });
}

function invalidToken(message: string, subcode?: number): Record<string, unknown> {
  return { error: { code: 190, message, ...(subcode === undefined ? {} : { subcode }) } };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
