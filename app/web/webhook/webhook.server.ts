/** Meta's webhook over HTTP: the handshake, and the way of a delivery from bytes to COMMIT. */
import type { ChannelId } from "../../integrations/catalog.ts";
import { isSignedByMeta } from "../../integrations/meta/signature.server.ts";
import type { Log } from "../../platform/log.server.ts";
import { readQuery } from "../http/input.server.ts";
import { webhookRequests, webhookSeconds } from "../http/metrics.server.ts";
import type { Services } from "../services.server.ts";

/** Echoes the challenge as plain text to whoever knows the verify token, once named; 403 to everybody else. */
export function answerHandshake({ verifyToken }: Services["webhooks"], request: Request): Response {
  const query = readQuery(request);
  const challenge = query.only("hub.challenge");
  const named = verifyToken.is(query.only("hub.verify_token") ?? "");
  if (query.only("hub.mode") !== "subscribe" || !named || !challenge || !/^[\w.-]{1,256}$/.test(challenge)) {
    return plain(403, "Forbidden");
  }
  return plain(200, challenge);
}

/** A POST as it came: `header` takes lower-case names. */
export interface DeliveryRequest {
  provider: ChannelId;
  requestId: string;
  header(name: string): string | null | undefined;
  /** The bytes that were signed, or "too_large" as soon as they pass `cap`; "busy" when there is no room for them now. */
  readBody(cap: number): Promise<Buffer | "too_large" | "busy">;
}

export interface DeliveryAnswer {
  status: number;
  text: string;
  headers: Record<string, string>;
}

/**
 * In this order: size, signature over the raw bytes, then store and enqueue in one transaction, and 200 only after its
 * COMMIT. Nothing is parsed here: validly signed rubbish is kept as well, since sending it again would not mend it.
 * 401 without a valid signature (and never a hint why), 413, 415; 503 with Retry-After when it could not be stored, so
 * that Meta tries again.
 */
export async function receiveDelivery(
  { appSecrets, intake }: Services["webhooks"],
  log: Log,
  { provider, requestId, header, readBody }: DeliveryRequest,
): Promise<DeliveryAnswer> {
  const started = performance.now();
  const end = (outcome: string, status: number, text: string, headers: Record<string, string> = {}) => {
    webhookRequests.inc({ outcome });
    return { status, text, headers: { ...textHeaders, ...headers } };
  };
  if ((header("content-encoding") ?? "identity") !== "identity")
    return end("encoded", 415, "Unsupported Media Type", { Connection: "close" });
  const body = await readBody(webhookBodyCap);
  if (body === "too_large") return end("too_large", 413, "Content Too Large");
  if (body === "busy") return end("busy", 503, "Try again", { "Retry-After": "5" });
  if (!isSignedByMeta(appSecrets, body, header("x-hub-signature-256") ?? null))
    return end("bad_signature", 401, "");
  try {
    await intake.accept({ provider, requestId, body });
  } catch (error) {
    log.error("delivery could not be stored", { provider, request_id: requestId, error });
    return end("not_stored", 503, "Try again", { "Retry-After": "5" });
  }
  webhookSeconds.observe((performance.now() - started) / 1000);
  return end("stored", 200, "OK");
}

/** Meta's largest is 3 MB; a little more, so that the limit is never what refuses a valid one. */
export const webhookBodyCap = 3 * 1024 * 1024 + 64 * 1024;

const textHeaders = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };

export function wrongMethod(): Response {
  return plain(405, "Method Not Allowed", { Allow: "GET, POST" });
}

function plain(status: number, body: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { status, headers: { ...textHeaders, ...headers } });
}
