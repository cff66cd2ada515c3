import { createHmac } from "node:crypto";
import type { z } from "zod";
import type { signedRequestSchema } from "../control/inputs.ts";
import { callLoopback } from "../loopback-http.ts";
import type { Platform } from "../world/platform.ts";

/**
 * POSTs a `signed_request` form to a deauthorize or data-deletion callback. Meta: `base64url(signature).base64url(json)`
 * without padding; the signature is HMAC-SHA256, under the app secret, of the encoded second part.
 */
export async function postSignedRequest(
  platform: Platform,
  input: z.input<typeof signedRequestSchema>,
): Promise<{ status: number; body: string }> {
  const mode = input.mode ?? "valid";
  const payload = encode({
    algorithm: mode === "wrong_algorithm" ? "none" : "HMAC-SHA256",
    issued_at: input.issuedAt ?? Math.floor(platform.clock.now() / 1000),
    user_id: input.userId,
  });
  const secret = mode === "wrong_secret" ? `${platform.app.appSecret}-not` : platform.app.appSecret;
  const signature = createHmac("sha256", secret).update(payload).digest("base64url");
  const form = new URLSearchParams({ signed_request: `${mode === "unsigned" ? "" : signature}.${payload}` });
  return callLoopback({
    method: "POST",
    url: input.url,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: Buffer.from(form.toString()),
    timeoutMs: 10_000,
  });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
