import { type AccessToken, deathOf } from "./grants.ts";
import type { AppSettings, Platform } from "./platform.ts";
import type { PhoneNumber, Waba } from "./world.ts";

/**
 * The world as the control API shows it: no token values, authorization codes, secrets, PINs or verify tokens. The code
 * that verifies a number is shown, because nobody receives the SMS.
 */
export function snapshot(platform: Platform) {
  const { app, state, switches, clock, scenarios, deliveries, calls } = platform;
  const { people, businesses, wabas, numbers } = state.world;
  return {
    now: clock.now(),
    app: shownApp(app),
    people: Object.values(people),
    businesses: Object.values(businesses),
    wabas: Object.values(wabas).map((waba) => shownWaba(waba, app.appId)),
    numbers: Object.values(numbers).map(shownNumber),
    tokens: state.tokens.map((token) => shownToken(token, clock.now())),
    outbound: state.outbound,
    switches,
    scenarios: scenarios.list(),
    exchangeAttempts: calls.exchangeAttempts(),
    gaveUp: deliveries.gaveUpCount(),
  };
}

export type Snapshot = ReturnType<typeof snapshot>;

function shownApp({ appId, name, configId, redirectUris, webhook }: AppSettings) {
  const { callbackUrl, fields, handshake } = webhook ?? {};
  const shown = callbackUrl === undefined ? null : { callbackUrl, fields: fields ?? [], handshake };
  return { appId, name, configId, redirectUris, webhook: shown };
}

function shownWaba(waba: Waba, appId: string) {
  return {
    ...waba,
    subscribedApps: waba.subscribedApps.map(({ id, name, override }) => ({
      id,
      name,
      overrideUri: override?.uri ?? null,
    })),
    subscribed: waba.subscribedApps.some((subscribed) => subscribed.id === appId),
  };
}

function shownNumber({ pin, override, registerCalls, deregisterCalls, ...number }: PhoneNumber) {
  return {
    ...number,
    verificationCode: number.verificationCode ?? null,
    sharedAppData: number.sharedAppData ?? [],
    hasPin: pin !== null,
    overrideUri: override?.uri ?? null,
    registerCalls: registerCalls.length,
    deregisterCalls: deregisterCalls.length,
  };
}

function shownToken(token: AccessToken, now: number) {
  const { appId, businessId, wabaIds, scopes } = token.grant;
  return {
    id: token.id,
    userId: token.userId,
    appId,
    businessId,
    wabaIds,
    scopes,
    issuedAt: token.issuedAt,
    expiresAt: token.expiresAt,
    alive: deathOf(token, now) === null,
  };
}
