/** What arrives before, between and after the connects of a number reaches who owned it when it was received. */
import { expect, test } from "vitest";
import { jobCatalog } from "../../../db/jobs.ts";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { replayParked } from "../../inbox/intake/replay.server.ts";
import { deliver } from "../../inbox/testing/test-workspaces.ts";
import { webhookReaders } from "../../integrations/registry.server.ts";
import { connectedPlace, connectFlows } from "../testing/connect-flows.ts";
import { deliverSigned } from "../testing/deliveries/delivery-lane.ts";

const { flow, connect, leave, jobs } = connectFlows();

/** One message for the number, as Meta tells it. */
function messageOf(from: string, id: string, body: string) {
  const messages = [{ from, id, timestamp: "1790000000", type: "text", text: { body } }];
  const metadata = { display_phone_number: "525512345678", phone_number_id: NUMBER_IDS.luz };
  const changes = [{ field: "messages", value: { messaging_product: "whatsapp", metadata, messages } }];
  return { object: "whatsapp_business_account", entry: [{ id: "1", changes }] };
}

/** Signed, by the deliveries' own lane: stored, and not processed yet. */
async function receiveByLane(phase: string, at: number): Promise<void> {
  const from = `5255${String(at).padStart(8, "0")}`;
  const body = JSON.stringify(messageOf(from, `wamid.${phase}.${at}`, phase));
  expect((await deliverSigned(flow.product, body)).status).toBe(200);
}

const receiveMany = (phase: string, count: number) =>
  Promise.all(Array.from({ length: count }, (_, at) => receiveByLane(phase, at)));

/** Stored now, by the clock that claims end by: a moment cut to its millisecond may lie before the end of the same millisecond. */
async function receive(id: string): Promise<string> {
  const [clock] = await flow.product.database.sql<{ now: string }>("select clock_timestamp()::text as now");
  return deliver(flow.product.database, messageOf("525587654321", id, id), clock?.now);
}

const ingestDeps = () => {
  const { database, services } = flow.product;
  return { db: database.as("app_ingest"), readers: webhookReaders, log: services.log };
};

test("events wait in the queue while a number changes hands: each reaches who owned it when it was received", async () => {
  const eva = await flow.product.person();
  await connect(flow.ana);
  await receiveMany("ana", 500);
  await leave(flow.ana);
  await receiveMany("nobody", 50);
  expect(await connect(eva)).toBe(connectedPlace);
  await receiveMany("eva", 100);

  const { database } = flow.product;
  const ingest = ingestDeps();
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

test("what came before a connect, and between a workspace's own disconnect and reconnect, arrives by itself", async () => {
  const { database } = flow.product;
  const ingest = ingestDeps();
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
