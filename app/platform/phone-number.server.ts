/** Phone numbers as people read them. On the server only: the tables behind are too large for a page. */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** `+525512345678` becomes `+52 55 1234 5678`; what is no number of any country stays as it is. */
export function inGroups(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}
