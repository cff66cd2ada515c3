import { afterAll, afterEach, beforeAll, expect, inject, test } from "vitest";
import { connectWorkspace, deliver } from "#app/inbox/testing/test-workspaces.ts";
import { bodyWith, partnerUpdate } from "#app/integrations/meta/whatsapp/webhook/testing/account-fixtures.ts";
import { enqueue } from "#db/jobs.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { killWorkers, startWorker, until, workerEnvironment } from "./testing/test-worker.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
afterEach(killWorkers);

test("a worker that hears that our app was removed says so on the connection", async () => {
  const env = workerEnvironment(database.url);
  await connectWorkspace(database, "106540352242922");
  const removed = (partner_app_id = "") => partnerUpdate("PARTNER_APP_UNINSTALLED", { partner_app_id }, "1");
  await deliver(database, bodyWith(removed("another app"), removed(env.META_APP_ID)));
  await enqueue(database.as("app_web"), "process_deliveries", {});
  const worker = await startWorker(env);
  const connection = () =>
    database.sql("select status, metadata->'error'->>'code' as code from channel_connections");
  await until("the connection is red", async () => (await connection())[0]?.status === "error", worker.said);
  expect(await connection()).toEqual([{ status: "error", code: "access_removed" }]);
  // Meta's word may be outdated: the token itself is asked in a minute, and the admins are told after that.
  await until("only the check of the token and the mail are left", async () => {
    const jobs = await database.sql<{ task_identifier: string }>(
      "select task_identifier from graphile_worker.jobs",
    );
    const left = jobs.map(({ task_identifier: task }) => task).sort();
    return JSON.stringify(left) === '["check_connection","send_mail"]';
  });
  expect(await database.sql("select kind from connection_events")).toEqual([
    { kind: "partner_app_uninstalled" },
  ]);
});
