import { expect, test } from "vitest";
import { jobCatalog } from "../../../db/jobs.ts";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { replayParked } from "../../inbox/intake/replay.server.ts";
import { deliver } from "../../inbox/testing/test-workspaces.ts";
import { webhookReaders } from "../../integrations/registry.server.ts";
import { connectedPlace, connectFlows } from "../testing/connect-flows.ts";

const { flow, connect, leave, jobs } = connectFlows();

/** One message for the number, received now. */
async function receive(id: string): Promise<string> {
  const text = { id, from: "525587654321", timestamp: "1790000000", type: "text", text: { body: id } };
  const metadata = { display_phone_number: "525512345678", phone_number_id: NUMBER_IDS.luz };
  const value = { messaging_product: "whatsapp", metadata, messages: [text] };
  const entry = [{ id: "1", changes: [{ field: "messages", value }] }];
  const body = { object: "whatsapp_business_account", entry };
  // By the clock that claims end by: a moment cut to its millisecond may lie before the end of the same millisecond.
  const [clock] = await flow.product.database.sql<{ now: string }>("select clock_timestamp()::text as now");
  return deliver(flow.product.database, body, clock?.now);
}

test("what came before a connect, and between a workspace's own disconnect and reconnect, arrives by itself", async () => {
  const { database, services } = flow.product;
  const ingest = { db: database.as("app_ingest"), readers: webhookReaders, log: services.log };
  const messages = () =>
    database.sql<{ tenant: string; body: string }>(
      "select tenant_id as tenant, body from messages order by body",
    );
  /** Runs what the connect asked for, as the worker would. */
  async function replay(): Promise<void> {
    const asked = (await jobs()).filter(({ task }) => task === "replay_parked");
    expect(asked).toHaveLength(1);
    await replayParked(ingest, jobCatalog.replay_parked.payload.parse(asked[0]?.payload));
    const open = await database.sql<{ id: string }>(
      "select id from webhook_deliveries where processed_at is null",
    );
    await processDeliveries(
      ingest,
      open.map(({ id }) => id),
    );
    await database.sql("delete from graphile_worker._private_jobs");
  }
  const mine = (body: string) => ({ tenant: flow.ana.tenantId, body });

  await processDeliveries(ingest, [await receive("early")]);
  expect(await messages()).toEqual([]);
  expect(await connect(flow.ana)).toBe(connectedPlace);
  await replay();
  expect(await messages()).toEqual([mine("early")]);

  expect((await leave(flow.ana)).status).toBe(200);
  await processDeliveries(ingest, [await receive("in-between")]);
  expect(await connect(flow.ana)).toBe(connectedPlace);
  await replay();
  expect(await messages()).toEqual([mine("early"), mine("in-between")]);

  // Now it is somebody else's turn, who gets nothing of what came in the gap.
  await leave(flow.ana);
  await processDeliveries(ingest, [await receive("left-behind")]);
  await database.sql("delete from graphile_worker._private_jobs");
  expect(await connect(await flow.product.person())).toBe(connectedPlace);
  await replay();
  expect(await messages()).toEqual([mine("early"), mine("in-between")]);
  expect(
    await database.sql("select replayed_at is not null as replayed from delivery_quarantine order by id"),
  ).toEqual([{ replayed: true }, { replayed: true }, { replayed: false }]);
});
