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

/** What only the taking over of older tables finds. */
const adoptionErrorCodes = ["incomplete", "number_taken", "status_unknown"] as const;

/** Why a connection that worked needs a person: `metadata.error.code`, and `token_expired`, which the clock alone tells. */
export const connectionErrorCodes = [
  "access_removed",
  "account_deleted",
  "account_disabled",
  "offboarded",
  "deauthorized",
  "token_rejected",
  "token_unreadable",
  "token_expired",
  "permission_lost",
  ...adoptionErrorCodes,
] as const;

export type ConnectionErrorCode = (typeof connectionErrorCodes)[number];
export type AdoptionErrorCode = (typeof adoptionErrorCodes)[number];
