import { type AccountEvent, accountUpdate } from "../webhooks/account-events.ts";
import { dispatch } from "../webhooks/routing.ts";
import type { Grant } from "../world/grants.ts";
import { recordInstallation } from "../world/installations.ts";
import type { Platform } from "../world/platform.ts";
import { addNumber, addWaba } from "../world/world.ts";
import { endCancelled, endFailed, endGranted } from "./endings.ts";
import { requestedScopes } from "./request.ts";
import type { DialogSession, Step } from "./session.ts";

const AFTER_REDIRECT_MS = 150;

/**
 * Ends the dialog with a grant: creates what was to be created, issues the code and answers where the browser goes.
 * Called twice it answers the same URL, as a double click would, so the second callback meets a used code.
 */
export async function approve(platform: Platform, session: DialogSession, ticked: string[]): Promise<string> {
  if (session.finishedAt !== null) return session.finishedAt;
  const { dialogOutcome, signupError } = platform.switches;
  if (dialogOutcome === "dev_mode_denied" || ticked.length === 0) {
    return cancel(platform, session, "review");
  }
  if (session.request.ending.kind === "popup" && signupError !== "none") {
    session.finishedAt = endFailed(platform, session, session.request.ending, signupError);
    return session.finishedAt;
  }
  session.granted = true;
  createChosenAssets(platform, session);
  const grant = grantOf(session, ticked);
  recordInstallation(platform, grant);
  session.finishedAt = endGranted(platform, session, grant);
  await announcePartner(platform, grant.wabaIds);
  return session.finishedAt;
}

/** Ends the dialog without a grant, on the page where the person pressed Cancel. */
export function cancel(platform: Platform, session: DialogSession, step: Step): string {
  session.finishedAt ??= endCancelled(platform, session, step);
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
    ...(platform.switches.newNumberVerification === "unverified"
      ? { codeVerificationStatus: "NOT_VERIFIED" }
      : {}),
  });
  session.numberIds = [created.id];
}

function grantOf(session: DialogSession, ticked: string[]): Grant {
  const requested = requestedScopes(session);
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

/** Meta: PARTNER_ADDED may come before, after, or without the browser's redirect. */
async function announcePartner(platform: Platform, wabaIds: string[]): Promise<void> {
  const { partnerEvents, appInstalledEvent } = platform.switches;
  if (partnerEvents === "off" || !platform.app.webhook) return;
  const at = Math.floor(platform.clock.now() / 1000);
  const events: AccountEvent[] = ["PARTNER_ADDED"];
  if (appInstalledEvent === "on") events.push("PARTNER_APP_INSTALLED");
  const changes = wabaIds.flatMap((id) => {
    const waba = platform.state.world.wabas[id];
    return waba ? events.map((event) => accountUpdate(waba, event, platform.app.appId, at)) : [];
  });
  const send = () => dispatch(platform, changes, { kind: "account_update PARTNER_ADDED" });
  if (partnerEvents === "before") await send();
  else setTimeout(() => void send(), AFTER_REDIRECT_MS).unref();
}
