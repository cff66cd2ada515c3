/** What the log of changes can be narrowed to. The browser may import this file: keep libraries out of it. */
import type { EventKind } from "../../../db/queries/connections/event-kinds.ts";

export type { EventKind };

/** Kinds by what they are about. What Meta told by itself, and any kind that came after this was written, is `news`. */
const kindsOf: Record<Exclude<ActivityGroup, "news">, EventKind[]> = {
  connections: [
    "connected",
    "reconnected",
    "connect_failed",
    "disconnected",
    "number_requested",
    "adopted",
    "number_choice_offered",
    "number_awaited",
    "reach_awaited",
    "attempt_ended",
    "number_registered",
    "registration_missing",
    "registration_failed",
    "registration_retried",
  ],
  delivery: [
    "deliveries_on",
    "deliveries_failed",
    "deliveries_missing",
    "deliveries_elsewhere",
    "deliveries_off",
    "deliveries_retried",
    "silence_noticed",
    "silence_ended",
    "teardown_still_in_use",
    "teardown_refused",
    "teardown_gave_up",
  ],
  access: ["access_lost", "access_recovered", "deauthorized", "token_expiring"],
  checks: ["check_requested", "test_skipped"],
};

export const activityGroups = ["connections", "delivery", "access", "checks", "news"] as const;
export type ActivityGroup = (typeof activityGroups)[number];

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

/** Either the kinds that belong to it or, of `news`, those that belong to none. */
export function kindsIn(group: ActivityGroup | null): { only: string[] } | { not: string[] } | null {
  if (group === null) return null;
  return group === "news" ? { not: Object.values(kindsOf).flat() } : { only: kindsOf[group] };
}
