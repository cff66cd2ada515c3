/** Connecting WhatsApp: Meta's deliveries on and off, a number registered, and the rest from the files beside this one. */
import { z } from "zod";
import type { ChannelConnector } from "../../../channel.server.ts";
import type { MetaAppConfig } from "../../app-config.server.ts";
import { createGraphClient, type GraphClient } from "../../graph.server.ts";
import { GraphError } from "../../graph-error.server.ts";
import { checkAccess, subscribedAppsAnswer } from "./access-check.server.ts";
import { createPhoneHistory } from "./phone-history.server.ts";
import { findReach, reachStepOf } from "./reach.server.ts";
import { createRegistration } from "./registration.server.ts";
import { authorizeUrl, exchangeCode, signupWindow } from "./sign-up.server.ts";

const successAnswer = z.object({ success: z.literal(true) });

/** The connector of WhatsApp: what `ChannelConnector` promises, by Graph. */
export function createWhatsappConnector(
  config: MetaAppConfig,
  graph: GraphClient = createGraphClient(config),
  now: () => Date = () => new Date(),
): ChannelConnector {
  return {
    channel: "meta_whatsapp",
    appId: config.appId,
    authorizeUrl: (attempt) => authorizeUrl(config, attempt),
    signupWindow: signupWindow(config),
    exchangeCode: (code, returned) => exchangeCode(config, graph, now, code, returned),
    findReach: (token) => findReach(config, graph, token),
    reachStepOf,

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

    registration: createRegistration(graph),

    phoneHistory: createPhoneHistory(graph),

    checkAccess: (token, { accountId, phoneNumberId }) =>
      checkAccess(config, graph, token, { wabaId: accountId, phoneNumberId }),

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
