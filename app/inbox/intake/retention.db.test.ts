import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { dropDeliveries } from "#db/queries/deliveries/retention.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { inboxDeps } from "../testing/test-workspaces.ts";
import { dropOutlivedDeliveries } from "./retention.server.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps> & { retentionDays: number };

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = { ...inboxDeps(database), retentionDays: 14 };
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("webhook_deliveries");
  await database.sql("update delivery_retention set dropped_through = 0");
});

/** Deliveries of about a kilobyte, received so many days ago in this order and processed; ids begin where they are. */
async function fill(count: number, daysAgo: number): Promise<void> {
  await database.sql(
    `insert into webhook_deliveries (provider, request_id, body, received_at)
     select 'meta_whatsapp', 'request-' || n, convert_to(repeat(md5(n::text), 32), 'UTF8'), now() - $2 * interval '1 day'
       from generate_series(1, $1::int) n`,
    [count, daysAgo],
  );
  await database.sql(
    "update webhook_deliveries set processed_at = now(), outcome = 'processed' where processed_at is null",
  );
}

const setAside = (deliveryId: number, replayedDaysAgo: number | null, path = "body") =>
  database.sql(
    `insert into delivery_quarantine (delivery_id, item_path, reason, replayed_at)
     values ($1, $3, 'failed', now() - $2::int * interval '1 day')`,
    [deliveryId, replayedDaysAgo, path],
  );
const reopen = (id: number) =>
  database.sql("update webhook_deliveries set processed_at = null, outcome = null where id = $1", [id]);
const left = async () =>
  (await database.sql<{ id: string }>("select id from webhook_deliveries order by id")).map(({ id }) =>
    Number(id),
  );

describe("retention", () => {
  test("drops what is processed and old enough, and nothing younger", async () => {
    await fill(3, 15);
    await fill(2, 13);
    expect(await dropOutlivedDeliveries(deps)).toBe(3);
    expect(await left()).toEqual([4, 5]);
    expect(await dropOutlivedDeliveries(deps)).toBe(0);
    expect(await dropOutlivedDeliveries({ ...deps, retentionDays: 8 })).toBe(2);
  });

  test("keeps a delivery as long as an item of it is in quarantine, and as long again after its replay", async () => {
    await fill(4, 40);
    await setAside(1, null);
    await setAside(2, 15);
    await setAside(3, 13);
    await setAside(4, 15, "entry.0");
    await setAside(4, null, "entry.1");
    expect(await dropOutlivedDeliveries(deps)).toBe(1);
    expect(await left()).toEqual([1, 3, 4]);
    expect(await database.sql("select delivery_id, item_path from delivery_quarantine order by id")).toEqual([
      { delivery_id: "1", item_path: "body" },
      { delivery_id: "3", item_path: "body" },
      { delivery_id: "4", item_path: "entry.1" },
    ]);
    await database.sql("update delivery_quarantine set replayed_at = now() - interval '15 days'");
    expect(await dropOutlivedDeliveries(deps)).toBe(3);
  });

  test("keeps what is open, and what came after it until it is processed", async () => {
    await fill(4, 15);
    await reopen(2);
    expect(await dropOutlivedDeliveries(deps)).toBe(1);
    expect(await left()).toEqual([2, 3, 4]);
    await database.sql(
      "update webhook_deliveries set processed_at = now(), outcome = 'ignored' where id = 2",
    );
    expect(await dropOutlivedDeliveries(deps)).toBe(3);
  });

  test("keeps a reopened delivery that it had passed, and drops it after its replay has aged", async () => {
    await fill(2, 15);
    await setAside(1, null);
    await dropOutlivedDeliveries(deps);
    await reopen(1);
    expect(await dropOutlivedDeliveries(deps)).toBe(0);
    expect(await left()).toEqual([1]);
    // Open once more, with an item whose replay has aged meanwhile.
    await setAside(1, 15, "entry.1");
    expect(await dropOutlivedDeliveries(deps)).toBe(0);
    await database.sql("delete from delivery_quarantine");
    await setAside(1, 15);
    expect(await dropOutlivedDeliveries(deps)).toBe(0);
    expect(await left()).toEqual([1]);
    await setAside(1, null);
    await database.sql("update webhook_deliveries set processed_at = now(), outcome = 'processed'");
    await database.sql("update delivery_quarantine set replayed_at = now() - interval '15 days'");
    expect(await dropOutlivedDeliveries(deps)).toBe(1);
  });

  test("goes on in parts until nothing is left; two at once take nothing twice", async () => {
    await fill(2_500, 15);
    expect(await dropDeliveries(deps.db, 14, 1_000)).toEqual({ dropped: 1_000, more: true });
    const counts = await Promise.all([dropOutlivedDeliveries(deps), dropOutlivedDeliveries(deps)]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1_500);
    expect(await left()).toEqual([]);
  });

  test("is refused below 8 days by the database itself", async () => {
    await fill(1, 7.5);
    await expect(dropDeliveries(deps.db, 7, 10)).rejects.toThrow(/at least 8 days/);
    expect(await left()).toHaveLength(1);
  });

  test("cannot be got around: the ingest may not delete", async () => {
    await expect(deps.db.deleteFrom("webhook_deliveries").execute()).rejects.toThrow(/permission denied/);
  });
});

describe("however much is stored", () => {
  test("a run looks only at what it drops", async () => {
    await fill(20_000, 15);
    await fill(10_000, 1);
    await database.sql(
      "insert into delivery_quarantine (delivery_id, item_path, reason) select id, 'body', 'failed' from webhook_deliveries where id <= 5000",
    );
    await database.sql("analyze webhook_deliveries, delivery_quarantine");
    expect(await dropDeliveries(deps.db, 14, 5_000)).toEqual({ dropped: 0, more: true });
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("begin");
    const { rows: dropped } = await client.query("select * from app.drop_deliveries('14 days', 1000)");
    expect(dropped).toMatchObject([{ dropped: 1_000 }]);
    const { rows } = await client.query(
      `select relname, seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows
         from pg_stat_xact_user_tables where relname in ('webhook_deliveries', 'delivery_quarantine') order by 1 desc`,
    );
    await client.end();
    // Each is looked at once and deleted once.
    const [deliveries, quarantine] = rows;
    expect(deliveries).toMatchObject({ relname: "webhook_deliveries", scans: 0 });
    expect(deliveries.rows).toBeGreaterThanOrEqual(2_000);
    expect(deliveries.rows).toBeLessThan(2_100);
    expect(quarantine).toMatchObject({ relname: "delivery_quarantine", scans: 0 });
    expect(quarantine.rows).toBeLessThan(100);
  });

  test("what is dropped makes room for the next: filled again, the table is not larger", async () => {
    const size = async () =>
      (
        await database.sql<{ size: number }>(
          "select pg_total_relation_size('webhook_deliveries')::int as size",
        )
      )[0]?.size ?? 0;
    await database.sql("vacuum full webhook_deliveries");
    await fill(20_000, 15);
    const first = await size();
    for (let round = 0; round < 3; round++) {
      expect(await dropOutlivedDeliveries(deps)).toBe(20_000);
      await database.sql("vacuum webhook_deliveries");
      await fill(20_000, 15);
    }
    expect((await size()) / first).toBeLessThanOrEqual(1.2);
  });
});
