import { PARTNER_BUSINESS_ID, type Waba } from "../world/world.ts";
import type { Change } from "./envelope.ts";

export const ACCOUNT_EVENTS = [
  "PARTNER_ADDED",
  "PARTNER_REMOVED",
  "PARTNER_APP_INSTALLED",
  "PARTNER_APP_UNINSTALLED",
  "ACCOUNT_DELETED",
  "ACCOUNT_OFFBOARDED",
  "ACCOUNT_RECONNECTED",
  "ACCOUNT_VIOLATION",
  "ACCOUNT_RESTRICTION",
  "DISABLED_UPDATE",
] as const;

export type AccountEvent = (typeof ACCOUNT_EVENTS)[number];

/**
 * An `account_update` change. Meta: PARTNER_* events have the partner's business portfolio as `entry.id` and name the
 * WABA in `waba_info`; the others have the WABA itself as `entry.id`.
 */
export function accountUpdate(waba: Waba, event: AccountEvent, appId: string, atSeconds: number): Change {
  const isPartnerEvent = event.startsWith("PARTNER_");
  return {
    entryId: isPartnerEvent ? PARTNER_BUSINESS_ID : waba.id,
    entryTime: atSeconds,
    field: "account_update",
    value: { event, ...details(waba, event, appId, atSeconds) },
    phoneNumberId: null,
    // Events about the partnership reach the partner whether or not its app is subscribed to the WABA.
    wabaId: isPartnerEvent ? null : waba.id,
  };
}

function details(waba: Waba, event: AccountEvent, appId: string, at: number): Record<string, unknown> {
  const wabaInfo = { waba_id: waba.id, owner_business_id: waba.businessId };
  switch (event) {
    case "PARTNER_ADDED":
    case "PARTNER_REMOVED":
      return { waba_info: wabaInfo };
    case "PARTNER_APP_INSTALLED":
    case "PARTNER_APP_UNINSTALLED":
      return { waba_info: { ...wabaInfo, partner_app_id: appId } };
    case "ACCOUNT_VIOLATION":
      return { violation_info: { violation_type: "SCAM" } };
    case "ACCOUNT_RESTRICTION":
      return {
        restriction_info: [
          { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: at + 7 * 86_400 },
        ],
      };
    case "DISABLED_UPDATE":
      return { ban_info: { waba_ban_state: "DISABLE", waba_ban_date: "April 17, 2026" } };
    default:
      return {};
  }
}
