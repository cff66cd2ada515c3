import { callLoopback } from "../loopback-http.ts";
import { newChallenge } from "../world/identifiers.ts";
import type { Handshake } from "../world/platform.ts";

const TIMEOUT_MS = 10_000;

/**
 * The GET challenge. Meta: the callback must answer 200 with exactly the challenge as its body; JSON, quotes or a line
 * break around it are a refusal. Never throws.
 */
export async function performHandshake(
  callbackUrl: string,
  verifyToken: string,
  at: number,
): Promise<Handshake> {
  const challenge = newChallenge();
  try {
    const url = new URL(callbackUrl);
    url.searchParams.set("hub.mode", "subscribe");
    url.searchParams.set("hub.challenge", challenge);
    url.searchParams.set("hub.verify_token", verifyToken);
    const answer = await callLoopback({ method: "GET", url: url.href, timeoutMs: TIMEOUT_MS });
    if (answer.status !== 200) return { at, ok: false, detail: `HTTP Status Code = ${answer.status}` };
    if (answer.body !== challenge) return { at, ok: false, detail: "the body was not the challenge" };
    return { at, ok: true, detail: "HTTP 200 with the challenge" };
  } catch (error) {
    return { at, ok: false, detail: error instanceof Error ? error.message : "no answer" };
  }
}
