import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { connectWorkspace, deliver } from "#app/inbox/testing/test-workspaces.ts";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { withTenant } from "#db/client.ts";
import { enqueue } from "#db/jobs.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { killWorkers, startWorker, until, workerEnvironment } from "./testing/test-worker.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
afterEach(killWorkers);

const has = async (query: string) => (await database.sql(query)).length > 0;

test("a worker brings what was parked to the workspace that connects, and drops what has outlived", async () => {
  const [web, tenant] = [database.as("app_web"), database.as("app_tenant")];
  const longAgo = new Date(Date.now() - 9 * 86_400_000).toISOString();
  const old = await deliver(database, meta.dashboardTest, longAgo);
  const body = meta.bodyOf({ messages: [meta.textMessage("wamid.1")] });
  const id = await deliver(database, body, new Date().toISOString());
  await enqueue(web, "process_deliveries", {});
  const worker = await startWorker({ ...workerEnvironment(database.url), DELIVERY_RETENTION_DAYS: "8" });
  await until(
    "it is parked",
    () => has("select from webhook_deliveries where outcome = 'quarantined'"),
    worker.said,
  );

  const { tenantId } = await connectWorkspace(database, meta.phoneNumberId, { since: "2100-01-01" });
  const parked = {
    provider: "meta_whatsapp",
    phoneNumberId: meta.phoneNumberId,
    afterItem: "0",
    requestId: "r",
  };
  await withTenant(tenant, tenantId, (tdb) => enqueue(tdb, "replay_parked", parked));
  await until("it is stored", () => has("select from messages"), worker.said);
  const [item] = await database.sql("select delivery_id, replayed_at from delivery_quarantine");
  expect(item).toEqual({ delivery_id: id, replayed_at: expect.any(Date) });

  await database.sql("select graphile_worker.add_job('drop_deliveries', '{}', job_key := 'drop_deliveries')");
  await until(
    "the old one is gone",
    async () => !(await has(`select from webhook_deliveries where id = ${old}`)),
    worker.said,
  );
  expect(await has(`select from webhook_deliveries where id = ${id}`)).toBe(true);
});
