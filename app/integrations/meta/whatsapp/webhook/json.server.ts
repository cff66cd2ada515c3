/** From signed bytes to values that PostgreSQL's text and jsonb accept. The bytes themselves stay in the delivery. */

/** The parsed body, or undefined when the bytes are not UTF-8 or not JSON. Never throws. */
export function parseBody(body: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: parseKeepingDigits(new TextDecoder("utf-8", { fatal: true }).decode(body)) };
  } catch {
    // SyntaxError, TypeError for the encoding, or RangeError when the reviver meets 100,000 levels.
    return undefined;
  }
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own property: a body may ask for `constructor` or `__proto__` and must not get JavaScript's. */
export function own(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** PostgreSQL refuses U+0000 and lone surrogates; both are legal in JSON and occur in profile names. */
export function safeText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, "\uFFFD");
}

/** Deeper than anything Meta documents, and far from where PostgreSQL's or our own stack would end. */
const deepest = 64;

/** A copy that jsonb accepts, or undefined when `value` is nested deeper than 64 levels. */
export function safeForJsonb(value: JsonObject): JsonObject | undefined {
  const copy = safeCopy(value, 0);
  return copy === tooDeep ? undefined : (copy as JsonObject);
}

const tooDeep = Symbol("too deep");

function safeCopy(value: unknown, depth: number): unknown {
  if (typeof value === "string") return safeText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth >= deepest) return tooDeep;
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const copy = safeCopy(item, depth + 1);
    if (copy === tooDeep) return tooDeep;
    entries.push([safeText(key), copy]);
  }
  // fromEntries defines own properties, so that a key `__proto__` stays a key.
  return Array.isArray(value) ? entries.map(([, copy]) => copy) : Object.fromEntries(entries);
}

/**
 * Meta sends some 64-bit ids as JSON numbers (template ids), and a double keeps 53 bits. Such a number becomes the
 * text it was written as. The reviver visits every value, so it only runs on a body that has so long a number.
 */
function parseKeepingDigits(text: string): unknown {
  if (!/[[:,\s-]\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  return context.source && /^-?\d+$/.test(context.source) ? context.source : value;
}
