/** The set of headers that every answer has, whoever gives it. */

export interface HeaderRules {
  /** Reached by https. */
  secure: boolean;
  /** A file that says itself how long it may be kept. */
  kept?: boolean;
}

/** What is wrong with the head of an answer as it came; nothing, where all is well. */
export function headerFaults(answer: string, { secure, kept = false }: HeaderRules): string[] {
  const headers = headersOf(answer);
  const rules: Record<string, RegExp> = {
    "cache-control": kept ? /^public, max-age=\d+/ : /^(?:private, )?no-store$/,
    "content-security-policy":
      /^default-src '(?:none|self)';(?!.*unsafe).*base-uri 'none';object-src 'none';frame-ancestors 'none'$/,
    "cross-origin-opener-policy": /^same-origin-allow-popups$/,
    "referrer-policy": /^(?:same-origin|no-referrer)$/,
    "x-content-type-options": /^nosniff$/,
    "x-frame-options": /^deny$/i,
    ...(secure ? { "strict-transport-security": /^max-age=63072000; includeSubDomains$/ } : {}),
  };
  const faults = Object.entries(rules).flatMap(([name, rule]) => {
    const values = headers.get(name) ?? [];
    return values.length === 1 && rule.test(values[0] ?? "") ? [] : [`${name}: ${values.join(" | ")}`];
  });
  return headers.has("x-powered-by") ? [...faults, "x-powered-by"] : faults;
}

export function headersOf(answer: string): Map<string, string[]> {
  const [head = ""] = answer.split("\r\n\r\n", 1);
  const headers = new Map<string, string[]>();
  for (const line of head.split("\r\n").slice(1)) {
    const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
    headers.set(name.toLowerCase(), [...(headers.get(name.toLowerCase()) ?? []), value]);
  }
  return headers;
}

/** `work` for each, ten at a time. */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items[Symbol.iterator]();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: 10 }, lane));
}
