/** How a number stands at Meta: whether our access reaches it, where its deliveries go, whether it is registered. */
import { z } from "zod";
import type { Secret } from "../../../../platform/secret.server.ts";
import type { AccessReport } from "../../../channel.server.ts";
import type { MetaAppConfig } from "../../app-config.server.ts";
import type { GraphClient } from "../../graph.server.ts";
import { GraphError } from "../../graph-error.server.ts";
import { registrationFields, registrationOf } from "./registration.server.ts";

const numberAnswer = registrationFields.extend({
  display_phone_number: z.string(),
  verified_name: z.string().optional(),
  // Worth knowing, and no reason to call a number's access into question.
  quality_rating: z.string().optional().catch(undefined),
  whatsapp_business_manager_messaging_limit: z.string().optional().catch(undefined),
  webhook_configuration: z
    .object({ phone_number: z.string(), whatsapp_business_account: z.string() })
    .partial()
    .optional(),
});
export const subscribedAppsAnswer = z.object({
  data: z.array(
    z.object({
      whatsapp_business_api_data: z.object({ id: z.coerce.string() }).optional(),
      override_callback_uri: z.string().optional(),
    }),
  ),
});

const standingFields = "display_phone_number,verified_name,platform_type,is_on_biz_app,webhook_configuration";
const fieldsWorthKnowing = "quality_rating,whatsapp_business_manager_messaging_limit";

/** A version of Graph without one of the fields worth knowing refuses the whole question (100): it is then asked without. */
async function readNumber(graph: GraphClient, token: Secret, phoneNumberId: string) {
  const ask = (fields: string) =>
    graph.call({
      endpoint: "phone",
      path: [phoneNumberId],
      query: { fields },
      auth: token,
      schema: numberAnswer,
    });
  try {
    return await ask(`${standingFields},${fieldsWorthKnowing}`);
  } catch (error) {
    const mayBeTheFields =
      error instanceof GraphError && error.facts.code === 100 && error.facts.subcode !== 33;
    if (!mayBeTheFields) throw error;
    return ask(standingFields);
  }
}

/** An override takes messages to another address, whatever the app's own callback is. We never set one. */
export async function checkAccess(
  config: MetaAppConfig,
  graph: GraphClient,
  token: Secret,
  { wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string },
): Promise<AccessReport> {
  const number = await readNumber(graph, token, phoneNumberId);
  const { data } = await graph.call({
    endpoint: "subscribed_apps",
    path: [wabaId, "subscribed_apps"],
    auth: token,
    schema: subscribedAppsAnswer,
  });
  const ours = data.find((app) => app.whatsapp_business_api_data?.id === config.appId);
  const { phone_number, whatsapp_business_account } = number.webhook_configuration ?? {};
  const override = ours?.override_callback_uri || phone_number || whatsapp_business_account;
  return {
    displayName: number.verified_name || number.display_phone_number,
    deliveries: !ours ? "missing" : override ? "elsewhere" : "ours",
    registration: registrationOf(number),
    qualityRating: number.quality_rating,
    messagingLimit: number.whatsapp_business_manager_messaging_limit,
  };
}
