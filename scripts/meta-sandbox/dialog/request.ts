import type { Platform } from "../world/platform.ts";
import type { AuthorizationRequest, DialogSession } from "./session.ts";

export const WHATSAPP_SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"];

const KNOWN_SCOPE =
  /^(whatsapp_business_(management|messaging|manage_events)|business_management|(pages|instagram|ads|catalog|leads)_[a-z_]+|public_profile|email)$/;

/** Shown on Meta's own page. The app gets no callback for it, so a pending sign-up has to end by itself. */
export interface DialogProblem {
  title: string;
  detail: string;
}

/**
 * Checks the query of `/dialog/oauth`. Meta: redirect_uri must be registered byte for byte, or an error page is shown
 * and nothing is redirected; permissions come from config_id, or from scope separated by commas or spaces.
 */
export function readAuthorizationRequest(
  platform: Platform,
  query: URLSearchParams,
): AuthorizationRequest | DialogProblem {
  const scopes = (query.get("scope") ?? "").split(/[\s,]+/).filter(Boolean);
  const problem = problemWith(platform, query, scopes);
  if (problem) return problem;
  const ending = {
    kind: "redirect",
    redirectUri: query.get("redirect_uri") ?? "",
    state: query.get("state"),
  } as const;
  return { ending, ...requestedPermissions(platform, query, scopes) };
}

/** What the query asks for, once it has been checked. */
export function requestedPermissions(
  platform: Platform,
  query: URLSearchParams,
  scopes: string[],
): Omit<AuthorizationRequest, "ending"> {
  const configId = query.get("config_id");
  const isPlainScope = configId === null && !asksForSignupWizard(query.get("extras"));
  return {
    clientId: platform.app.appId,
    scopes: configId === null ? scopes : WHATSAPP_SCOPES,
    isPlainScope,
  };
}

/** What the review page asks for. */
export function requestedScopes(session: DialogSession): string[] {
  return [...new Set(session.request.scopes)];
}

function problemWith(platform: Platform, query: URLSearchParams, scopes: string[]): DialogProblem | null {
  const { app } = platform;
  if (query.get("client_id") !== app.appId) return INVALID_APP;
  if (!app.redirectUris.includes(query.get("redirect_uri") ?? "")) return URL_BLOCKED;
  const responseType = query.get("response_type");
  if (responseType !== null && responseType !== "code") {
    return problem("Invalid response_type", "The sandbox serves response_type=code only.");
  }
  return problemWithPermissions(app.configId, query.get("config_id"), scopes);
}

export const INVALID_APP: DialogProblem = {
  title: "Invalid App ID",
  detail: "The provided app ID does not look like a valid app ID.",
};

export const URL_BLOCKED: DialogProblem = {
  title: "URL blocked",
  detail:
    "This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings. Make sure that the client and web OAuth logins are on and add all your app domains as valid OAuth redirect URIs.",
};

export function problemWithPermissions(
  expected: string | null,
  configId: string | null,
  scopes: string[],
): DialogProblem | null {
  if (configId !== null) {
    const isOurs = expected === null ? configId !== "" : configId === expected;
    return isOurs ? null : problem("Invalid configuration", "config_id does not belong to this app.");
  }
  if (scopes.length === 0) return problem("Invalid request", "Either config_id or scope is required.");
  const unknown = scopes.filter((scope) => !KNOWN_SCOPE.test(scope));
  return unknown.length === 0 ? null : problem("Invalid Scopes", `Invalid Scopes: ${unknown.join(", ")}.`);
}

/** Integrators: without config_id the wizard opens only when extras names this feature. */
function asksForSignupWizard(extras: string | null): boolean {
  return parseExtras(extras).feature === "whatsapp_embedded_signup";
}

/** The JSON object in `extras`; empty when there is none. */
export function parseExtras(extras: string | null): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(extras ?? "null");
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function problem(title: string, detail: string): DialogProblem {
  return { title, detail };
}
