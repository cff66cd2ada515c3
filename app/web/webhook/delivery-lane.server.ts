/**
 * The way of Meta's deliveries, and the only one: straight from the socket to `receiveDelivery`. Matching a delivery against
 * every route of the app, and building a Request and a Response for it, took more of a core than everything else that
 * the web does with it (see scripts/bench/RESULTS.md).
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { channelAt } from "../../integrations/catalog.ts";
import { requestIdFrom } from "../../platform/request-id.server.ts";
import { readBody } from "../http/body/body.server.ts";
import type { Services } from "../services.server.ts";
import { type DeliveryAnswer, receiveDelivery } from "./webhook.server.ts";

/** Takes a POST to the address of a channel's webhook and answers true; leaves everything else alone. */
export type DeliveryLane = (request: IncomingMessage, response: ServerResponse) => boolean;

type Setting = Pick<Services, "webhooks" | "log">;

export function createDeliveryLane({ webhooks, log }: Setting): DeliveryLane {
  return (request, response) => {
    if (request.method !== "POST") return false;
    const provider = channelAt(/^\/webhooks\/meta\/([a-z]+)(?:\?|$)/.exec(request.url ?? "")?.[1]);
    if (!provider) return false;
    const header = (name: string) => {
      const value = request.headers[name];
      return typeof value === "string" ? value : undefined;
    };
    const requestId = requestIdFrom(header("x-request-id"));
    const delivery = { provider, requestId, header, readBody: (cap: number) => readBody(request, cap) };
    receiveDelivery(webhooks, log, delivery)
      .then((answer) => send(response, answer, requestId))
      // The sender is gone in the middle of its body: there is nobody to answer.
      .catch(() => response.destroy());
    return true;
  };
}

function send(response: ServerResponse, { status, text, headers }: DeliveryAnswer, requestId: string): void {
  const length = Buffer.byteLength(text);
  const all = { "X-Request-Id": requestId, ...headers, "Content-Length": String(length) };
  response.writeHead(status, Object.entries(all).flat());
  response.end(text);
}
