/** The sign-up at Meta: where the person is sent, what a page needs for a window, and what a code is exchanged for. */
import { z } from "zod";
import { Secret } from "../../../../platform/secret.server.ts";
import type { Grant, SignupFlow, SignupWindow } from "../../../channel.server.ts";
import type { MetaAppConfig } from "../../app-config.server.ts";
import type { GraphClient } from "../../graph.server.ts";
import { GraphError, redirectMismatch } from "../../graph-error.server.ts";

/**
 * The least that carries this product. whatsapp_business_management: list numbers, subscribe the WABA's webhooks.
 * whatsapp_business_messaging: receive the `messages` field (and, one day, send). Not business_management: picking a
 * WABA and a number in Meta's own dialog needs no portfolio rights of ours.
 */
export const requiredScopes = ["whatsapp_business_management", "whatsapp_business_messaging"];

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  // A century at most: what no date can hold is an answer of another shape.
  expires_in: z.number().positive().max(3_155_760_000).optional(),
});

export function authorizeUrl(
  config: MetaAppConfig,
  { state, redirectUri, onPhone = false }: { state: string; redirectUri: string; onPhone?: boolean },
): string {
  const url = new URL(`${config.dialogUrl}/${config.graphVersion}/dialog/oauth`);
  url.searchParams.set("client_id", config.appId);
  url.searchParams.set("redirect_uri", redirectUri);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("state", state);
  if (config.configId) {
    // Permissions, assets and token type come from the configuration; the override makes it answer with a code.
    url.searchParams.set("config_id", config.configId);
    url.searchParams.set("override_default_response_type", "true");
    const extras = onPhone ? coexistenceExtras(config) : {};
    if (Object.keys(extras).length > 0)
      url.searchParams.set("extras", JSON.stringify({ ...usualExtras, ...extras }));
  } else {
    url.searchParams.set("scope", requiredScopes.join(","));
    // Without this Meta shows a bare permission dialog instead of the sign-up that picks or creates a number.
    const extras = { feature: "whatsapp_embedded_signup", ...usualExtras };
    url.searchParams.set(
      "extras",
      JSON.stringify({ ...extras, ...(onPhone ? coexistenceExtras(config) : {}) }),
    );
  }
  return url.href;
}

const usualExtras = { setup: {} };

/** The feature that leaves a number in the WhatsApp Business app; what is said beside it, Meta's pages do not agree on. */
function coexistenceExtras({ coexistenceExtras: how = "v4" }: MetaAppConfig): Record<string, string> {
  if (how === "none") return {};
  const asked = { featureType: "whatsapp_business_app_onboarding", sessionInfoVersion: "3" };
  return how === "v4" ? { ...asked, version: "v4" } : asked;
}

/** Exact origins: "ends with facebook.com" would believe evilfacebook.com as well. */
const windowOrigins = ["https://www.facebook.com", "https://web.facebook.com"];

export function signupWindow(config: MetaAppConfig): SignupWindow | undefined {
  const { popup, configId, appId, graphVersion, dialogUrl } = config;
  if (!popup || !configId) return undefined;
  const { origin } = new URL(dialogUrl);
  const origins = windowOrigins.includes(origin) ? windowOrigins : [origin];
  const extrasOnPhone = { ...usualExtras, ...coexistenceExtras(config) };
  return {
    sdkUrl: popup.sdkUrl,
    appId,
    configId,
    graphVersion,
    extras: usualExtras,
    extrasOnPhone,
    origins,
  };
}

/** By POST, so that the code and our secret stand in no URL. */
export async function exchangeCode(
  config: MetaAppConfig,
  graph: GraphClient,
  now: () => Date,
  code: string,
  { flow, redirectUri }: { flow: SignupFlow; redirectUri: string },
): Promise<Grant> {
  // Byte-identical to the dialog's.
  const from = flow === "redirect" ? { redirect_uri: redirectUri } : popupRedirectUri(config);
  const answer = await graph
    .call({
      endpoint: "exchange",
      method: "POST",
      path: ["oauth", "access_token"],
      form: {
        client_id: config.appId,
        client_secret: config.appSecret.reveal(),
        ...from,
        code,
      },
      auth: "none",
      schema: tokenAnswer,
      urgent: true,
    })
    .catch((error: unknown) => {
      // Of the dialog's own address this speaks of our set-up, but a code is anybody's: made for another, it is none of ours.
      if (error instanceof GraphError && error.facts.subcode === redirectMismatch)
        throw new GraphError("rejected", error.facts);
      throw error;
    });
  return {
    accessToken: new Secret(answer.access_token),
    expiresAt: answer.expires_in ? new Date(now().getTime() + answer.expires_in * 1000) : undefined,
  };
}

function popupRedirectUri({ popup }: MetaAppConfig): Record<string, string> {
  return popup?.redirectUri === "empty" ? { redirect_uri: "" } : {};
}
