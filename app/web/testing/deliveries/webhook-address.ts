/** An address that the sandbox can deliver to: what it posts over HTTP goes the way of every delivery. For tests. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as webhook from "../../../routes/webhooks.meta.$channel.ts";
import { createDeliveryLane } from "../../webhook/delivery-lane.server.ts";
import { callRoute, type TestProduct } from "../product.ts";

/** Tells the sandbox to deliver to the product, of `fields` or of what Meta sends by itself. Returns what ends that. */
export async function openWebhookAddress(
  { services, sandbox, origin }: TestProduct,
  fields?: string[],
): Promise<() => Promise<void>> {
  const takes = createDeliveryLane(services);
  const server = createServer(async (request, response) => {
    if (takes(request, response)) return;
    const handshake = new Request(`${origin}${request.url}`);
    const answer = await callRoute(webhook.loader, handshake);
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await sandbox.control.configureApp({
    callbackUrl: `http://127.0.0.1:${port}/webhooks/meta/whatsapp`,
    verifyToken: services.webhooks.verifyToken.reveal(),
    ...(fields && { fields }),
  });
  return async () => {
    await sandbox.control.configureApp({ callbackUrl: null });
    await new Promise((resolve) => server.close(resolve));
  };
}
