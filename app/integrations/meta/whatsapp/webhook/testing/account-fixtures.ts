/** What Meta tells of accounts, in Meta's shapes, for tests. Portfolios, accounts and numbers are made up. */
import { wabaId } from "./fixtures.ts";

type Item = Record<string, unknown>;

export const ourAppId = "987654321098765";
export const partnerId = "506914307656634";
export const ownerId = "2729063490586005";
export const displayNumber = "15550783881";
export const toldAt = 1_749_416_383;

/** A partner's event, in an entry that is named after the PARTNER's portfolio. */
export function partnerUpdate(event: string, more: Item = {}, waba = wabaId, time = toldAt): Item {
  const waba_info = { waba_id: waba, owner_business_id: ownerId, ...more };
  return entryOf(partnerId, { field: "account_update", value: { event, waba_info } }, time);
}

export function accountUpdate(event: string, more: Item = {}, waba = wabaId, time = toldAt): Item {
  return entryOf(waba, { field: "account_update", value: { event, ...more } }, time);
}

export function ban(state: string, time = toldAt, waba = wabaId): Item {
  const ban_info = { waba_ban_state: state, waba_ban_date: "April 17, 2025" };
  return accountUpdate("DISABLED_UPDATE", { ban_info }, waba, time);
}

export function ofNumber(field: string, value: Item, waba = wabaId, time = toldAt): Item {
  return entryOf(waba, { field, value: { display_phone_number: displayNumber, ...value } }, time);
}

export function uninstall(portfolio: unknown = ownerId): Item {
  const change = { field: "business_integration_uninstall", value: { business_manager_id: portfolio } };
  return { object: "application", entry: [{ id: ourAppId, time: toldAt, changes: [change] }] };
}

export function bodyWith(...entries: Item[]): Item {
  return { object: "whatsapp_business_account", entry: entries };
}

function entryOf(id: string, change: Item, time: number): Item {
  return { id, time, changes: [change] };
}

const restriction_info = [
  { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: 1_750_000_000, remediation: "…" },
  { restriction_type: "RESTRICTED_ADD_PHONE_NUMBER_ACTION" },
];
const disconnection_info = { reason: "PRIMARY_INACTIVITY", initiated_by: "SYSTEM" };

const ofAccount = { accountId: wabaId, phoneDigits: null, businessId: null };
const ofOneNumber = { accountId: wabaId, phoneDigits: displayNumber, businessId: null };

/** One of each: the entry, and what is read out of it. */
export const accountEntries: Record<string, { entry: Item; read: Item }> = {
  "the account is shared": {
    entry: partnerUpdate("PARTNER_ADDED"),
    read: { event: "PARTNER_ADDED", ...ofAccount, detail: {} },
  },
  "the share is over": {
    entry: partnerUpdate("PARTNER_REMOVED", { solution_id: "1", solution_partner_business_ids: [partnerId] }),
    read: { event: "PARTNER_REMOVED", ...ofAccount, detail: {} },
  },
  "the share is over, ended from the phone": {
    entry: entryOf(
      partnerId,
      {
        field: "account_update",
        value: { event: "PARTNER_REMOVED", waba_info: { waba_id: wabaId }, disconnection_info },
      },
      toldAt,
    ),
    read: {
      event: "PARTNER_REMOVED",
      ...ofAccount,
      detail: { disconnect_reason: "PRIMARY_INACTIVITY", initiated_by: "SYSTEM" },
    },
  },
  "the share is over, in the older form of a phone": {
    entry: accountUpdate("PARTNER_REMOVED", { phone_number: displayNumber }),
    read: { event: "PARTNER_REMOVED", ...ofOneNumber, detail: {} },
  },
  "an app is added": {
    entry: partnerUpdate("PARTNER_APP_INSTALLED", { partner_app_id: ourAppId }),
    read: { event: "PARTNER_APP_INSTALLED", ...ofAccount, detail: { partner_app_id: ourAppId } },
  },
  "an app is removed": {
    entry: partnerUpdate("PARTNER_APP_UNINSTALLED", { partner_app_id: ourAppId }),
    read: { event: "PARTNER_APP_UNINSTALLED", ...ofAccount, detail: { partner_app_id: ourAppId } },
  },
  "the account is deleted": {
    entry: accountUpdate("ACCOUNT_DELETED"),
    read: { event: "ACCOUNT_DELETED", ...ofAccount, detail: {} },
  },
  "a rule was broken": {
    entry: accountUpdate("ACCOUNT_VIOLATION", { violation_info: { violation_type: "SCAM" } }),
    read: { event: "ACCOUNT_VIOLATION", ...ofAccount, detail: { violation_type: "SCAM" } },
  },
  "something is restricted": {
    entry: accountUpdate("ACCOUNT_RESTRICTION", { restriction_info }),
    read: {
      event: "ACCOUNT_RESTRICTION",
      ...ofAccount,
      detail: {
        restriction_types: "RESTRICTED_BIZ_INITIATED_MESSAGING,RESTRICTED_ADD_PHONE_NUMBER_ACTION",
        restricted_until: "2025-06-15T15:06:40.000Z",
      },
    },
  },
  "the account is disabled": {
    entry: ban("DISABLE"),
    read: {
      event: "DISABLED_UPDATE",
      ...ofAccount,
      detail: { ban_state: "DISABLE", ban_date: "April 17, 2025" },
    },
  },
  "the phone's app is moving": {
    entry: accountUpdate("ACCOUNT_OFFBOARDED"),
    read: { event: "ACCOUNT_OFFBOARDED", ...ofAccount, detail: {} },
  },
  "the phone's app is back": {
    entry: accountUpdate("ACCOUNT_RECONNECTED"),
    read: { event: "ACCOUNT_RECONNECTED", ...ofAccount, detail: {} },
  },
  "a number's quality": {
    entry: ofNumber("phone_number_quality_update", {
      display_phone_number: "+1 555-078-3881",
      event: "THROUGHPUT_UPGRADE",
      current_limit: "TIER_UNLIMITED",
      max_daily_conversations_per_business: 1000,
    }),
    read: {
      event: "THROUGHPUT_UPGRADE",
      ...ofOneNumber,
      detail: { current_limit: "TIER_UNLIMITED", max_daily_conversations_per_business: 1000 },
    },
  },
  "a number's name": {
    entry: ofNumber("phone_number_name_update", {
      decision: "REJECTED",
      requested_verified_name: "Panadería Luz",
      rejection_reason: "NAME_EMPLOYEE_ISSUE",
    }),
    read: { event: "REJECTED", ...ofOneNumber, detail: { rejection_reason: "NAME_EMPLOYEE_ISSUE" } },
  },
  "a number's security": {
    entry: ofNumber("security", { event: "PIN_CHANGED", requester: "61555822107539" }),
    read: { event: "PIN_CHANGED", ...ofOneNumber, detail: {} },
  },
  "an account's limits": {
    entry: entryOf(
      wabaId,
      {
        field: "business_capability_update",
        value: { max_daily_conversations_per_business: "TIER_2K", max_phone_numbers_per_business: 25 },
      },
      toldAt,
    ),
    read: {
      event: null,
      ...ofAccount,
      detail: { max_daily_conversations_per_business: "TIER_2K", max_phone_numbers_per_business: 25 },
    },
  },
};
