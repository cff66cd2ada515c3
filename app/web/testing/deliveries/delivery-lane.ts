/** The way of a delivery without a socket: `Request` in, `Response` out. For tests. */
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { type Services, services } from "../../services.server.ts";
import { createDeliveryLane } from "../../webhook/delivery-lane.server.ts";

/** Hands the request to the deliveries' lane, as the web process does. Throws for one that the lane leaves alone. */
export function deliverByLane(request: Request): Promise<Response> {
  const body = request.body ? Readable.fromWeb(request.body as ReadableStream) : Readable.from([]);
  const { pathname, search } = new URL(request.url);
  const incoming = Object.assign(body, {
    method: request.method,
    url: pathname + search,
    headers: Object.fromEntries(request.headers),
  });
  return new Promise((resolve, reject) => {
    let status = 0;
    const headers = new Headers();
    const outgoing = {
      writeHead(code: number, pairs: string[]) {
        status = code;
        for (let at = 0; at < pairs.length; at += 2) headers.append(pairs[at] ?? "", pairs[at + 1] ?? "");
      },
      end: (text: string) => resolve(new Response(text, { status, headers })),
      destroy: () => reject(new Error("the lane hung up")),
    };
    const takes = createDeliveryLane(services());
    if (!takes(incoming as unknown as IncomingMessage, outgoing as unknown as ServerResponse))
      reject(new Error("the lane takes no such request"));
  });
}

/** Delivers a body as Meta does, signed with the product's secret. */
export function deliverSigned(
  { origin, services }: { origin: string; services: Pick<Services, "webhooks"> },
  body: string | Uint8Array,
): Promise<Response> {
  const secret = services.webhooks.appSecrets[0]?.reveal() ?? "";
  const bytes = Buffer.from(body);
  const mac = createHmac("sha256", secret).update(bytes).digest("hex");
  const headers = { "x-hub-signature-256": `sha256=${mac}`, "content-length": String(bytes.length) };
  return deliverByLane(
    new Request(`${origin}/webhooks/meta/whatsapp`, { method: "POST", headers, body: bytes }),
  );
}
