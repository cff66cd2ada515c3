/** Proof that something is Meta's: HMAC-SHA256 with our app's secret over the bytes exactly as they came. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../platform/secret.server.ts";

/**
 * True when `header` (X-Hub-Signature-256) is `sha256=` and the lower-case hex HMAC of `body` under one of `secrets`:
 * two are live while the app's secret is being changed. Compares in constant time and looks at every secret, so neither
 * the time taken nor anything else tells how close a guess was. Never parse a body before this said true.
 */
export function isSignedByMeta(secrets: Secret[], body: Uint8Array, header: string | null): boolean {
  const given = /^sha256=([0-9a-f]{64})$/.exec(header ?? "")?.[1];
  return given !== undefined && isHmacUnderOne(secrets, body, Buffer.from(given, "hex"));
}

/** Whether `presented` is the HMAC-SHA256 of `message` under one of `secrets`; constant time, every secret looked at. */
export function isHmacUnderOne(secrets: Secret[], message: Uint8Array, presented: Uint8Array): boolean {
  let matches = false;
  for (const secret of secrets) {
    const expected = createHmac("sha256", secret.reveal()).update(message).digest();
    if (presented.byteLength === expected.byteLength && timingSafeEqual(expected, presented)) matches = true;
  }
  return matches;
}
