/**
 * The token vault: AES-256-GCM, one self-describing text per secret.
 *
 *   v1.<key id>.<iv>.<ciphertext>.<tag>      (base64url parts)
 *
 * The row a secret belongs to is bound as additional data, so that a ciphertext copied into another row, column, table
 * or tenant does not open. The key id is a fingerprint of the key: it names the key and says nothing about it.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { Secret } from "../platform/secret.server.ts";

/** Where a secret is stored. All parts are bound to it. */
export interface SecretPlace {
  table: string;
  column: string;
  tenantId: string;
  rowId: string;
  /** Of the text that the row was given last, where it keeps one: an earlier text of the same row then opens nothing. */
  mark?: string | undefined;
}

export interface TokenVault {
  /** Seals under the primary key with a fresh random IV: the same input never gives the same text twice. */
  encryptToken(plain: Secret, place: SecretPlace): string;
  /** The secret, or `TokenVaultError`; never a partial or unauthenticated plaintext. */
  decryptToken(sealed: string, place: SecretPlace): Secret;
}

export type TokenVaultProblem = "malformed" | "unknown_key" | "not_authentic" | "superseded";

export class TokenVaultError extends Error {
  override name = "TokenVaultError";
  readonly code: TokenVaultProblem;

  constructor(code: TokenVaultProblem) {
    super(`Sealed token cannot be opened: ${code}`);
    this.code = code;
  }
}

const ivBytes = 12;
const tagBytes = 16;
const sealedForm = /^v1\.([\w-]{8})\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/;

/** `primary` seals and opens, `previous` only open. Throws when a key does not decode to exactly 32 bytes. */
export function createTokenVault(keys: { primary: string; previous?: string[] }): TokenVault {
  const primary = decodeKey(keys.primary);
  const primaryId = keyId(primary);
  const ring = new Map([...(keys.previous ?? []).map(decodeKey), primary].map((key) => [keyId(key), key]));
  return {
    encryptToken(plain, place) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", primary, iv, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(place));
      const sealed = Buffer.concat([cipher.update(plain.reveal(), "utf8"), cipher.final()]);
      const parts = [iv, sealed, cipher.getAuthTag()].map((part) => part.toString("base64url"));
      return ["v1", primaryId, ...parts].join(".");
    },
    decryptToken(sealed, place) {
      const parts = sealedForm.exec(sealed);
      const [, id, iv, ciphertext, tag] = parts ?? [];
      if (!id || !iv || ciphertext === undefined || !tag) throw new TokenVaultError("malformed");
      const key = ring.get(id);
      if (!key) throw new TokenVaultError("unknown_key");
      const secret = open(key, bytes(iv), bytes(ciphertext), bytes(tag), additionalData(place));
      if (place.mark !== undefined && place.mark !== markOf(sealed)) throw new TokenVaultError("superseded");
      return secret;
    },
  };
}

/** The same vault, which tells `onFailure` of whatever does not open before it throws. */
export function watchVault(
  vault: TokenVault,
  onFailure: (problem: TokenVaultProblem, place: SecretPlace) => void,
): TokenVault {
  return {
    encryptToken: vault.encryptToken,
    decryptToken(sealed, place) {
      try {
        return vault.decryptToken(sealed, place);
      } catch (error) {
        if (error instanceof TokenVaultError) onFailure(error.code, place);
        throw error;
      }
    },
  };
}

/** A fingerprint of a sealed text, for the row to remember which one is its latest. Says nothing about the secret. */
export function markOf(sealed: string): string {
  return createHash("sha256").update("curbe seal").update(sealed).digest("base64url").slice(0, 22);
}

/** The name that a key has inside what it sealed: a fingerprint. Throws when it does not decode to exactly 32 bytes. */
export function keyIdOf(base64: string): string {
  return keyId(decodeKey(base64));
}

/** The id of the key that a text says it was sealed under, read without opening it; its first 12 characters suffice. */
export function sealedKeyId(sealed: string): string | undefined {
  return /^v1\.([\w-]{8})\./.exec(sealed)?.[1];
}

function open(key: Buffer, iv: Buffer, ciphertext: Buffer, tag: Buffer, aad: Buffer): Secret {
  // Without authTagLength Node takes a 4-byte tag, which can be guessed.
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: tagBytes });
  try {
    decipher.setAAD(aad);
    decipher.setAuthTag(tag);
    return new Secret(Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("utf8"));
  } catch {
    throw new TokenVaultError("not_authentic");
  }
}

/** Base64url with stray bits in its last character would be a second spelling of the same bytes. */
function bytes(part: string): Buffer {
  const decoded = Buffer.from(part, "base64url");
  if (decoded.toString("base64url") !== part) throw new TokenVaultError("malformed");
  return decoded;
}

/** Length-prefixed, so that no two places can be spelled alike. */
function additionalData(place: SecretPlace): Buffer {
  const parts = ["v1", place.table, place.column, place.tenantId, place.rowId];
  return Buffer.from(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join("|"), "utf8");
}

function decodeKey(base64: string): Buffer {
  const key = Buffer.from(base64, "base64");
  if (key.length !== 32) throw new Error("An encryption key does not decode to 32 bytes.");
  return key;
}

function keyId(key: Buffer): string {
  return createHash("sha256").update("curbe key id").update(key).digest("base64url").slice(0, 8);
}
