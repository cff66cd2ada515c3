/**
 * What text from outside may be before a database is asked with it: PostgreSQL refuses NUL and lone surrogates in text,
 * the 30th of February, and ids past a bigint. Pure; the browser may import it.
 */

/** Control characters but for tab, line feed and carriage return. NUL is one of them. */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** The text without control characters, every lone surrogate as U+FFFD, cut as `cut` does. */
export function plainText(text: string, longest = text.length): string {
  return cut(text.replace(controls, ""), longest).toWellFormed();
}

/** Whether `plainText` would leave it as it is, whatever its length. */
export function isPlainText(text: string): boolean {
  return plainText(text) === text;
}

/**
 * At most `longest` UTF-16 units, and no half of what people see as one sign at the end: an emoji of a family, a flag, a
 * letter with its accents. A sign that is itself absurdly long is cut at a character. Costs no more for a long text.
 */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const start = signs?.segment(text.slice(0, longest + longestSign)).containing(longest)?.index ?? longest;
  const end = start > longest - longestSign && start > 0 ? start : longest;
  return text.slice(0, end).replace(/[\ud800-\udbff]$/, "");
}

const longestSign = 64;
// Not every browser that opens our pages has it.
const signs =
  typeof Intl.Segmenter === "function" ? new Intl.Segmenter("en", { granularity: "grapheme" }) : undefined;

/**
 * Nothing of it can be seen: spaces, signs that join, hide or turn other signs (U+200B, U+2060, U+FEFF, bidi marks), and
 * letters without a shape (U+3164, U+2800).
 */
export function isBlank(text: string): boolean {
  return /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800\ufff9-\ufffb]*$/u.test(text);
}

const mostRowId = "9223372036854775807";

/** A row's id, 1 to 2^63 - 1 in decimal digits, or undefined for what can be none. */
export function readRowId(text: unknown): string | undefined {
  if (typeof text !== "string" || !/^[1-9]\d{0,18}$/.test(text)) return undefined;
  return text.length < mostRowId.length || text <= mostRowId ? text : undefined;
}

/** A UUID in lower case, or undefined for what can be none. */
export function readUuid(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  return /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(text) ? text.toLowerCase() : undefined;
}

/** A moment as our cursors write it, `2026-02-28T12:00:00.000000Z`; undefined unless the calendar and PostgreSQL have it. */
export function readMoment(text: unknown): string | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) return undefined;
  const date = new Date(`${text.slice(0, 23)}Z`);
  // A Date turns the 30th of February into the 2nd of March. PostgreSQL has no year 0.
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 23) === text.slice(0, 23);
  return isReal && !text.startsWith("0000") ? text : undefined;
}
