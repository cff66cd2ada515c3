import type { AccessToken } from "../world/grants.ts";
import type { Platform } from "../world/platform.ts";
import type { PhoneNumber, Waba } from "../world/world.ts";
import { badParameter, objectNotReachable } from "./error.ts";
import { pageOf } from "./fields.ts";
import { renderBusiness, renderMe, renderNumber, renderWaba } from "./nodes.ts";
import { type GraphRequest, parameter } from "./request.ts";
import { reachableNumbers, requireNumber, requireScope, requireToken, requireWaba } from "./tokens/auth.ts";

export function readMe(platform: Platform, request: GraphRequest): Record<string, unknown> {
  return renderMe(platform, requireToken(platform, request), request);
}

export function readPermissions(platform: Platform, request: GraphRequest): Record<string, unknown> {
  const { scopes, declinedScopes } = requireToken(platform, request).grant;
  const entry = (status: string) => (permission: string) => ({ permission, status });
  return { data: [...scopes.map(entry("granted")), ...declinedScopes.map(entry("declined"))] };
}

/** `GET /?ids=a,b`: an object per id. One id out of reach fails the whole call. */
export function readIds(platform: Platform, request: GraphRequest): Record<string, unknown> {
  const token = requireToken(platform, request);
  const ids = (parameter(request, "ids") ?? "").split(",").filter(Boolean);
  if (ids.length === 0) throw badParameter("The parameter ids is required.");
  if (ids.length > 50) throw badParameter("Too many IDs. Maximum: 50.");
  return Object.fromEntries(ids.map((id) => [id, readObject(platform, token, request, id)]));
}

export function readNode(platform: Platform, request: GraphRequest, id: string): Record<string, unknown> {
  return readObject(platform, requireToken(platform, request), request, id);
}

function readObject(
  platform: Platform,
  token: AccessToken,
  request: GraphRequest,
  id: string,
): Record<string, unknown> {
  const { wabas, numbers, businesses } = platform.state.world;
  if (wabas[id]) {
    const waba = requireWaba(platform, token, id, "get");
    requireScope(token, "whatsapp_business_management");
    return renderWaba(platform, token, request, waba);
  }
  if (numbers[id]) {
    const number = requireNumber(platform, token, id, "get");
    requireScope(token, "whatsapp_business_management");
    return renderNumber(platform, request, number);
  }
  const business = businesses[id];
  if (business && token.grant.businessId === id) return renderBusiness(request, business);
  throw objectNotReachable(id, "get");
}

/** `GET /{waba}/phone_numbers`: newest onboarded first unless sorted; empty when sign-up ended without a number. */
export function readPhoneNumbers(platform: Platform, request: GraphRequest, wabaId: string) {
  const token = requireToken(platform, request);
  requireWaba(platform, token, wabaId, "get");
  requireScope(token, "whatsapp_business_management");
  const numbers = reachableNumbers(platform, token, wabaId);
  return pageOf<PhoneNumber>(request, sorted(request, numbers), (number) =>
    renderNumber(platform, request, number),
  );
}

function sorted(request: GraphRequest, newestFirst: PhoneNumber[]): PhoneNumber[] {
  const sort = parameter(request, "sort");
  // Meta's guide and its reference spell the sort values differently; both are accepted.
  const ascending = sort === "last_onboarded_time_ascending" || sort === "last_onboarded_time.asc";
  return ascending ? newestFirst.reverse() : newestFirst;
}

/**
 * `GET /{business}/owned_…` and `/client_whatsapp_business_accounts`. Meta: owned are the portfolio's own, client are
 * those other portfolios shared with it; both need business_management.
 */
export function readBusinessWabas(
  platform: Platform,
  request: GraphRequest,
  businessId: string,
  relation: "owned" | "client",
): Record<string, unknown> {
  const token = requireToken(platform, request);
  if (token.grant.businessId !== businessId) throw objectNotReachable(businessId, "get");
  requireScope(token, "business_management");
  const wabas = token.grant.wabaIds
    .map((id) => platform.state.world.wabas[id])
    .filter((waba): waba is Waba => waba !== undefined)
    .filter((waba) => (waba.businessId === businessId) === (relation === "owned"));
  return pageOf(request, wabas, (waba) => renderWaba(platform, token, request, waba));
}
