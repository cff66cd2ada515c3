import { performHandshake } from "../webhooks/handshake.ts";
import type { Platform } from "../world/platform.ts";
import type { CallbackOverride, SubscribedApp, Waba } from "../world/world.ts";
import { badParameter, GraphError, objectNotReachable } from "./error.ts";
import { type GraphRequest, objectParameter, parameter } from "./request.ts";
import {
  isAppToken,
  requireNumber,
  requireScope,
  requireToken,
  requireWaba,
  unparsableToken,
} from "./tokens/auth.ts";

const MAX_OVERRIDE_LENGTH = 200;
const NOT_SUBSCRIBED_YET =
  "Before override the current callback uri, your app must be subscribed to receive messages for WhatsApp Business Account";

/**
 * `POST /{waba}/subscribed_apps`: idempotent. Meta: a body-less call also removes an override; an override needs an
 * earlier plain subscription and an app callback with `messages`, and its URL must answer the challenge first.
 */
export async function subscribeApp(platform: Platform, request: GraphRequest, wabaId: string) {
  const waba = managedWaba(platform, request, wabaId);
  const mine = ownSubscription(platform, waba);
  const uri = parameter(request, "override_callback_uri");
  if (uri === null) {
    if (mine) delete mine.override;
    else waba.subscribedApps.push(appEntry(platform));
  } else {
    if (!mine || !platform.app.webhook?.fields.includes("messages")) throw badParameter(NOT_SUBSCRIBED_YET);
    mine.override = await verifiedOverride(uri, parameter(request, "verify_token"));
  }
  platform.changed();
  return { success: true };
}

/** `DELETE /{waba}/subscribed_apps`: idempotent; only the calling app goes. */
export function unsubscribeApp(platform: Platform, request: GraphRequest, wabaId: string) {
  const waba = managedWaba(platform, request, wabaId);
  waba.subscribedApps = waba.subscribedApps.filter((app) => app.id !== platform.app.appId);
  platform.changed();
  return { success: true };
}

/** `GET /{waba}/subscribed_apps`: every app on the WABA, other providers' included. */
export function listSubscribedApps(platform: Platform, request: GraphRequest, wabaId: string) {
  const waba = managedWaba(platform, request, wabaId);
  return {
    data: waba.subscribedApps.map(({ id, name, link, override }) => ({
      whatsapp_business_api_data: { id, name, link },
      ...(override ? { override_callback_uri: override.uri } : {}),
    })),
  };
}

/** The callback override of one number: set after a challenge, removed by an empty string. */
export async function overrideNumberCallback(platform: Platform, request: GraphRequest, numberId: string) {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_management");
  const waba = platform.state.world.wabas[number.wabaId];
  if (!waba || !ownSubscription(platform, waba)) throw badParameter(NOT_SUBSCRIBED_YET);
  const configuration = objectParameter(request, "webhook_configuration") ?? {};
  const uri = String(configuration.override_callback_uri ?? "");
  const verifyToken = typeof configuration.verify_token === "string" ? configuration.verify_token : null;
  number.override = uri === "" ? null : await verifiedOverride(uri, verifyToken);
  platform.changed();
  return { success: true };
}

/** `GET|POST|DELETE /{app}/subscriptions` with an app token; a new callback must answer the challenge first. */
export async function appSubscriptions(platform: Platform, request: GraphRequest, appId: string) {
  if (appId !== platform.app.appId) throw objectNotReachable(appId, request.method);
  if (!isAppToken(platform, request.auth.token)) throw unparsableToken(platform);
  if (request.method === "GET") return { data: subscriptionList(platform) };
  if (request.method === "POST") await setAppWebhook(platform, request);
  else platform.app.webhook = null;
  platform.changed();
  return { success: true };
}

async function setAppWebhook(platform: Platform, request: GraphRequest): Promise<void> {
  if (parameter(request, "object") !== "whatsapp_business_account") {
    throw badParameter("Param object must be one of {WHATSAPP_BUSINESS_ACCOUNT}");
  }
  const callbackUrl = parameter(request, "callback_url") ?? platform.app.webhook?.callbackUrl;
  const verifyToken = parameter(request, "verify_token") ?? platform.app.webhook?.verifyToken;
  const fields = (parameter(request, "fields") ?? "").split(",").filter(Boolean);
  if (!callbackUrl || !verifyToken) throw badParameter("callback_url and verify_token are required");
  const handshake = await performHandshake(callbackUrl, verifyToken, platform.clock.now());
  if (!handshake.ok) throw verificationFailed(handshake.detail);
  platform.app.webhook = { callbackUrl, verifyToken, fields, handshake };
}

function subscriptionList(platform: Platform): Record<string, unknown>[] {
  const webhook = platform.app.webhook;
  if (!webhook) return [];
  const fields = webhook.fields.map((name) => ({ name, version: "v25.0" }));
  return [{ object: "whatsapp_business_account", callback_url: webhook.callbackUrl, active: true, fields }];
}

async function verifiedOverride(uri: string, verifyToken: string | null): Promise<CallbackOverride> {
  if (!verifyToken) throw badParameter("The parameter verify_token is required.");
  if (uri.length > MAX_OVERRIDE_LENGTH)
    throw badParameter("override_callback_uri is longer than 200 characters");
  const handshake = await performHandshake(uri, verifyToken, 0);
  if (!handshake.ok) throw verificationFailed(handshake.detail);
  return { uri, verifyToken };
}

function verificationFailed(detail: string): GraphError {
  return new GraphError({
    code: 2200,
    message: `(#2200) Callback verification failed with the following errors: ${detail}`,
  });
}

function managedWaba(platform: Platform, request: GraphRequest, wabaId: string): Waba {
  const token = requireToken(platform, request);
  const waba = requireWaba(platform, token, wabaId, request.method);
  requireScope(token, "whatsapp_business_management");
  return waba;
}

export function ownSubscription(platform: Platform, waba: Waba): SubscribedApp | undefined {
  return waba.subscribedApps.find((app) => app.id === platform.app.appId);
}

function appEntry(platform: Platform): SubscribedApp {
  const { appId, name } = platform.app;
  return { id: appId, name, link: `https://www.facebook.com/games/?app_id=${appId}` };
}
