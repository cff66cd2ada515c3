import type { AccessToken } from "../world/grants.ts";
import { digitsOf } from "../world/identifiers.ts";
import type { Platform } from "../world/platform.ts";
import type { Business, PhoneNumber, Waba } from "../world/world.ts";
import { type GraphNode, selectFields } from "./fields.ts";
import type { GraphRequest } from "./request.ts";
import { reachableNumbers } from "./tokens/auth.ts";

const WABA_DEFAULTS = ["name", "timezone_id", "message_template_namespace"];
const NUMBER_DEFAULTS = [
  "verified_name",
  "code_verification_status",
  "display_phone_number",
  "quality_rating",
  "platform_type",
  "throughput",
  "last_onboarded_time",
  "webhook_configuration",
];

/** `GET /{waba}`: the fields asked for, or name, timezone and template namespace. */
export function renderWaba(platform: Platform, token: AccessToken, request: GraphRequest, waba: Waba) {
  const business = platform.state.world.businesses[waba.businessId];
  const node: GraphNode = {
    id: waba.id,
    name: waba.name,
    currency: waba.currency,
    timezone_id: waba.timezoneId,
    country: waba.country,
    status: "ACTIVE",
    owner_business_info: business ? { id: business.id, name: business.name } : undefined,
    on_behalf_of_business_info: undefined,
    account_review_status: "APPROVED",
    business_verification_status: "verified",
    message_template_namespace: `${waba.id.slice(0, 8)}_sandbox`,
    primary_funding_id: undefined,
    health_status: { can_send_message: "AVAILABLE", entities: [] },
    phone_numbers: {
      data: reachableNumbers(platform, token, waba.id).map((number) => numberNode(platform, number)),
    },
  };
  return selectFields(request, node, "WhatsAppBusinessAccount", WABA_DEFAULTS);
}

/** `GET /{phone}` and the items of `/{waba}/phone_numbers`. The display number is pretty-printed here. */
export function renderNumber(platform: Platform, request: GraphRequest, number: PhoneNumber) {
  return selectFields(request, numberNode(platform, number), "WhatsAppBusinessPhoneNumber", NUMBER_DEFAULTS);
}

export function renderBusiness(request: GraphRequest, business: Business) {
  const node: GraphNode = { id: business.id, name: business.name, verification_status: "verified" };
  return selectFields(request, node, "Business", ["name"]);
}

/** `GET /me` of a business token: a system user; `client_business_id` is the customer's portfolio. */
export function renderMe(platform: Platform, token: AccessToken, request: GraphRequest) {
  const node: GraphNode = {
    id: token.userId,
    name: `${platform.app.name} system user`,
    client_business_id: token.grant.businessId,
  };
  return selectFields(request, node, "SystemUser", ["name"]);
}

function numberNode(platform: Platform, number: PhoneNumber): GraphNode {
  const registered = number.platformType === "CLOUD_API";
  return {
    id: number.id,
    verified_name: number.verifiedName,
    display_phone_number: number.displayPhoneNumber,
    code_verification_status: number.codeVerificationStatus,
    quality_rating: number.qualityRating,
    platform_type: number.platformType,
    throughput: { level: registered ? "STANDARD" : "NOT_APPLICABLE" },
    last_onboarded_time: number.lastOnboardedAt === 0 ? undefined : isoTime(number.lastOnboardedAt),
    webhook_configuration: webhookConfiguration(platform, number),
    status: number.status,
    name_status: number.nameStatus,
    new_name_status: "NONE",
    account_mode: "LIVE",
    is_on_biz_app: number.isOnBizApp,
    is_pin_enabled: number.pin !== null,
    is_official_business_account: false,
    is_preverified_number: false,
    country_dial_code: digitsOf(number.displayPhoneNumber).slice(0, 2),
    health_status: { can_send_message: registered ? "AVAILABLE" : "BLOCKED", entities: [] },
    host_platform: registered ? "CLOUD_API" : undefined,
    messaging_limit_tier: "TIER_250",
    whatsapp_business_manager_messaging_limit: "TIER_250",
    certificate: undefined,
    username: undefined,
  };
}

function webhookConfiguration(platform: Platform, number: PhoneNumber): Record<string, string> | undefined {
  const waba = platform.state.world.wabas[number.wabaId];
  const override = waba?.subscribedApps.find((app) => app.id === platform.app.appId)?.override;
  const configuration = {
    ...(number.override ? { phone_number: number.override.uri } : {}),
    ...(override ? { whatsapp_business_account: override.uri } : {}),
    ...(platform.app.webhook ? { application: platform.app.webhook.callbackUrl } : {}),
  };
  return Object.keys(configuration).length > 0 ? configuration : undefined;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "+0000");
}
