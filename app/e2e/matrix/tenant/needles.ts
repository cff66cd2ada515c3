/** What must not be found where it does not belong, in every spelling that an answer could give it. */

/** Marks that everything of one owner carries. Letters are small, so that no spelling but an encoding changes them. */
export interface Marks {
  /** In every text. */
  text: string;
  /** In what is named to whoever works for the platform: a workspace's name. */
  name: string;
  /** In what is shown to nobody, its owner included: sealed tokens, nonces, PINs. */
  secret: string;
  /** Phone numbers and Meta's ids begin with it. */
  digits: string;
  /** Row ids begin with it: of uuids the first eight characters. */
  uuid: string;
  bigint: string;
}

/** Whether one of the needles is in what was answered; the first that is. */
export type Finder = (answered: string) => string | undefined;

/** Looks for each as it stands, in base64 at any place within what was encoded, and in hex. */
export function finderOf(needles: string[]): Finder {
  const spelled = needles.flatMap(spellings).map((one) => one.toLowerCase());
  const digits = needles.filter((needle) => /^\d+$/.test(needle));
  return (answered) => {
    const plain = answered.toLowerCase();
    const escapes = decoded(plain);
    const found = spelled.find((one) => plain.includes(one) || escapes.includes(one));
    if (found) return found;
    // Numbers stand in groups on pages.
    const ungrouped = escapes.replace(/[\s\u00a0\u202f()-]+|&nbsp;/g, "");
    return digits.find((one) => ungrouped.includes(one));
  };
}

/** The needle, and what of it is the same wherever it stands within something in base64 or hex. */
function spellings(needle: string): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.from("\0".repeat(before) + needle).toString("base64url");
    const whole = Math.floor(((before + needle.length) * 8) / 6);
    return encoded.slice(Math.ceil((before * 8) / 6), whole);
  });
  return [needle, ...base64, Buffer.from(needle).toString("hex")];
}

/** Escapes of URLs, HTML and JSON taken back; base64 in its URL's alphabet. */
function decoded(text: string): string {
  return text
    .replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#x([0-9a-f]{1,4});/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#(\d{1,5});/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&amp;/g, "&")
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
