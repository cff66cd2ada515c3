export type { AdoptionErrorCode, ConnectionErrorCode } from "../../../db/queries/connections/error-codes.ts";

/** Why an attempt to connect ended without a connection. Codes travel in URLs; the words for them are the page's. */
export const reasonCodes = [
  "cancelled",
  "state_invalid",
  "state_expired",
  "state_used",
  "code_rejected",
  "permission_missing",
  "no_number",
  "number_taken",
  "meta_unavailable",
  "choice_expired",
  "account_restricted",
] as const;

export type ReasonCode = (typeof reasonCodes)[number];

export function isReasonCode(value: string | null | undefined): value is ReasonCode {
  return reasonCodes.some((code) => code === value);
}
