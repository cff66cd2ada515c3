/**
 * Every behaviour of Meta that varies, that integrators report differently, or that its documentation leaves open.
 * The first option is the default.
 */
export const SWITCHES = {
  dialogOutcome: {
    options: ["normal", "dev_mode_denied", "dev_mode_page", "feature_unavailable"],
    says: "How the dialog ends: development mode may deny on approval or stop on Meta's own page without a callback",
  },
  dropState: { options: ["off", "on"], says: "The callback arrives without state" },
  extraCallbackParams: { options: ["off", "on"], says: "The callback carries parameters nobody asked for" },
  partnerEvents: {
    options: ["after", "before", "off"],
    says: "PARTNER_ADDED comes after the redirect, before it, or not at all",
  },
  newNumberDelaySeconds: {
    options: ["0", "5", "60"],
    says: "A number created in the dialog is listed only after this time",
  },
  newNumberVerification: {
    options: ["verified", "unverified"],
    says: "Whether a number created in the dialog has been verified there; an unverified one needs request_code and verify_code",
  },
  appInstalledEvent: {
    options: ["off", "on"],
    says: "PARTNER_APP_INSTALLED comes along with PARTNER_ADDED",
  },
  popupOrder: {
    options: ["message_first", "callback_first"],
    says: "Popup: the session message comes before the callback of FB.login, or after it",
  },
  popupAnswer: {
    options: [
      "normal",
      "no_answer",
      "access_token_instead_of_code",
      "finish_without_code",
      "code_without_finish",
    ],
    says: "Popup, after Approve: no_answer never calls FB.login back, finish_without_code sends the message with an empty authResponse, code_without_finish sends no message",
  },
  popupWithoutOverride: {
    options: ["access_token", "code"],
    says: "Popup, FB.login with response_type code but without override_default_response_type: integrators report an access token",
  },
  popupRedirectUri: {
    options: ["omit", "empty", "ignore"],
    says: "redirect_uri in the exchange of a popup's code: it must be left out, must be there and empty, or does not matter",
  },
  signupError: {
    options: ["none", "cancel", "error"],
    says: "Popup: Approve ends in one of Meta's own errors, sent as event CANCEL or ERROR",
  },
  coexistenceMessage: {
    options: ["all_ids", "waba_only"],
    says: "Popup: FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING carries all ids, or waba_id alone as in older samples",
  },
  hostedRedirect: {
    options: ["nothing", "code", "ids", "ignored"],
    says: "What the redirect_uri of the hosted link receives; ignored: the browser stays on Meta's last page",
  },
  hostedState: {
    options: ["dropped", "kept"],
    says: "Whether a state on the hosted link comes back with the redirect",
  },
  historySharing: {
    options: ["shared", "declined"],
    says: "Coexistence: declined answers the history request with error 2593109 in the webhook",
  },
  codeTtlSeconds: {
    options: ["30", "600"],
    says: "Life of a code: 30 s in Embedded Signup, longer in plain Login",
  },
  tokenExpiry: { options: ["60_days", "never"], says: "never: the exchange answers without expires_in" },
  tokenType: { options: ["SYSTEM_USER", "USER"], says: "type in debug_token" },
  targetIds: {
    options: ["listed", "missing"],
    says: "missing: granular_scopes without target_ids (all assets)",
  },
  manageEventsScope: {
    options: ["off", "on"],
    says: "debug_token lists whatsapp_business_manage_events in place of whatsapp_business_management",
  },
  requireProof: { options: ["off", "on"], says: "Every call with a customer's token needs appsecret_proof" },
  authErrorStatus: { options: ["400", "401"], says: "HTTP status of error 190" },
} as const;

export type SwitchName = keyof typeof SWITCHES;
export type Switches = { [Name in SwitchName]: (typeof SWITCHES)[Name]["options"][number] };

export function defaultSwitches(): Switches {
  return Object.fromEntries(
    Object.entries(SWITCHES).map(([name, definition]) => [name, definition.options[0]]),
  ) as Switches;
}

/**
 * Sets the given switches and leaves the others.
 * @throws Error naming the first unknown switch or option; nothing is changed then.
 */
export function setSwitches(switches: Switches, changes: Record<string, string>): void {
  for (const [name, option] of Object.entries(changes)) {
    const definition = Object.hasOwn(SWITCHES, name) ? SWITCHES[name as SwitchName] : undefined;
    if (!definition) throw new Error(`unknown switch ${name}`);
    if (!(definition.options as readonly string[]).includes(option)) {
      throw new Error(`switch ${name} takes ${definition.options.join(" | ")}`);
    }
  }
  Object.assign(switches, changes);
}
