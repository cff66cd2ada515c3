import { createHmac, timingSafeEqual } from "node:crypto";
import { type AccessToken, deathOf } from "../../world/grants.ts";
import type { Platform } from "../../world/platform.ts";
import { numbersOf, type PhoneNumber, type Waba } from "../../world/world.ts";
import { GraphError, objectNotReachable, permissionMissing } from "../error.ts";
import type { GraphRequest } from "../request.ts";

/**
 * The live customer token a call carries.
 * @throws GraphError 104 without a token, 190 for one that is unknown or dead, 100 for a wrong or missing proof.
 */
export function requireToken(platform: Platform, request: GraphRequest): AccessToken {
  const value = request.auth.token;
  if (value === null) {
    throw new GraphError({
      code: 104,
      message: "(#104) An access token is required to request this resource.",
      authenticate: "invalid_request",
    });
  }
  const token = platform.state.tokens.find((candidate) => candidate.value === value);
  if (!token) throw unparsableToken(platform);
  const death = deathOf(token, platform.clock.now());
  if (death) throw deadToken(platform, death.message, death.subcode);
  checkProof(platform, request, value);
  return token;
}

/** Meta: an app token is the literal `APP_ID|APP_SECRET`, or what the client_credentials grant answers. */
export function isAppToken(platform: Platform, value: string | null): boolean {
  if (value === null) return false;
  const { appId, appSecret } = platform.app;
  return value === `${appId}|${appSecret}` || value === clientCredentialsToken(platform);
}

export function clientCredentialsToken(platform: Platform): string {
  const { appId, appSecret } = platform.app;
  return `${appId}|${createHmac("sha256", appSecret).update("client_credentials").digest("base64url").slice(0, 27)}`;
}

export function unparsableToken(platform: Platform): GraphError {
  return deadToken(platform, "Invalid OAuth access token - Cannot parse access token");
}

function deadToken(platform: Platform, message: string, subcode?: number): GraphError {
  return new GraphError({
    status: Number(platform.switches.authErrorStatus),
    code: 190,
    ...(subcode === undefined ? {} : { subcode }),
    message,
    authenticate: "invalid_token",
  });
}

/** For calls that Meta serves with a proof only, whatever the app requires elsewhere. */
export function requireProof(request: GraphRequest): void {
  if (request.proof === null) throw proofMissing();
}

function proofMissing(): GraphError {
  return new GraphError({
    type: "GraphMethodException",
    code: 100,
    message: "API calls from the server require an appsecret_proof argument",
  });
}

/** Meta: appsecret_proof = lowercase hex HMAC-SHA256 of the token under the app secret. */
function checkProof(platform: Platform, request: GraphRequest, token: string): void {
  if (request.proof === null) {
    if (platform.switches.requireProof === "off") return;
    throw proofMissing();
  }
  const expected = Buffer.from(createHmac("sha256", platform.app.appSecret).update(token).digest("hex"));
  const given = Buffer.from(request.proof);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new GraphError({
    type: "GraphMethodException",
    code: 100,
    message: "Invalid appsecret_proof provided in the API argument",
  });
}

/** @throws GraphError 200 when the person declined the permission. */
export function requireScope(token: AccessToken, scope: string): void {
  if (!token.grant.scopes.includes(scope)) throw permissionMissing(scope);
}

/** Guarantee: only WABAs of the token's grant; every other id answers as if it did not exist. */
export function requireWaba(platform: Platform, token: AccessToken, id: string, method: string): Waba {
  const waba = platform.state.world.wabas[id];
  if (!waba || !token.grant.wabaIds.includes(id)) throw objectNotReachable(id, method);
  return waba;
}

export function requireNumber(
  platform: Platform,
  token: AccessToken,
  id: string,
  method: string,
): PhoneNumber {
  const number = platform.state.world.numbers[id];
  if (!number || !isReachable(platform, token, number)) throw objectNotReachable(id, method);
  return number;
}

/** The numbers of a WABA that a token sees, newest first; a number just created may not be listed yet. */
export function reachableNumbers(platform: Platform, token: AccessToken, wabaId: string): PhoneNumber[] {
  return numbersOf(platform.state.world, wabaId).filter((number) => isReachable(platform, token, number));
}

function isReachable(platform: Platform, token: AccessToken, number: PhoneNumber): boolean {
  if (!token.grant.wabaIds.includes(number.wabaId)) return false;
  return number.visibleAt <= platform.clock.now();
}
