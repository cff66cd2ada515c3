import { accountUpdate } from "./account-events.ts";
import type { DialogSession } from "./dialog-session.ts";
import { type Grant, issueCode } from "./grants.ts";
import type { Platform } from "./platform.ts";
import { dispatch } from "./webhook-routing.ts";
import { addNumber, addWaba } from "./world.ts";

const AFTER_REDIRECT_MS = 150;

/**
 * Ends the dialog with a grant: creates what was to be created, issues the code and answers the callback URL. Meta: the
 * callback carries code and state only, no ids, and browsers show a trailing `#_=_`. Called twice it answers the same
 * URL, as a double click would, so the second callback meets a used code.
 */
export async function approve(platform: Platform, session: DialogSession, ticked: string[]): Promise<string> {
  if (session.finishedAt !== null) return session.finishedAt;
  if (platform.switches.dialogOutcome === "dev_mode_denied" || ticked.length === 0) {
    return cancel(platform, session);
  }
  createChosenAssets(platform, session);
  const grant = grantOf(platform, session, ticked);
  const code = issueCode(platform, grant, session.request.redirectUri);
  session.finishedAt = callbackUrl(platform, session, [["code", code.value]]);
  await announcePartner(platform, grant.wabaIds);
  return session.finishedAt;
}

/** Ends the dialog without a grant, with the four parameters Meta uses for a person who pressed Cancel. */
export function cancel(platform: Platform, session: DialogSession): string {
  session.finishedAt ??= callbackUrl(platform, session, [
    ["error", "access_denied"],
    ["error_code", "200"],
    ["error_description", "Permissions error"],
    ["error_reason", "user_denied"],
  ]);
  return session.finishedAt;
}

function createChosenAssets(platform: Platform, session: DialogSession): void {
  const { world } = platform.state;
  if (session.newWabaName !== null && session.businessId !== null) {
    const created = addWaba(world, { businessId: session.businessId, name: session.newWabaName });
    session.wabaIds = [...session.wabaIds, created.id];
  }
  const wabaId = session.wabaIds[0];
  if (session.numberChoice !== "new" || wabaId === undefined) return;
  const now = platform.clock.now();
  const created = addNumber(world, {
    wabaId,
    displayPhoneNumber: session.newNumber.phone,
    verifiedName: session.newNumber.displayName,
    nameStatus: "PENDING_REVIEW",
    lastOnboardedAt: now,
    visibleAt: now + Number(platform.switches.newNumberDelaySeconds) * 1000,
  });
  session.numberIds = [created.id];
}

function grantOf(platform: Platform, session: DialogSession, ticked: string[]): Grant {
  const requested = requestedScopes(platform, session);
  return {
    appId: session.request.clientId,
    personId: session.personId,
    businessId: session.businessId ?? "",
    wabaIds: session.wabaIds,
    numberIds: session.numberChoice === "none" ? [] : session.numberIds,
    scopes: requested.filter((scope) => ticked.includes(scope)),
    declinedScopes: requested.filter((scope) => !ticked.includes(scope)),
  };
}

/** What the review page asks for. */
export function requestedScopes(platform: Platform, session: DialogSession): string[] {
  const extra = platform.switches.businessScope === "on" ? ["business_management"] : [];
  return [...new Set([...session.request.scopes, ...extra])];
}

/** Meta: PARTNER_ADDED may come before, after, or without the browser's redirect. */
async function announcePartner(platform: Platform, wabaIds: string[]): Promise<void> {
  const { partnerEvents } = platform.switches;
  if (partnerEvents === "off" || !platform.app.webhook) return;
  const at = Math.floor(platform.clock.now() / 1000);
  const changes = wabaIds.flatMap((id) => {
    const waba = platform.state.world.wabas[id];
    return waba ? [accountUpdate(waba, "PARTNER_ADDED", platform.app.appId, at)] : [];
  });
  const send = () => dispatch(platform, changes, { kind: "account_update PARTNER_ADDED" });
  if (partnerEvents === "before") await send();
  else setTimeout(() => void send(), AFTER_REDIRECT_MS).unref();
}

/** Appends to the redirect URI without touching its own bytes. */
function callbackUrl(platform: Platform, session: DialogSession, pairs: [string, string][]): string {
  const { redirectUri, state } = session.request;
  const query = new URLSearchParams(pairs);
  if (platform.switches.extraCallbackParams === "on") {
    query.append("granted_scopes", requestedScopes(platform, session).join(","));
    query.append("_unexpected", "1");
  }
  if (state !== null && platform.switches.dropState === "off") query.append("state", state);
  return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}#_=_`;
}
