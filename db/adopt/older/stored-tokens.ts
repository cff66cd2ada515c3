/** What an older row holds as its token: plain text, ciphertext of some scheme, or our own seal. Pure. */

export type StoredToken = "plain" | "sealed" | "foreign";

/** Our own vault's text. */
const ours = /^v1\.[\w-]{8}\.[\w-]{16}\.[\w-]*\.[\w-]{22}$/;
/** Meta's access tokens: letters and digits after this beginning. */
const metaToken = /^EAA[A-Za-z0-9]{10,}$/;
/** A key's or a scheme's name before it (`enc:`, `vault:v1:`, `aes-256-gcm:`), PGP armour, JSON, OpenSSL, Fernet, bytea. */
const ciphertextBeginnings =
  /^(enc(rypted)?[:.$]|vault:|kms:|aes[-_0-9a-z]*[:.$]|v\d+[:.$]|\$|-----BEGIN|\{|eyJ|U2FsdGVkX1|gAAAAA|\\x|AQICAH)/i;
/** Parts in base64 or hex, as a nonce, a text and a tag stand beside each other: at least one is long. */
const ciphertextParts = /^[\w+/=-]{12,}([.:|$][\w+/=-]{8,}){1,3}$/;

/**
 * `isPlainByName`: the column is one for plain tokens, so whatever does not look like ciphertext is one. Elsewhere only
 * what looks like a token of Meta's is.
 */
export function readStoredToken(value: string, isPlainByName: boolean): StoredToken {
  if (ours.test(value)) return "sealed";
  if (metaToken.test(value)) return "plain";
  if (!isPlainByName) return "foreign";
  return ciphertextBeginnings.test(value) || ciphertextParts.test(value) ? "foreign" : "plain";
}
