import type { z } from "zod";
import { WHATSAPP_SCOPES } from "../dialog/request.ts";
import { assertLoopback } from "../loopback-http.ts";
import { accountUpdate } from "../webhooks/account-events.ts";
import { performHandshake } from "../webhooks/handshake.ts";
import { dispatch, type SendResult } from "../webhooks/routing.ts";
import { deathOf, type Grant, issueCode, issueToken } from "../world/grants.ts";
import { endInstallations, installedWabaIds, recordInstallation } from "../world/installations.ts";
import { DEFAULT_WEBHOOK_FIELDS, type Handshake, type Platform } from "../world/platform.ts";
import { addNumber, addWaba, numbersOf, type PhoneNumber, type Waba, wabasOf } from "../world/world.ts";
import type {
  codeSchema,
  grantSchema,
  numberSchema,
  revokeSchema,
  tokenSchema,
  wabaSchema,
} from "./inputs.ts";

/** Adds a number to a WABA: verified and not registered, unless `platformType` says otherwise. */
export function createNumber(platform: Platform, input: z.input<typeof numberSchema>): PhoneNumber {
  if (!platform.state.world.wabas[input.wabaId]) throw new Error(`unknown WABA ${input.wabaId}`);
  const { platformType, isOnBizApp, pin, codeVerificationStatus, ...number } = input;
  const created = addNumber(platform.state.world, {
    ...number,
    lastOnboardedAt: platform.clock.now(),
    ...(platformType === undefined ? {} : { platformType }),
    ...(platformType === "CLOUD_API" ? { status: "CONNECTED", qualityRating: "GREEN" } : {}),
    ...(isOnBizApp === undefined ? {} : { isOnBizApp }),
    ...(pin === undefined ? {} : { pin }),
    ...(codeVerificationStatus === undefined ? {} : { codeVerificationStatus }),
  });
  platform.changed();
  return created;
}

export function createWaba(platform: Platform, input: z.input<typeof wabaSchema>): Waba {
  if (!platform.state.world.businesses[input.businessId])
    throw new Error(`unknown business ${input.businessId}`);
  const created = addWaba(platform.state.world, input);
  platform.changed();
  return created;
}

/** A customer token without the dialog, for example one pasted by hand. Default: never expires, all WABAs, both scopes. */
export function mintToken(
  platform: Platform,
  input: z.input<typeof tokenSchema>,
): { id: string; token: string } {
  const token = issueToken(platform, grantFrom(platform, input), input.lifeSeconds ?? null);
  return { id: token.id, token: token.value };
}

/** A code as the dialog would have issued it, or with `popup` as FB.login would have answered it. */
export function mintCode(platform: Platform, input: z.input<typeof codeSchema>): { code: string } {
  const redirectUri = input.popup ? null : (input.redirectUri ?? platform.app.redirectUris[0] ?? "");
  const grant = grantFrom(platform, input);
  recordInstallation(platform, grant);
  return { code: issueCode(platform, grant, redirectUri).value };
}

/**
 * Ends the live tokens of one id, one business or one WABA (all, when none is named). With `removeApp` the customer
 * removed the app: the subscriptions end as well and PARTNER_REMOVED is sent for each WABA, also for those that were
 * shared without a token having been fetched.
 */
export async function revokeTokens(
  platform: Platform,
  input: z.input<typeof revokeSchema>,
): Promise<{ revoked: number; notifications: SendResult | null }> {
  const { tokenId, businessId, wabaId } = input;
  const now = platform.clock.now();
  const tokens = platform.state.tokens.filter(
    (token) =>
      deathOf(token, now) === null &&
      (tokenId === undefined || token.id === tokenId) &&
      (businessId === undefined || token.grant.businessId === businessId) &&
      (wabaId === undefined || token.grant.wabaIds.includes(wabaId)),
  );
  for (const token of tokens) token.revokedWith = input.subcode ?? 458;
  platform.changed();
  const installed = tokenId === undefined ? installedWabaIds(platform, { businessId, wabaId }) : [];
  const wabaIds = new Set([...tokens.flatMap((token) => token.grant.wabaIds), ...installed]);
  const notifications = input.removeApp ? await removeApp(platform, [...wabaIds]) : null;
  return { revoked: tokens.length, notifications };
}

async function removeApp(platform: Platform, wabaIds: string[]): Promise<SendResult> {
  const { appId } = platform.app;
  const at = Math.floor(platform.clock.now() / 1000);
  endInstallations(platform, wabaIds);
  const changes = wabaIds.flatMap((id) => {
    const waba = platform.state.world.wabas[id];
    if (!waba) return [];
    forgetSharedAppData(platform, id);
    waba.subscribedApps = waba.subscribedApps.filter((app) => app.id !== appId);
    return [accountUpdate(waba, "PARTNER_REMOVED", appId, at)];
  });
  platform.changed();
  return dispatch(platform, changes, { kind: "account_update PARTNER_REMOVED" });
}

/** Somebody who removed the app and comes back can be asked for contacts and history again. */
function forgetSharedAppData(platform: Platform, wabaId: string): void {
  for (const number of numbersOf(platform.state.world, wabaId)) number.sharedAppData = [];
}

/** What the app's owner sets in the dashboard; what is not named stays. */
export interface AppChanges {
  /** null: no webhook any more. */
  callbackUrl?: string | null;
  verifyToken?: string;
  fields?: string[];
  /** A new secret; the old one stays usable as signature `previous_secret`. */
  appSecret?: string;
}

/** Changes what the app's owner configures in the dashboard; a new callback is challenged, with the result recorded. */
export async function configureApp(platform: Platform, input: AppChanges): Promise<void> {
  const { app } = platform;
  if (input.callbackUrl) assertLoopback(input.callbackUrl);
  if (input.appSecret !== undefined && input.appSecret !== app.appSecret) {
    app.previousSecret = app.appSecret;
    app.appSecret = input.appSecret;
  }
  if (input.callbackUrl === null) app.webhook = null;
  else if (input.callbackUrl ?? input.verifyToken ?? input.fields) await configureWebhook(platform, input);
  platform.changed();
}

async function configureWebhook(platform: Platform, input: AppChanges): Promise<void> {
  const before = platform.app.webhook;
  const callbackUrl = input.callbackUrl ?? before?.callbackUrl;
  const verifyToken = input.verifyToken ?? before?.verifyToken;
  if (!callbackUrl || !verifyToken) throw new Error("a callback needs both callbackUrl and verifyToken");
  const fields = input.fields ?? before?.fields ?? DEFAULT_WEBHOOK_FIELDS;
  platform.app.webhook = { callbackUrl, verifyToken, fields, handshake: null };
  if (input.callbackUrl || input.verifyToken) await challengeCallback(platform);
}

/** Sends the GET challenge to the app's callback and records how it went; a refusal changes nothing else. */
export async function challengeCallback(platform: Platform): Promise<Handshake | null> {
  const webhook = platform.app.webhook;
  if (!webhook) return null;
  webhook.handshake = await performHandshake(webhook.callbackUrl, webhook.verifyToken, platform.clock.now());
  platform.log(`webhook handshake: ${webhook.handshake.detail}`);
  return webhook.handshake;
}

function grantFrom(platform: Platform, input: z.input<typeof grantSchema>): Grant {
  const { world } = platform.state;
  const wabaIds = input.wabaIds ?? wabasOf(world, input.businessId).map((waba) => waba.id);
  return {
    appId: input.appId ?? platform.app.appId,
    personId: input.personId ?? null,
    businessId: input.businessId,
    wabaIds,
    numberIds: Object.values(world.numbers)
      .filter((number) => wabaIds.includes(number.wabaId))
      .map((number) => number.id),
    scopes: input.scopes ?? WHATSAPP_SCOPES,
    declinedScopes: [],
  };
}
