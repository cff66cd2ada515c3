/**
 * The kinds of `connection_events`: all there are. The table's own check holds the same list; what else a new one takes
 * stands in app/integrations/README.md.
 */
export const eventKinds = [
  "connected",
  "reconnected",
  "adopted",
  "connect_failed",
  "number_choice_offered",
  "number_awaited",
  "reach_awaited",
  "attempt_ended",
  "disconnected",
  "deliveries_on",
  "deliveries_failed",
  "deliveries_missing",
  "deliveries_elsewhere",
  "deliveries_off",
  "teardown_still_in_use",
  "teardown_refused",
  "teardown_gave_up",
  "deliveries_retried",
  "registration_retried",
  "history_asked",
  "history_complete",
  "history_declined",
  "history_refused",
  "access_lost",
  "access_recovered",
  "deauthorized",
  "silence_noticed",
  "silence_ended",
  "token_expiring",
  "number_requested",
  "partner_added",
  "partner_removed",
  "partner_app_installed",
  "partner_app_uninstalled",
  "account_violation",
  "account_restriction",
  "phone_number_quality_update",
  "phone_number_name_update",
  "security",
  "business_capability_update",
  "check_requested",
  "test_skipped",
  "outdated_news",
  "number_registered",
  "registration_missing",
  "registration_failed",
  "account_deleted",
  "account_disabled",
  "account_disable_scheduled",
  "account_reinstated",
  "account_ban_update",
  "account_offboarded",
  "account_reconnected",
  // What the platform told, of a kind that none of these is.
  "account_update",
] as const;

export type EventKind = (typeof eventKinds)[number];

export function isEventKind(value: string): value is EventKind {
  return eventKinds.some((kind) => kind === value);
}
