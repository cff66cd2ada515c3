import { randomUUID } from "node:crypto";
import { newAccessToken, newAuthorizationCode, newNumericId } from "./identifiers.ts";
import type { Platform } from "./platform.ts";

/** Meta's template configuration for Embedded Signup issues tokens that live 60 days. */
export const TOKEN_LIFE_SECONDS = 5_184_000;

/** What a person granted to an app in the dialog. */
export interface Grant {
  appId: string;
  personId: string | null;
  businessId: string;
  wabaIds: string[];
  numberIds: string[];
  scopes: string[];
  declinedScopes: string[];
}

export interface AuthorizationCode {
  value: string;
  /** null: a code of the JavaScript popup, which had no redirect URI. */
  redirectUri: string | null;
  issuedAt: number;
  expiresAt: number;
  used: boolean;
  grant: Grant;
}

export interface AccessToken {
  /** Names the token in the control API; worthless as a credential. */
  id: string;
  value: string;
  /** The system user the token acts as. */
  userId: string;
  issuedAt: number;
  expiresAt: number | null;
  /** Error subcode of a token that was revoked; null while it lives. */
  revokedWith: number | null;
  grant: Grant;
}

/**
 * Guarantee: usable once, within the code's life, by the same app with the byte-identical redirect URI; how a code of the
 * popup (`redirectUri` null) is exchanged is the switch `popupRedirectUri`.
 */
export function issueCode(platform: Platform, grant: Grant, redirectUri: string | null): AuthorizationCode {
  const issuedAt = platform.clock.now();
  const code: AuthorizationCode = {
    value: newAuthorizationCode(),
    redirectUri,
    issuedAt,
    expiresAt: issuedAt + Number(platform.switches.codeTtlSeconds) * 1000,
    used: false,
    grant,
  };
  platform.state.codes.push(code);
  platform.changed();
  return code;
}

/** `lifeSeconds` null makes a token that never expires. */
export function issueToken(platform: Platform, grant: Grant, lifeSeconds: number | null): AccessToken {
  const issuedAt = platform.clock.now();
  const token: AccessToken = {
    id: `token-${randomUUID().slice(0, 8)}`,
    value: newAccessToken(),
    userId: newNumericId(),
    issuedAt,
    expiresAt: lifeSeconds === null ? null : issuedAt + lifeSeconds * 1000,
    revokedWith: null,
    grant,
  };
  platform.state.tokens.push(token);
  platform.changed();
  return token;
}

export interface TokenDeath {
  subcode: number;
  message: string;
}

/** Why a token no longer works, in the words Meta uses; null while it works. */
export function deathOf(token: AccessToken, now: number): TokenDeath | null {
  if (token.revokedWith !== null) return { subcode: token.revokedWith, message: revocationMessage(token) };
  if (token.expiresAt === null || now < token.expiresAt) return null;
  return {
    subcode: 463,
    message: `Error validating access token: Session has expired on ${sessionTime(token.expiresAt)}. The current time is ${sessionTime(now)}.`,
  };
}

function revocationMessage(token: AccessToken): string {
  const reasons: Record<number, string> = {
    458: `The user has not authorized application ${token.grant.appId}.`,
    459: "You cannot access the app till you log in to www.facebook.com and follow the instructions given.",
    460: "The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.",
    463: "Session has expired.",
    467: "The session is invalid because the user logged out.",
  };
  return `Error validating access token: ${reasons[token.revokedWith ?? 458] ?? "The session is invalid."}`;
}

function sessionTime(ms: number): string {
  return new Date(ms).toUTCString().replace("GMT", "UTC");
}
