/** What the log of changes can be narrowed to. The browser may import this file: keep libraries out of it. */
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";

export type { EventKind };

export const activityGroups = ["connections", "delivery", "access", "checks", "news"] as const;
export type ActivityGroup = (typeof activityGroups)[number];

/** What each kind is about; `news` is what Meta told by itself, and any kind that came after this was written. */
const groupOf: Record<EventKind, ActivityGroup> = {
  connected: "connections",
  reconnected: "connections",
  adopted: "connections",
  connect_failed: "connections",
  number_choice_offered: "connections",
  number_awaited: "connections",
  reach_awaited: "connections",
  attempt_ended: "connections",
  disconnected: "connections",
  registration_retried: "connections",
  number_requested: "connections",
  number_registered: "connections",
  registration_missing: "connections",
  registration_failed: "connections",
  deliveries_on: "delivery",
  deliveries_failed: "delivery",
  deliveries_missing: "delivery",
  deliveries_elsewhere: "delivery",
  deliveries_off: "delivery",
  teardown_still_in_use: "delivery",
  teardown_refused: "delivery",
  teardown_gave_up: "delivery",
  deliveries_retried: "delivery",
  silence_noticed: "delivery",
  silence_ended: "delivery",
  history_asked: "connections",
  history_complete: "connections",
  history_declined: "connections",
  history_refused: "connections",
  access_lost: "access",
  access_recovered: "access",
  deauthorized: "access",
  token_expiring: "access",
  check_requested: "checks",
  test_skipped: "checks",
  partner_added: "news",
  partner_removed: "news",
  partner_app_installed: "news",
  partner_app_uninstalled: "news",
  account_violation: "news",
  account_restriction: "news",
  phone_number_quality_update: "news",
  phone_number_name_update: "news",
  security: "news",
  business_capability_update: "news",
  outdated_news: "news",
  account_deleted: "news",
  account_disabled: "news",
  account_disable_scheduled: "news",
  account_reinstated: "news",
  account_ban_update: "news",
  account_offboarded: "news",
  account_reconnected: "news",
  account_update: "news",
};

/** `automatic`: done by us or by Meta. */
export const activityActors = ["me", "others", "automatic"] as const;
export type ActivityActor = (typeof activityActors)[number];

/** Days back. */
export const activityPeriods = [7, 30, 90] as const;
export type ActivityPeriod = (typeof activityPeriods)[number];

/** Null where nothing is left out. */
export interface ActivityFilter {
  group: ActivityGroup | null;
  connectionId: string | null;
  actor: ActivityActor | null;
  days: ActivityPeriod;
}

export const wholeActivity: ActivityFilter = { group: null, connectionId: null, actor: null, days: 90 };

/** Either the kinds that belong to it or, of `news`, those that belong to another. */
export function kindsIn(group: ActivityGroup | null): { only: string[] } | { not: string[] } | null {
  if (group === null) return null;
  const kinds = Object.entries(groupOf);
  if (group === "news") return { not: kinds.flatMap(([kind, its]) => (its === "news" ? [] : [kind])) };
  return { only: kinds.flatMap(([kind, its]) => (its === group ? [kind] : [])) };
}
