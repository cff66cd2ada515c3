import { bodyOf, phoneNumberId } from "./fixtures.ts";

type Value = Record<string, unknown>;

/** Values of the fields that the product shows nowhere, by field. */
const values: Record<string, Value> = {
  message_template_status_update: {
    event: "APPROVED",
    message_template_id: 1689556908129832,
    message_template_name: "order",
    message_template_language: "es",
    reason: "NONE",
  },
  message_template_quality_update: {
    previous_quality_score: "GREEN",
    new_quality_score: "YELLOW",
    message_template_id: 9007199254740993n,
    message_template_name: "order",
    message_template_language: "es",
  },
  message_template_components_update: { message_template_id: 12345, message_template_element: "body" },
  template_category_update: {
    message_template_id: 12345,
    previous_category: "UTILITY",
    new_category: "MARKETING",
  },
  template_correct_category_detection: { message_template_id: 12345, correct_category: "MARKETING" },
  flows: {
    event: "FLOW_STATUS_CHANGE",
    flow_id: "6627390910605886",
    old_status: "DRAFT",
    new_status: "PUBLISHED",
  },
  business_username_updates: { display_phone_number: "15550783881", username: "luz", status: "approved" },
  account_review_update: { decision: "APPROVED" },
  account_alerts: { entity_type: "BUSINESS", entity_id: "5", alert_info: { alert_severity: "INFO" } },
  partner_solutions: { event: "SOLUTION_CREATED", solution_id: "7", solution_status: "INITIATED" },
  payment_configuration_update: { configuration_name: "x" },
  account_settings_update: {},
  automatic_events: { automatic_events: [{ id: "wamid.A", event_name: "Purchase", timestamp: 1749416383 }] },
  group_participants_update: { groups: [{ type: "group_participants_add", group_id: "g" }] },
  group_status_update: { groups: [] },
  standby: {},
  consumer_profile: {},
  a_field_of_the_future: { anything: [1, "two", { three: null }] },
};

/** One body for each of them. */
export const otherFields: Record<string, Value> = Object.fromEntries(
  Object.entries(values).map(([field, value]) => [
    field,
    // As JSON has it: 64-bit ids are numbers.
    JSON.parse(
      JSON.stringify(bodyOf(value, phoneNumberId, field), (_, part) =>
        typeof part === "bigint" ? Number(part) : part,
      ),
    ),
  ]),
);

/** What Meta tells with a step besides the step. */
export const statusDetails: Value = {
  biz_opaque_callback_data: "order 7 \ud83d\ude80",
  conversation: { id: "c0ffee", expiration_timestamp: "1749502783", origin: { type: "utility" } },
  pricing: { billable: true, pricing_model: "PMP", type: "regular", category: "utility" },
  recipient_identity_key_hash: "DF2lS5v2W6x=",
};
