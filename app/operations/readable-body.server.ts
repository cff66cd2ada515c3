/** Bytes that anybody may have sent, as text that can be looked at without being misled by it. */

/**
 * Laid out when the bytes are JSON. Characters that cannot be seen, or that turn the direction of what follows, stand as
 * escapes; bytes that are no UTF-8 as U+FFFD.
 */
export function readable(bytes: Uint8Array): string {
  return laidOut(new TextDecoder("utf-8").decode(bytes)).replace(hidden, escaped);
}

/** Control characters but for line feed and tab, soft hyphen, marks of direction, zero-width and lone surrogates. */
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Numbers past 2^53 would change in it: then the text stays as it came. */
function laidOut(text: string): string {
  if (/\d{16}/.test(text.replace(/"(?:[^"\\]|\\.)*"/g, ""))) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
