import { createHmac } from "node:crypto";
import type { AppSettings } from "../world/platform.ts";

/**
 * valid: as Meta signs. previous_secret: signed with the secret before the last rotation. The others are what an
 * attacker or a broken proxy would produce, and Meta would not repeat them.
 */
export const SIGNATURE_MODES = [
  "valid",
  "previous_secret",
  "wrong_secret",
  "missing",
  "altered_body",
  "uppercase",
] as const;

export type SignatureMode = (typeof SIGNATURE_MODES)[number];

export interface SignedBody {
  bytes: Buffer;
  /** Value of X-Hub-Signature-256; null: the header is left out. */
  signature: string | null;
}

/**
 * Serialises as Meta does: pure ASCII, every other character as `\uXXXX` in lowercase hex, and slashes as `\/`. The
 * signature is over exactly these bytes, so parsing and re-serialising JSON breaks it.
 */
export function escapeLikeMeta(value: unknown): Buffer {
  const text = JSON.stringify(value)
    .replace(/\//g, "\\/")
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return Buffer.from(text, "latin1");
}

/** Meta: `X-Hub-Signature-256: sha256=` + lowercase hex HMAC-SHA256 of the raw body under the app secret. */
export function signBody(app: AppSettings, bytes: Buffer, mode: SignatureMode): SignedBody {
  const secret = secretFor(app, mode);
  const signed = `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;
  return {
    bytes: mode === "altered_body" ? Buffer.concat([bytes, Buffer.from(" ")]) : bytes,
    signature: mode === "missing" ? null : mode === "uppercase" ? uppercaseHex(signed) : signed,
  };
}

/** Only what Meta itself would have sent is sent again after a refusal. */
export function isRepeated(mode: SignatureMode): boolean {
  return mode === "valid" || mode === "previous_secret";
}

function secretFor(app: AppSettings, mode: SignatureMode): string {
  if (mode === "wrong_secret") return `${app.appSecret}-not`;
  return mode === "previous_secret" ? (app.previousSecret ?? app.appSecret) : app.appSecret;
}

function uppercaseHex(signature: string): string {
  return `sha256=${signature.slice("sha256=".length).toUpperCase()}`;
}
