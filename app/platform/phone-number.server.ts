/** Phone numbers as people read them. On the server only: the tables behind are too large for a page. */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** `+525512345678` becomes `+52 55 1234 5678`; what is no number of any country stays as it is. */
export function inGroups(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}

/** `+` and digits of a valid number that names its country, however it is written; null for what is none. */
export function toE164(written: string): string | null {
  const text = written.trim();
  const number = parsePhoneNumberFromString(/^[+]/.test(text) ? text : `+${text}`);
  return number?.isValid() ? number.number : null;
}
