import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/fixtures.ts";
import { connectWorkspace, deliver, inboxDeps } from "../testing/test-workspaces.ts";
import { processDeliveries } from "./ingest.server.ts";

let database: TestDatabase;
let inbox: ReturnType<typeof inboxDeps>;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  inbox = inboxDeps(database);
});
afterAll(() => database.drop());
beforeEach(() => database.empty("tenants", "webhook_deliveries"));

const message = (id: string) => meta.bodyOf({ messages: [meta.textMessage(id)] });

/** When the delivery was received, and what the claim remembers as its first. */
async function times(deliveryId: string) {
  const [row] = await database.sql<{ received: Date; first: Date | null }>(
    `select d.received_at as received, c.first_event_at as first
       from webhook_deliveries d, number_claims c where d.id = $1`,
    [deliveryId],
  );
  return row;
}

test("a claim remembers when its first delivery was received, however many come and in whatever order they are read", async () => {
  await connectWorkspace(database, meta.phoneNumberId);
  const ids: string[] = [];
  for (const id of ["a", "b", "c"])
    ids.push(await deliver(database, message(id), `2026-01-0${ids.length + 1}T00:00:00Z`));
  const [first = "", second = "", third = ""] = ids;
  await processDeliveries(inbox, [second, first]);
  const received = new Date("2026-01-01T00:00:00Z");
  expect(await times(first)).toEqual({ received, first: received });
  await processDeliveries(inbox, [third]);
  expect((await times(third))?.first).toEqual(received);
});

test("what came before the claim, or for another number, counts for none", async () => {
  const before = await deliver(database, message("early"), "2019-06-01T00:00:00Z");
  await connectWorkspace(database, meta.phoneNumberId);
  await connectWorkspace(database, "999000999000999");
  await processDeliveries(inbox, [before]);
  const claims = await database.sql("select from number_claims where first_event_at is not null");
  expect(claims).toEqual([]);
});
