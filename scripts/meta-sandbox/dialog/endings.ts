import { cancelledMessages, failedMessages, grantedMessages } from "../popup/messages.ts";
import { type Grant, issueCode } from "../world/grants.ts";
import type { Platform } from "../world/platform.ts";
import { requestedScopes } from "./request.ts";
import type { DialogSession, Ending, PopupEnding, Step } from "./session.ts";

type Ends<Kind extends Ending["kind"]> = Extract<Ending, { kind: Kind }>;

/** Where the browser goes after Approve. */
export function endGranted(platform: Platform, session: DialogSession, grant: Grant): string {
  const { ending } = session.request;
  if (ending.kind === "hosted") return endHosted(platform, session, ending, grant);
  if (ending.kind === "popup") {
    session.popupMessages = grantedMessages(platform, ending, grant);
    return lastPageUrl(session);
  }
  const code = issueCode(platform, grant, ending.redirectUri);
  return callbackUrl(platform, session, ending, [["code", code.value]]);
}

/** Where the browser goes after Cancel; a redirect carries the four parameters Meta uses for it. */
export function endCancelled(platform: Platform, session: DialogSession, step: Step): string {
  const { ending } = session.request;
  if (ending.kind === "redirect") {
    return callbackUrl(platform, session, ending, [
      ["error", "access_denied"],
      ["error_code", "200"],
      ["error_description", "Permissions error"],
      ["error_reason", "user_denied"],
    ]);
  }
  if (ending.kind === "popup") session.popupMessages = cancelledMessages(platform, ending, step);
  return lastPageUrl(session);
}

/** Where the popup goes when Meta itself could not complete the sign-up. */
export function endFailed(
  platform: Platform,
  session: DialogSession,
  ending: PopupEnding,
  event: "cancel" | "error",
): string {
  session.popupMessages = failedMessages(platform, ending, event);
  return lastPageUrl(session);
}

/**
 * The callback of the redirect dialog. Meta: code and state only, no ids, and browsers show a trailing `#_=_`. The
 * redirect URI's own bytes are not touched.
 */
function callbackUrl(
  platform: Platform,
  session: DialogSession,
  { redirectUri, state }: Ends<"redirect">,
  pairs: [string, string][],
): string {
  const query = new URLSearchParams(pairs);
  if (platform.switches.extraCallbackParams === "on") {
    query.append("granted_scopes", requestedScopes(session).join(","));
    query.append("_unexpected", "1");
  }
  if (state !== null && platform.switches.dropState === "off") query.append("state", state);
  return `${withQuery(redirectUri, query)}#_=_`;
}

/** Nothing about the redirect of the hosted link is documented, so all of it is up to switches. */
function endHosted(
  platform: Platform,
  session: DialogSession,
  { redirectUri, state }: Ends<"hosted">,
  grant: Grant,
): string {
  const { hostedRedirect, hostedState } = platform.switches;
  if (redirectUri === null || hostedRedirect === "ignored") return lastPageUrl(session);
  const query = new URLSearchParams();
  if (hostedRedirect === "code") query.append("code", issueCode(platform, grant, redirectUri).value);
  if (hostedRedirect === "ids") {
    const [numberId] = grant.numberIds;
    query.append("waba_id", grant.wabaIds[0] ?? "");
    if (numberId !== undefined) query.append("phone_number_id", numberId);
    query.append("business_id", grant.businessId);
  }
  if (state !== null && hostedState === "kept") query.append("state", state);
  return withQuery(redirectUri, query);
}

function withQuery(url: string, query: URLSearchParams): string {
  return query.size === 0 ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function lastPageUrl(session: DialogSession): string {
  return `/dialog/end/${session.id}`;
}
