import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { webhookReaders } from "../../integrations/registry.server.ts";
import { connectedPlace, connectFlows } from "../testing/connect-flows.ts";
import { deliverByLane } from "../testing/delivery-lane.ts";

const { flow, connect, leave } = connectFlows();

/** One signed message for the number, by the deliveries' own lane: stored, and not processed yet. */
async function receive(phase: string, at: number): Promise<void> {
  const from = `5255${String(at).padStart(8, "0")}`;
  const messages = [
    { from, id: `wamid.${phase}.${at}`, timestamp: "1790000000", type: "text", text: { body: phase } },
  ];
  const metadata = { display_phone_number: "525512345678", phone_number_id: NUMBER_IDS.luz };
  const changes = [{ field: "messages", value: { messaging_product: "whatsapp", metadata, messages } }];
  const body = Buffer.from(
    JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes }] }),
  );
  const secret = flow.product.services.webhooks.appSecrets[0]?.reveal() ?? "";
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const request = new Request(`${flow.product.origin}/webhooks/meta/whatsapp`, {
    method: "POST",
    headers: { "x-hub-signature-256": signature },
    body,
  });
  expect((await deliverByLane(request)).status).toBe(200);
}

const receiveMany = (phase: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, at) => receive(phase, at)));

test("events wait in the queue while a number changes hands: each reaches who owned it when it was received", async () => {
  const eva = await flow.product.person();
  await connect(flow.ana);
  await receiveMany("ana", 500);
  await leave(flow.ana);
  await receiveMany("nobody", 50);
  expect(await connect(eva)).toBe(connectedPlace);
  await receiveMany("eva", 100);

  const { database, services } = flow.product;
  const ingest = { db: database.as("app_ingest"), readers: webhookReaders, log: services.log };
  const stored = await database.sql<{ id: string }>("select id from webhook_deliveries order by random()");
  const ids = stored.map(({ id }) => id);
  for (let from = 0; from < ids.length; from += 100)
    await processDeliveries(ingest, ids.slice(from, from + 100));

  const messages = await database.sql(
    "select tenant_id, body, count(*)::int as n from messages group by 1, 2 order by n desc",
  );
  expect(messages).toEqual([
    { tenant_id: flow.ana.tenantId, body: "ana", n: 500 },
    { tenant_id: eva.tenantId, body: "eva", n: 100 },
  ]);
  const aside = await database.sql("select reason, count(*)::int as n from delivery_quarantine group by 1");
  expect(aside).toEqual([{ reason: "unknown_number", n: 50 }]);
});
