import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { backlog, hasDueDeliveries, postpone, takeNext } from "./open-deliveries.ts";

let database: TestDatabase;
let db: ReturnType<TestDatabase["as"]>;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  db = database.as("app_ingest");
});
afterAll(() => database.drop());
beforeEach(() => database.empty("webhook_deliveries"));

/** One open delivery for each size in bytes, in this order. */
const deliver = (...sizes: number[]) =>
  database.sql(
    `insert into webhook_deliveries (provider, request_id, body)
     select 'meta_whatsapp', 'r', decode(repeat('61', size), 'hex') from unnest($1::int[]) size`,
    [sizes],
  );

describe("putting a delivery off", () => {
  test.each([
    [0, 1],
    [1, 2],
    [5, 32],
    [10, 1_024],
    [11, 1_800],
    [24, 1_800],
  ])("after %d tries is for %d seconds, and it is not due until then", async (attempts, seconds) => {
    await deliver(1);
    await database.sql("update webhook_deliveries set attempts = $1", [attempts]);
    const [{ id = "" } = {}] = await database.sql<{ id: string }>("select id from webhook_deliveries");
    expect(await postpone(db, id)).toBe(attempts + 1);
    const [row] = await database.sql<{ wait: number }>(
      "select extract(epoch from retry_at - now())::float8 as wait from webhook_deliveries",
    );
    expect(row?.wait).toBeLessThanOrEqual(seconds);
    expect(row?.wait).toBeGreaterThan(seconds - 30);
    await database.sql("update webhook_deliveries set retry_at = now() + interval '1 minute'");
    expect(await hasDueDeliveries(db)).toBe(false);
    await database.sql("update webhook_deliveries set retry_at = now()");
    expect(await hasDueDeliveries(db)).toBe(true);
  });
});

describe("taking up what is open", () => {
  const taken = (bytes: number) =>
    db
      .transaction()
      .execute((trx) => takeNext(trx, { count: 100, bytes }))
      .then((all) => all.map(({ body }) => body.length));

  test("takes one at least, however large it is, and else no more bytes than there is room for", async () => {
    await deliver(50_000, 100, 100);
    expect(await taken(1)).toEqual([50_000]);
    expect(await taken(50_100)).toEqual([50_000, 100]);
    expect(await taken(50_200)).toEqual([50_000, 100, 100]);
  });
});

test("one that was opened again waits since then, and not since it came", async () => {
  await deliver(1);
  const opened = (ago: string) =>
    database.sql(
      "update webhook_deliveries set received_at = now() - interval '1 day', reopened_at = now() - $1::interval",
      [ago],
    );
  await opened("30 seconds");
  expect(await hasDueDeliveries(db, 60_000)).toBe(false);
  expect((await backlog(db)).oldestSeconds).toBeLessThan(60);
  await opened("90 seconds");
  expect(await hasDueDeliveries(db, 60_000)).toBe(true);
  expect(await backlog(db)).toMatchObject({ unprocessed: 1, oldestSeconds: expect.closeTo(90, -2) });
});
