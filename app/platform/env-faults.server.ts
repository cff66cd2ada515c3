/**
 * What copying leaves around a value, and secrets that keep nothing apart. A secret with a line break at its end starts
 * like any other, and then no signature fits.
 */

/** Variables whose values nobody else may know, by their names: a new one is judged without being listed. */
export function isSecret(variable: string): boolean {
  return /SECRET|TOKEN|KEY|PASSWORD/.test(variable);
}

/** Control characters, marks of direction, zero width, byte order mark, breaks of lines and paragraphs. */
const unseen = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`;
const atStart = new RegExp(`^[\\s\\p{Z}${unseen}]`, "u");
const atEnd = new RegExp(`[\\s\\p{Z}${unseen}]$`, "u");
const within = new RegExp(`[${unseen}]`, "u");
const quoted = /^(?:".*"|'.*'|`.*`|[“„”].*[“”]|[‘‚’].*[‘’]|«.*»)$/su;
const placeholder = /^<.*>$|(?:change|replace)[-_ .]?(?:me|this|it)\b|changeme|^your[-_ ]/is;
const fewestCharacters = 4;

/** What is wrong with the value of any variable, in words without it; undefined when nothing is. */
export function faultOf(variable: string, value: string): string | undefined {
  if (atEnd.test(value)) return "has a space or line break at its end";
  if (atStart.test(value)) return "has a space or line break at its beginning";
  if (quoted.test(value)) return "stands in quotes";
  if (within.test(value)) return "holds a line break, a tab or another character that cannot be seen";
  return isSecret(variable) ? faultOfSecret(variable, value) : undefined;
}

function faultOfSecret(variable: string, value: string): string | undefined {
  for (const one of secretsIn(variable, value)) {
    if (quoted.test(one)) return "holds a value that stands in quotes";
    if (placeholder.test(one)) return "is a placeholder: make one up";
    if (new Set(one).size < fewestCharacters) return "is too simple: make one up";
  }
  return undefined;
}

/** Each secret that is another's, or stands twice in its list, with what is wrong in words. */
export function equalSecrets(present: Record<string, string>): Map<string, string> {
  const problems = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const [variable, value] of Object.entries(present)) {
    if (!isSecret(variable)) continue;
    for (const secret of secretsIn(variable, value).map(plain)) {
      const owner = owners.get(secret);
      if (owner === variable) problems.set(variable, "holds the same value twice");
      else if (owner) problems.set(variable, `has the same value as ${owner}: make one up for each`);
      else owners.set(secret, variable);
    }
  }
  return problems;
}

/** A secret, or those of a list, whose name is a plural. */
function secretsIn(variable: string, value: string): string[] {
  if (!/S(?:_BASE64)?$/.test(variable)) return [value];
  return value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** base64 and base64url, with or without padding, are two spellings of one key. */
function plain(secret: string): string {
  return secret.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
}
