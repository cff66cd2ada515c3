/** Looking into content of which nothing is certain. */

/** What stands under `name`, when there is an object and it has one of its own. */
export function at(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

export function textAt(value: unknown, name: string, longest = 200): string | null {
  const text = at(value, name);
  return typeof text === "string" && text.trim() !== "" ? text.slice(0, longest) : null;
}

export function numberAt(value: unknown, name: string): number | null {
  const number = at(value, name);
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

export function listAt(value: unknown, name: string): unknown[] {
  const list = at(value, name);
  return Array.isArray(list) ? list : [];
}

/** An address that a link may lead to: http and https, nothing else. */
export function webAddress(text: string | null): string | null {
  if (!text || !URL.canParse(text)) return null;
  const { protocol, href } = new URL(text);
  return protocol === "http:" || protocol === "https:" ? href : null;
}
