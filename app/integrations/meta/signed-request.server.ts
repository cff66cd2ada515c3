/**
 * `signed_request`: how Meta tells an app that a person took its access back, or wants their data deleted. Two parts,
 * `base64url(signature).base64url(json)` without padding; the signature is the HMAC-SHA256, under the app's secret, of
 * the second part as it is encoded.
 */
import { z } from "zod";
import type { Secret } from "../../platform/secret.server.ts";
import type { MetaUserRequest } from "../connection/obligations.server.ts";
import { isHmacUnderOne } from "./signature.server.ts";

/** Meta's own are a few hundred characters; those it gives to pages are longer. */
const longest = 8 * 1024;

export type SignedRequestReading =
  | { kind: "signed"; request: MetaUserRequest }
  /** Not in the form of a signed request, or signed and not in a form that we know. */
  | { kind: "malformed" }
  | { kind: "not_signed" };

/** Opaque, but printable: what is not never came from Meta. Samples of Meta's also have it as a number. */
export const metaUserId = z.union([
  z.string().regex(/^[\x21-\x7e]{1,128}$/),
  z.number().int().positive().transform(String),
]);

const payloadForm = z.object({
  algorithm: z.string().regex(/^HMAC-SHA256$/i),
  issued_at: z.number().int().min(0).max(253_402_300_799),
  user_id: metaUserId,
});

/**
 * Reads a signed request and never throws, whatever the text. Order: size, form, signature under one of `secrets` (two
 * while the app's secret is being changed; constant time), and only then the payload, whose `algorithm` must be the one
 * that was checked. `expires` is not looked at: it is the end of the access that has ended already. Its age is not
 * judged either, so what acts on it must be harmless when repeated. It proves whom it speaks of, not that Meta posts it:
 * Meta hands signed requests to that person's browser, too.
 */
export function readSignedRequest(secrets: Secret[], text: string): SignedRequestReading {
  if (text.length > longest) return { kind: "malformed" };
  const [, signature, payload] = /^([\w-]{43})\.([\w-]+)$/.exec(text) ?? [];
  if (!signature || !payload) return { kind: "malformed" };
  const presented = Buffer.from(signature, "base64url");
  // The last of 43 characters has two bits to spare: one signature has one spelling.
  const isCanonical = presented.toString("base64url") === signature;
  if (!isCanonical || !isHmacUnderOne(secrets, Buffer.from(payload), presented))
    return { kind: "not_signed" };
  const read = payloadForm.safeParse(jsonOf(payload));
  if (!read.success) return { kind: "malformed" };
  const { user_id, issued_at } = read.data;
  return { kind: "signed", request: { metaUserId: user_id, issuedAt: new Date(issued_at * 1000) } };
}

function jsonOf(payload: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(payload, "base64url")));
  } catch {
    return undefined;
  }
}
