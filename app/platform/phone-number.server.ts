/** Phone numbers as people read them. On the server only: the tables behind are too large for a page. */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/** `+525512345678` becomes `+52 55 1234 5678`; what is no number of any country stays as it is. */
export function inGroups(e164: string): string {
  const mexican = mobileInMexico.exec(e164);
  // The library takes it for a number that is none.
  if (mexican) return `+52 1 ${inGroups(`+52${mexican[1]}`).slice("+52 ".length)}`;
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}

/** As WhatsApp spells them: with the 1 that Mexico gave up in 2019. */
const mobileInMexico = /^\+521(\d{10})$/;

/** `+` and digits of a valid number that names its country, however it is written; null for what is none. */
export function toE164(written: string): string | null {
  const text = written.trim();
  const number = parsePhoneNumberFromString(/^[+]/.test(text) ? text : `+${text}`);
  return number?.isValid() ? number.number : null;
}
