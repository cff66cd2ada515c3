import type { PopupEnding, Step } from "../dialog/session.ts";
import { type Grant, issueCode, issueToken, TOKEN_LIFE_SECONDS } from "../world/grants.ts";
import { newNumericId, newSessionId } from "../world/identifiers.ts";
import type { Platform } from "../world/platform.ts";

/** Meta's names of the pages a person can leave. */
const CURRENT_STEP: Record<Step, string> = {
  "sign-in": "BUSINESS_ACCOUNT_SELECTION",
  business: "BUSINESS_ACCOUNT_SELECTION",
  accounts: "WABA_PHONE_PROFILE_PICKER",
  numbers: "PHONE_NUMBER_SETUP",
  review: "PERMISSIONS",
};

interface LoginResponse {
  authResponse: Record<string, unknown> | null;
  status: "connected" | "unknown";
}

const NOT_CONNECTED: LoginResponse = { authResponse: null, status: "unknown" };

/** What the popup tells its opener after Approve, as the switches have it; issues the code or token it hands over. */
export function grantedMessages(platform: Platform, ending: PopupEnding, grant: Grant): string[] {
  const { popupAnswer } = platform.switches;
  const message = popupAnswer === "code_without_finish" ? null : finishMessage(platform, ending, grant);
  return inOrder(platform, ending, message, loginResponse(platform, ending, grant));
}

export function cancelledMessages(platform: Platform, ending: PopupEnding, step: Step): string[] {
  const message = sessionMessage(ending, "CANCEL", { current_step: CURRENT_STEP[step] });
  return inOrder(platform, ending, message, NOT_CONNECTED);
}

/** Meta: an error shown in the popup comes as CANCEL or ERROR, with strings only. */
export function failedMessages(platform: Platform, ending: PopupEnding, event: "cancel" | "error"): string[] {
  const message = sessionMessage(ending, event.toUpperCase(), {
    error_message: "The sign-up could not be completed.",
    error_code: "2655093",
    session_id: newSessionId(),
    timestamp: String(Math.floor(platform.clock.now() / 1000)),
  });
  return inOrder(platform, ending, message, NOT_CONNECTED);
}

/** null: FB.login is never called back. */
function loginResponse(platform: Platform, ending: PopupEnding, grant: Grant): LoginResponse | null {
  const { popupAnswer } = platform.switches;
  if (popupAnswer === "no_answer") return null;
  if (popupAnswer === "finish_without_code") return NOT_CONNECTED;
  if (popupAnswer === "access_token_instead_of_code" || !ending.wantsCode) {
    return { authResponse: tokenResponse(platform, grant), status: "connected" };
  }
  const code = issueCode(platform, grant, null).value;
  return { authResponse: { userID: null, expiresIn: null, code }, status: "connected" };
}

function tokenResponse(platform: Platform, grant: Grant): Record<string, unknown> {
  const token = issueToken(platform, grant, TOKEN_LIFE_SECONDS);
  return {
    accessToken: token.value,
    userID: grant.personId ?? newNumericId(),
    expiresIn: TOKEN_LIFE_SECONDS,
    graphDomain: "facebook",
  };
}

function finishMessage(platform: Platform, ending: PopupEnding, grant: Grant): string {
  const number = platform.state.world.numbers[grant.numberIds[0] ?? ""];
  const wabaId = number?.wabaId ?? grant.wabaIds[0];
  const account = {
    waba_id: wabaId,
    business_id: grant.businessId,
    ...(grant.wabaIds.length > 1 ? { waba_ids: grant.wabaIds } : {}),
  };
  if (!number) return sessionMessage(ending, "FINISH_ONLY_WABA", account);
  const data = { phone_number_id: number.id, ...account };
  if (!number.isOnBizApp) return sessionMessage(ending, "FINISH", data);
  const all = platform.switches.coexistenceMessage === "all_ids";
  return sessionMessage(ending, "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", all ? data : { waba_id: wabaId });
}

/** Meta: a JSON string, not an object. */
function sessionMessage(ending: PopupEnding, event: string, data: Record<string, unknown>): string {
  const version = ending.sessionInfoVersion === null ? {} : { version: ending.sessionInfoVersion };
  return JSON.stringify({ type: "WA_EMBEDDED_SIGNUP", event, ...version, data });
}

/** Meta: messages that are not JSON arrive as well, and the two that matter in either order. */
function inOrder(
  platform: Platform,
  ending: PopupEnding,
  message: string | null,
  response: LoginResponse | null,
): string[] {
  const answer = relayed(ending, ending.channel, { response: JSON.stringify(response) });
  const both = message === null ? [answer] : [message, answer];
  if (platform.switches.popupOrder === "callback_first") both.reverse();
  return [relayed(ending, `f${newSessionId()}`, { type: "ready" }), ...both];
}

/** In the looks of the messages that Meta's SDK exchanges with its popup. */
function relayed({ origin }: PopupEnding, channel: string, more: Record<string, string>): string {
  const domain = new URL(origin).hostname;
  return new URLSearchParams({ cb: channel, domain, origin, relation: "opener", ...more }).toString();
}
