/** Connecting WhatsApp: where the person is sent, what their grant reaches, and Meta's deliveries on and off. */
import { z } from "zod";
import { Secret } from "../../../platform/secret.server.ts";
import type {
  AccessReport,
  ChannelConnector,
  Grant,
  SignupRoad,
  SignupWindow,
} from "../../channel.server.ts";
import type { MetaAppConfig } from "../app-config.server.ts";
import { createGraphClient, type GraphClient } from "../graph.server.ts";
import { GraphError } from "../graph-error.server.ts";
import { findReach } from "./reach.server.ts";

/**
 * The least that carries this product. whatsapp_business_management: list numbers, subscribe the WABA's webhooks.
 * whatsapp_business_messaging: receive the `messages` field (and, one day, send). Not business_management: picking a
 * WABA and a number in Meta's own dialog needs no portfolio rights of ours.
 */
export const requiredScopes = ["whatsapp_business_management", "whatsapp_business_messaging"];

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive().optional(),
});
const successAnswer = z.object({ success: z.literal(true) });
const numberAnswer = z.object({ display_phone_number: z.string(), verified_name: z.string().optional() });
const registrationAnswer = z.object({
  platform_type: z.string().optional(),
  is_on_biz_app: z.boolean().optional(),
});
const subscribedAppsAnswer = z.object({
  data: z.array(
    z.object({
      whatsapp_business_api_data: z.object({ id: z.coerce.string() }).optional(),
      override_callback_uri: z.string().optional(),
    }),
  ),
});

export function createWhatsappConnector(
  config: MetaAppConfig,
  graph: GraphClient = createGraphClient(config),
  now: () => Date = () => new Date(),
): ChannelConnector {
  return {
    channel: "whatsapp",
    appId: config.appId,
    authorizeUrl: (state) => authorizeUrl(config, state),
    signupWindow: signupWindow(config),
    exchangeCode: (code, road) => exchangeCode(config, graph, now, code, road),
    findReach: (token) => findReach(config, graph, token),

    async startDeliveries(token, wabaId) {
      const path = [wabaId, "subscribed_apps"];
      await graph.call({ endpoint: "subscribe", method: "POST", path, auth: token, schema: successAnswer });
      const { data } = await graph.call({
        endpoint: "subscribed_apps",
        path,
        auth: token,
        schema: subscribedAppsAnswer,
      });
      // The list holds every app on the WABA: only our own id counts.
      if (!data.some((app) => app.whatsapp_business_api_data?.id === config.appId)) {
        throw new GraphError("retry_later", { endpoint: "subscribed_apps", note: "our app is not listed" });
      }
    },

    async readRegistration(token, phoneNumberId) {
      const query = { fields: "platform_type,is_on_biz_app" };
      const path = [phoneNumberId];
      const number = await graph.call({
        endpoint: "phone",
        path,
        query,
        auth: token,
        schema: registrationAnswer,
      });
      // Coexistence: the number lives on in the WhatsApp Business app, and registering it here would throw it out there.
      if (number.is_on_biz_app) return "on_phone";
      return number.platform_type === "NOT_APPLICABLE" ? "open" : "registered";
    },

    async registerNumber(token, phoneNumberId, pin) {
      const form = { messaging_product: "whatsapp", pin: pin.reveal() };
      const path = [phoneNumberId, "register"];
      await graph.call({
        endpoint: "register",
        method: "POST",
        path,
        form,
        auth: token,
        schema: successAnswer,
      });
    },

    checkAccess: (token, asset) => checkAccess(config, graph, token, asset),

    async stopDeliveries(token, wabaId) {
      const path = [wabaId, "subscribed_apps"];
      await graph.call({
        endpoint: "unsubscribe",
        method: "DELETE",
        path,
        auth: token,
        schema: successAnswer,
      });
    },
  };
}

function authorizeUrl(config: MetaAppConfig, state: string): string {
  const url = new URL(`${config.dialogUrl}/${config.graphVersion}/dialog/oauth`);
  url.searchParams.set("client_id", config.appId);
  url.searchParams.set("redirect_uri", config.redirectUri);
  url.searchParams.set("response_type", "code");
  url.searchParams.set("state", state);
  if (config.configId) {
    // Permissions, assets and token type come from the configuration; the override makes it answer with a code.
    url.searchParams.set("config_id", config.configId);
    url.searchParams.set("override_default_response_type", "true");
  } else {
    url.searchParams.set("scope", requiredScopes.join(","));
    // Without this Meta shows a bare permission dialog instead of the sign-up that picks or creates a number.
    url.searchParams.set("extras", JSON.stringify({ feature: "whatsapp_embedded_signup", setup: {} }));
  }
  return url.href;
}

/** Exact origins: "ends with facebook.com" would believe evilfacebook.com as well. */
const windowOrigins = ["https://www.facebook.com", "https://web.facebook.com"];

function signupWindow({
  popup,
  configId,
  appId,
  graphVersion,
  dialogUrl,
}: MetaAppConfig): SignupWindow | undefined {
  if (!popup || !configId) return undefined;
  const { origin } = new URL(dialogUrl);
  const origins = windowOrigins.includes(origin) ? windowOrigins : [origin];
  return { sdkUrl: popup.sdkUrl, appId, configId, graphVersion, origins };
}

/** By POST, so that the code and our secret stand in no URL. */
async function exchangeCode(
  config: MetaAppConfig,
  graph: GraphClient,
  now: () => Date,
  code: string,
  road: SignupRoad,
): Promise<Grant> {
  const redirectUri = road === "page" ? { redirect_uri: config.redirectUri } : popupRedirectUri(config);
  const answer = await graph.call({
    endpoint: "exchange",
    method: "POST",
    path: ["oauth", "access_token"],
    form: {
      client_id: config.appId,
      client_secret: config.appSecret.reveal(),
      ...redirectUri,
      code,
    },
    auth: "none",
    schema: tokenAnswer,
    urgent: true,
  });
  return {
    accessToken: new Secret(answer.access_token),
    expiresAt: answer.expires_in ? new Date(now().getTime() + answer.expires_in * 1000) : undefined,
  };
}

function popupRedirectUri({ popup }: MetaAppConfig): Record<string, string> {
  return popup?.redirectUri === "empty" ? { redirect_uri: "" } : {};
}

/** An override on the WABA takes its messages to another address, whatever the app's own callback is. */
async function checkAccess(
  config: MetaAppConfig,
  graph: GraphClient,
  token: Secret,
  { wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string },
): Promise<AccessReport> {
  const number = await graph.call({
    endpoint: "phone",
    path: [phoneNumberId],
    query: { fields: "display_phone_number,verified_name" },
    auth: token,
    schema: numberAnswer,
  });
  const { data } = await graph.call({
    endpoint: "subscribed_apps",
    path: [wabaId, "subscribed_apps"],
    auth: token,
    schema: subscribedAppsAnswer,
  });
  const ours = data.find((app) => app.whatsapp_business_api_data?.id === config.appId);
  return {
    displayName: number.verified_name || number.display_phone_number,
    deliveries: !ours ? "missing" : ours.override_callback_uri ? "elsewhere" : "ours",
  };
}
