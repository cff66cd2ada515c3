import { type AuthorizationCode, issueToken, TOKEN_LIFE_SECONDS } from "../../world/grants.ts";
import type { Platform } from "../../world/platform.ts";
import { GraphError } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { clientCredentialsToken } from "./auth.ts";

/**
 * Exchanges a code for a customer token. Meta: codes are single use, live 30 s, and are bound to the app and to the
 * byte-identical redirect_uri of the dialog, which a code of the JavaScript popup does not have; failures are HTTP 400
 * with a WWW-Authenticate header. A failed attempt does not use the code up.
 */
export function exchangeCode(platform: Platform, request: GraphRequest): Record<string, unknown> {
  checkClient(platform, request);
  const value = parameter(request, "code");
  const redirectUri = parameter(request, "redirect_uri");
  if (!value) throw codeError("Missing authorization code");
  const code = platform.state.codes.find((candidate) => candidate.value === value);
  if (code?.redirectUri !== null && !redirectUri) throw codeError("Missing redirect_uri parameter.");
  if (!code || code.grant.appId !== platform.app.appId) throw codeError("Invalid verification code format.");
  checkCode(platform, code, redirectUri);
  code.used = true;
  const lifeSeconds = platform.switches.tokenExpiry === "never" ? null : TOKEN_LIFE_SECONDS;
  const token = issueToken(platform, code.grant, lifeSeconds);
  return {
    access_token: token.value,
    token_type: "bearer",
    ...(lifeSeconds === null ? {} : { expires_in: lifeSeconds }),
  };
}

/** `grant_type=client_credentials`: an app token, which never expires. */
export function exchangeClientCredentials(
  platform: Platform,
  request: GraphRequest,
): Record<string, unknown> {
  checkClient(platform, request);
  return { access_token: clientCredentialsToken(platform), token_type: "bearer" };
}

function checkClient(platform: Platform, request: GraphRequest): void {
  const clientId = parameter(request, "client_id");
  if (!clientId) throw oauthError(101, "Missing client_id parameter.");
  if (clientId !== platform.app.appId) {
    throw oauthError(101, "Error validating application. Cannot get application info due to a system error.");
  }
  if (parameter(request, "client_secret") !== platform.app.appSecret) {
    throw oauthError(1, "Error validating client secret.");
  }
}

function checkCode(platform: Platform, code: AuthorizationCode, redirectUri: string | null): void {
  if (code.redirectUri !== null && !ownsOrigin(platform, redirectUri ?? "")) {
    throw oauthError(
      191,
      "Can't load URL: The domain of this URL isn't included in the app's domains. To be able to load this URL, add all domains and subdomains of your app to the App Domains field in your app settings.",
    );
  }
  if (code.used) throw codeError("This authorization code has been used.", 36009);
  if (platform.clock.now() >= code.expiresAt) throw codeError("This authorization code has expired.", 36007);
  if (!fits(platform, code, redirectUri)) {
    throw codeError(
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
      36008,
    );
  }
}

function fits(platform: Platform, code: AuthorizationCode, redirectUri: string | null): boolean {
  if (code.redirectUri !== null) return redirectUri === code.redirectUri;
  const { popupRedirectUri } = platform.switches;
  if (popupRedirectUri === "ignore") return true;
  return redirectUri === (popupRedirectUri === "empty" ? "" : null);
}

/** A redirect URI on a foreign origin is 191; one that merely differs in bytes is 36008. */
function ownsOrigin(platform: Platform, redirectUri: string): boolean {
  const origin = originOf(redirectUri);
  return origin !== null && platform.app.redirectUris.some((registered) => originOf(registered) === origin);
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}

function codeError(message: string, subcode?: number): GraphError {
  return new GraphError({
    code: 100,
    ...(subcode === undefined ? {} : { subcode }),
    message,
    authenticate: "invalid_code",
  });
}

function oauthError(code: number, message: string): GraphError {
  return new GraphError({ code, message, authenticate: "invalid_code" });
}
