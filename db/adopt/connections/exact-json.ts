/**
 * JSON that is read, changed and written again as it was: ids of Meta's are numbers of 16 digits and more, which a number
 * of JavaScript's rounds.
 */
interface SourceText {
  source?: string;
}
type ExactReviver = (this: unknown, name: string, value: unknown, context: SourceText) => unknown;
interface ExactJson {
  parse(text: string, reviver: ExactReviver): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

/** What the language has and TypeScript's description of it has not yet. */
const exact = JSON as unknown as ExactJson;

/** As `JSON.parse`; a number that would be written otherwise stays as it is written. Throws for what is no JSON. */
export function parseExactly(text: string): unknown {
  return exact.parse(text, (_name, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? exact.rawJSON(source)
      : value,
  );
}

/** Whether the value is such a number. It has to be passed on whole. */
export function isExactNumber(value: unknown): boolean {
  return exact.isRawJSON(value);
}
