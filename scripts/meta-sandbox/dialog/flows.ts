import type { Platform } from "../world/platform.ts";
import {
  type DialogProblem,
  INVALID_APP,
  parseExtras,
  problemWithPermissions,
  requestedPermissions,
  URL_BLOCKED,
} from "./request.ts";
import type { AuthorizationRequest } from "./session.ts";

/**
 * Checks the query with which the SDK opens its popup. Meta: the page that calls FB.login must be on one of the app's
 * allowed domains, which here are the origins of its redirect URIs.
 */
export function readEmbeddedRequest(
  platform: Platform,
  query: URLSearchParams,
): AuthorizationRequest | DialogProblem {
  const { app, switches } = platform;
  const origin = query.get("origin") ?? "";
  if (query.get("app_id") !== app.appId) return INVALID_APP;
  if (!allowedOrigins(app.redirectUris).has(origin)) return unknownHost(origin);
  const scopes = scopesIn(query);
  const problem = problemWithPermissions(app.configId, query.get("config_id"), scopes);
  if (problem) return problem;
  const overrides =
    query.get("override_default_response_type") === "true" || switches.popupWithoutOverride === "code";
  const ending = {
    kind: "popup",
    origin,
    channel: query.get("channel") ?? "",
    wantsCode: query.get("response_type") === "code" && overrides,
    sessionInfoVersion: Number(parseExtras(query.get("extras")).sessionInfoVersion) || null,
  } as const;
  return { ending, ...requestedPermissions(platform, query, scopes) };
}

/** Checks the query of a hosted sign-up link. Meta: a configuration is required, redirect_uri and state are not. */
export function readHostedRequest(
  platform: Platform,
  query: URLSearchParams,
): AuthorizationRequest | DialogProblem {
  const { app } = platform;
  const redirectUri = query.get("redirect_uri");
  if (query.get("app_id") !== app.appId) return INVALID_APP;
  if (redirectUri !== null && !app.redirectUris.includes(redirectUri)) return URL_BLOCKED;
  const problem = problemWithPermissions(app.configId, query.get("config_id") ?? "", []);
  if (problem) return problem;
  const ending = { kind: "hosted", redirectUri, state: query.get("state") } as const;
  return { ending, ...requestedPermissions(platform, query, []) };
}

function allowedOrigins(redirectUris: readonly string[]): Set<string> {
  return new Set(redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).origin));
}

function scopesIn(query: URLSearchParams): string[] {
  return (query.get("scope") ?? "").split(/[\s,]+/).filter(Boolean);
}

function unknownHost(origin: string): DialogProblem {
  return {
    title: "JSSDK Unknown Host domain",
    detail: `The domain you are hosting the Facebook Javascript SDK is not in your app's Javascript SDK host domain list. Please add ${origin || "the domain"} in your App dashboard.`,
  };
}
