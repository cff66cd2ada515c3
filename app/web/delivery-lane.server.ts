/**
 * The short way of Meta's deliveries: straight from the socket to `receiveDelivery`, the function that the webhook's
 * route calls as well. Matching a delivery against every route of the app, and building a Request and a Response for it,
 * took more of a core than everything else that the web does with it (see scripts/bench/RESULTS.md).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isChannelId } from "../integrations/catalog.ts";
import { requestIdFrom } from "../platform/request-id.server.ts";
import { discardAtMost } from "./raw-body.server.ts";
import type { Services } from "./services.server.ts";
import { type DeliveryAnswer, receiveDelivery } from "./webhook.server.ts";

/** Takes a POST to the address of a channel's webhook and answers true; leaves everything else alone. */
export type DeliveryLane = (request: IncomingMessage, response: ServerResponse) => boolean;

type Setting = Pick<Services, "webhooks" | "log" | "secureCookies">;

export function createDeliveryLane({ webhooks, log, secureCookies }: Setting): DeliveryLane {
  const fixed = fixedHeaders(secureCookies);
  return (request, response) => {
    if (request.method !== "POST") return false;
    const provider = /^\/webhooks\/meta\/([a-z]+)$/.exec(request.url ?? "")?.[1];
    if (!isChannelId(provider)) return false;
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    const requestId = requestIdFrom(header("x-request-id"));
    const readBody = (cap: number) => readNodeBody(request, cap);
    receiveDelivery(webhooks, log, { provider, requestId, header, readBody }).then(
      (answer) => send(response, answer, [...fixed, "X-Request-Id", requestId]),
      // The sender is gone in the middle of its body: there is nobody to answer.
      () => response.destroy(),
    );
    return true;
  };
}

function send(response: ServerResponse, { status, text, headers }: DeliveryAnswer, more: string[]): void {
  const length = String(Buffer.byteLength(text));
  response.writeHead(status, [...more, ...Object.entries(headers).flat(), "Content-Length", length]);
  response.end(text);
}

/** What `guard` gives to every other answer; a plain text allows nothing at all. */
function fixedHeaders(secure: boolean): string[] {
  const policy = "default-src 'none';base-uri 'none';object-src 'none';frame-ancestors 'none'";
  return [
    ...["Content-Security-Policy", policy],
    ...["Cross-Origin-Opener-Policy", "same-origin-allow-popups"],
    ...["Referrer-Policy", "same-origin"],
    ...["X-Content-Type-Options", "nosniff"],
    ...["X-Frame-Options", "DENY"],
    ...(secure ? ["Strict-Transport-Security", "max-age=63072000; includeSubDomains"] : []),
  ];
}

/** What one body may hold without asking: Meta's usual ones are a hundredth of it. */
const freeBytes = 64 * 1024;
/**
 * What all larger bodies may hold together while nobody knows yet who sent them: the signature is checked over the whole
 * of a body, so until then anybody can make us keep it.
 */
const sharedBytes = 16 * 1024 * 1024;
let sharedUsed = 0;

/** As `readRawBody`, for a request of Node's own: rejects when the sender goes away. "busy": others hold all the room. */
function readNodeBody(request: IncomingMessage, cap: number): Promise<Buffer | "too_large" | "busy"> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let share = 0;
    let refused = false;
    const giveBack = () => {
      sharedUsed -= share;
      share = 0;
    };
    const refuse = (why: "too_large" | "busy") => {
      refused = true;
      chunks.length = 0;
      giveBack();
      resolve(why);
    };
    if (Number(request.headers["content-length"] ?? 0) > cap) refuse("too_large");
    request.on("data", (chunk: Buffer) => {
      size += chunk.byteLength;
      if (refused) {
        if (size > discardAtMost) request.destroy();
        return;
      }
      chunks.push(chunk);
      const more = Math.max(0, size - freeBytes) - share;
      share += more;
      sharedUsed += more;
      if (size > cap) refuse("too_large");
      else if (sharedUsed > sharedBytes) refuse("busy");
    });
    request.once("end", () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.once("error", reject);
    request.once("close", () => {
      giveBack();
      reject(new Error("the sender went away"));
    });
  });
}
