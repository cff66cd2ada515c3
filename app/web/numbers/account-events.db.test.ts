import { afterEach, beforeEach, expect, test } from "vitest";
import { jobCatalog } from "../../../db/jobs.ts";
import type { AccountEvent } from "../../../scripts/meta-sandbox/webhooks/account-events.ts";
import { BUSINESS_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import { applyAccountEvent } from "../../integrations/health/account-events.server.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { openWebhookAddress } from "../testing/deliveries/webhook-address.ts";

const { flow, connect, connections, jobs, statusOf } = connectFlows();
let closeAddress: () => Promise<void>;

beforeEach(async () => {
  closeAddress = await openWebhookAddress(flow.product);
});
afterEach(async () => {
  await closeAddress();
  await flow.product.database.empty("webhook_deliveries");
});

/** From the sandbox's control to the row. */
async function metaSays(event: AccountEvent): Promise<void> {
  const sent = await flow.product.sandbox.control.sendAccountUpdate({
    wabaId: WABA_IDS.luz,
    event,
    force: true,
  });
  expect(sent.status).toBe(200);
  const ids = await flow.product.database.sql<{ id: string }>("select id from webhook_deliveries");
  await processDeliveries(
    inboxDeps(flow.product.database),
    ids.map(({ id }) => id),
  );
  for (const { task, payload } of await jobs()) {
    if (task !== "apply_account_event") continue;
    await applyAccountEvent(
      flow.product.services.integrations,
      jobCatalog.apply_account_event.payload.parse(payload),
    );
  }
}

const causeOf = async () => {
  const [row] = await connections(flow.ana);
  return (row?.metadata as { error?: { code: string } } | undefined)?.error?.code;
};

test.each<[AccountEvent, string]>([
  ["PARTNER_REMOVED", "access_removed"],
  ["PARTNER_APP_UNINSTALLED", "access_removed"],
  ["ACCOUNT_DELETED", "account_deleted"],
  ["ACCOUNT_OFFBOARDED", "offboarded"],
  ["DISABLED_UPDATE", "account_disabled"],
])("%s at Meta shows on the number as %s, and in no other workspace", async (event, code) => {
  const eva = await flow.product.person();
  await connect(eva, BUSINESS_IDS.norte);
  await connect(flow.ana);
  await metaSays(event);
  expect(await causeOf()).toBe(code);
  // Meta's word may be about another partner: the token itself is asked in a minute.
  const checks = await flow.product.database.sql<{ connection: string; seconds: number }>(
    `select p.payload->>'connectionId' as connection, extract(epoch from j.run_at - now())::float8 as seconds
       from graphile_worker.jobs j join graphile_worker._private_jobs p on p.id = j.id
      where j.task_identifier = 'check_connection'`,
  );
  const [row] = await connections(flow.ana);
  expect(checks).toEqual([{ connection: row?.id, seconds: expect.closeTo(60, -2) }]);
  expect(await statusOf(flow.ana)).toMatchObject({ connected: false, status: "error", may_send: false });
  expect(await statusOf(eva)).toMatchObject({ connected: true, may_send: true });
});

test.each<AccountEvent>([
  "PARTNER_ADDED",
  "PARTNER_APP_INSTALLED",
  "ACCOUNT_VIOLATION",
  "ACCOUNT_RESTRICTION",
])("%s at Meta is remembered and leaves the number working", async (event) => {
  await connect(flow.ana);
  await metaSays(event);
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true, may_send: true });
  expect(
    await flow.product.database.sql("select 1 from connection_events where kind = $1", [event.toLowerCase()]),
  ).toHaveLength(1);
});

test("an account that comes back works again without a person", async () => {
  await connect(flow.ana);
  await metaSays("ACCOUNT_OFFBOARDED");
  expect(await causeOf()).toBe("offboarded");
  await metaSays("ACCOUNT_RECONNECTED");
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true, may_send: true });
});

test("a removal that the next check disproves is taken back, and a repetition does not bring it again", async () => {
  await connect(flow.ana);
  await metaSays("PARTNER_REMOVED");
  expect(await causeOf()).toBe("access_removed");
  const [row] = await connections(flow.ana);
  await checkConnection(flow.product.services.integrations, {
    tenantId: flow.ana.tenantId,
    connectionId: row?.id ?? "",
    requestId: "check-1",
  });
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
  await flow.product.database.sql(
    "update webhook_deliveries set processed_at = null, outcome = null where processed_at is not null",
  );
  await metaSays("PARTNER_ADDED");
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
});

test("a reconnect ends whatever Meta had told", async () => {
  await connect(flow.ana);
  await metaSays("ACCOUNT_DELETED");
  expect(await causeOf()).toBe("account_deleted");
  await connect(flow.ana);
  expect([await causeOf(), await statusOf(flow.ana)]).toMatchObject([undefined, { connected: true }]);
});
