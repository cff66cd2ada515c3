/**
 * Why a connection needs a person: the causes that the product itself gives (`metadata.error.code`), and `token_expired`,
 * which the clock alone tells. Whoever reads a row may meet another one, which an older or a later product wrote. A new
 * one takes words in app/texts and app/mail/words, which do not compile without.
 */

/** What only the taking over of older tables finds. */
const adoptionErrorCodes = ["incomplete", "number_taken", "status_unknown"] as const;

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
