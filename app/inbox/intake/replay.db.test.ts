import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { type JobPayload, jobCatalog } from "#db/jobs.ts";
import { close, takeUp } from "#db/queries/deliveries/open-deliveries.ts";
import { quarantine } from "#db/queries/deliveries/quarantine.ts";
import { announceSetAside } from "#db/queries/numbers/number-owners.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { processDeliveries } from "../ingest/ingest.server.ts";
import { connectWorkspace, deliver, deliverAll, inboxDeps } from "../testing/test-workspaces.ts";
import { replayItems, replayParked } from "./replay.server.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps>;
const number = meta.phoneNumberId;
const stranger = "999000111222333";
const whole: JobPayload<"replay_parked"> = {
  provider: "meta_whatsapp",
  phoneNumberId: number,
  afterItem: "0",
  requestId: "connect-1",
};

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = inboxDeps(database);
  // Stands for a value that nobody foresaw: the reader takes it and the database does not.
  await database.sql(`create function poison() returns trigger language plpgsql as $$
    begin
      if new.body = 'poison' then raise exception 'refused' using errcode = '22023'; end if;
      return new;
    end $$`);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "webhook_deliveries", "graphile_worker._private_jobs");
  await database.sql("drop trigger if exists poison on messages");
  deps.lines.length = 0;
});

const message = (id: string, to = number, body = "x") =>
  meta.bodyOf({ messages: [meta.textMessage(id, meta.waId, body)] }, to);
const open = async () =>
  (await database.sql<{ id: string }>("select id from webhook_deliveries where processed_at is null")).map(
    ({ id }) => id,
  );
const processOpen = async () => processDeliveries(deps, await open());
const items = () =>
  database.sql<{ id: string; path: string; replayed: boolean }>(
    `select id, delivery_id, item_path as path, reason, replayed_at is not null as replayed
       from delivery_quarantine order by id`,
  );
const stored = async () =>
  (await database.sql<{ id: string }>("select provider_message_id as id from messages order by 1")).map(
    ({ id }) => id,
  );
const jobs = (task: string) =>
  database.sql<{ payload: unknown; waits: boolean }>(
    `select p.payload, j.run_at > now() as waits from graphile_worker.jobs j
       join graphile_worker._private_jobs p on p.id = j.id where j.task_identifier = $1 order by j.id`,
    [task],
  );

describe("a number that is connected", () => {
  test("gets what was parked for it, once; what is still nobody's stays as it was", async () => {
    const both = meta.body(
      meta.entry(meta.change({ messages: [meta.textMessage("wamid.1")] })),
      meta.entry(meta.change({ messages: [meta.textMessage("wamid.2")] }, stranger)),
    );
    await processDeliveries(deps, await deliverAll(database, [both, message("wamid.3")]));
    const parked = await items();
    expect(parked).toHaveLength(3);
    const luz = await connectWorkspace(database, number, { since: "2026-02-01" });

    expect(await replayParked(deps, whole)).toBe(2);
    expect(await jobs("process_deliveries")).toHaveLength(1);
    expect(await jobs("replay_parked")).toEqual([]);
    expect((await processOpen()).outcomes.sort()).toEqual(["processed", "quarantined"]);
    expect(await database.sql("select distinct tenant_id from messages")).toEqual([
      { tenant_id: luz.tenantId },
    ]);
    expect(await stored()).toEqual(["wamid.1", "wamid.3"]);
    expect(await items()).toEqual(
      parked.map((item) => ({ ...item, replayed: item.path !== "entry.1.changes.0.messages.0" })),
    );

    expect(await replayParked(deps, whole)).toBe(0);
    expect(await replayParked(deps, { ...whole, phoneNumberId: stranger })).toBe(0);
    expect(await open()).toEqual([]);
  });

  test("gets it in parts, each of which asks for the next", async () => {
    const bodies = Array.from({ length: 7 }, (_, n) => message(`wamid.${n}`));
    await processDeliveries(deps, await deliverAll(database, bodies));
    await connectWorkspace(database, number, { since: "2026-02-01" });
    const reopened: number[] = [];
    for (let payload: JobPayload<"replay_parked"> | undefined = whole; payload; ) {
      reopened.push(await replayParked(deps, payload, 3));
      const [next, ...others] = await jobs("replay_parked");
      expect(others).toEqual([]);
      if (next) expect(next.waits).toBe(true);
      payload = next && jobCatalog.replay_parked.payload.parse(next.payload);
      await database.sql("delete from graphile_worker._private_jobs");
    }
    expect(reopened).toEqual([3, 3, 1]);
    await processOpen();
    expect(await stored()).toHaveLength(7);
    expect((await items()).map(({ replayed }) => replayed)).toEqual(Array(7).fill(true));
  });

  test("passes by what came between two workspaces", async () => {
    await connectWorkspace(database, number, { until: "2025-12-01" });
    await processDeliveries(deps, [await deliver(database, message("wamid.1"))]);
    await connectWorkspace(database, number, { since: "2026-02-01" });
    expect(await replayParked(deps, whole)).toBe(0);
    expect(await items()).toMatchObject([{ replayed: false }]);
  });

  test("gets what an ingest under way had set aside before the claim: replay waits for it", async () => {
    const id = await deliver(database, message("wamid.1"));
    let replay: Promise<number> | undefined;
    await deps.db.transaction().execute(async (trx) => {
      await takeUp(trx, [id]);
      await announceSetAside(trx, [number]);
      await connectWorkspace(database, number, { since: "2026-02-01" });
      replay = replayParked(deps, whole);
      await untilSomebodyWaits();
      const place = { path: "entry.0.changes.0.messages.0", phoneNumberId: number, detail: null };
      await quarantine(trx, [{ deliveryId: id, reason: "unknown_number", ...place }]);
      await close(trx, [{ id, outcome: "quarantined", ignoredFields: null }]);
    });
    expect(await replay).toBe(1);
    await processOpen();
    expect(await items()).toMatchObject([{ replayed: true }]);
  });

  test("gets what an ingest under way was about to set aside: it looks again", async () => {
    const id = await deliver(database, message("wamid.1"));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query("begin");
    await client.query("select pg_advisory_xact_lock(4208, hashtext($1) & 63)", [number]);
    const ingest = processDeliveries(deps, [id]);
    await untilSomebodyWaits();
    await connectWorkspace(database, number, { since: "2026-02-01" });
    await client.query("commit");
    await client.end();
    expect(await ingest).toEqual({ outcomes: ["processed"], quarantined: [] });
  });
});

/** For a lock of ours; fails after 10 s. */
async function untilSomebodyWaits(): Promise<void> {
  for (const start = Date.now(); Date.now() - start < 10_000; ) {
    const waiting = await database.sql(
      `select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`,
    );
    if (waiting.length > 0) return;
  }
  throw new Error("Waited in vain");
}

describe("an operator", () => {
  test("has items processed again; one that fails again keeps its row, one that is mended is replayed", async () => {
    await connectWorkspace(database, number);
    await database.sql(
      "create trigger poison before insert on messages for each row execute function poison()",
    );
    await processDeliveries(deps, [await deliver(database, message("wamid.1", number, "poison"))]);
    const [item] = await items();
    const wanted = { ids: [item?.id ?? ""] };
    expect(await replayItems(deps.db, wanted)).toEqual({ items: 1, deliveries: 1 });
    expect(await jobs("process_deliveries")).toHaveLength(1);
    expect(await processOpen()).toEqual({ outcomes: ["quarantined"], quarantined: ["failed"] });
    expect(await items()).toEqual([item]);

    await database.sql("drop trigger poison on messages");
    await replayItems(deps.db, wanted);
    await processOpen();
    expect(await items()).toEqual([{ ...item, replayed: true }]);
    expect(await stored()).toEqual(["wamid.1"]);
    expect(await replayItems(deps.db, wanted)).toEqual({ items: 0, deliveries: 0 });
  });

  test("narrows it by number or reason, in parts; several items of a delivery open it once", async () => {
    const two = meta.bodyOf({ messages: [meta.textMessage("wamid.1"), meta.textMessage("wamid.2")] });
    const bodies = [two, message("wamid.3", stranger), meta.bodyOf({ messages: [meta.textMessage("")] })];
    await processDeliveries(deps, await deliverAll(database, bodies));
    await database.sql("update webhook_deliveries set attempts = 3");
    expect(await replayItems(deps.db, { phoneNumberId: number, reason: "unreadable" })).toEqual({
      items: 1,
      deliveries: 1,
    });
    expect(await replayItems(deps.db, { reason: "unknown_number" }, 1)).toEqual({ items: 3, deliveries: 2 });
    expect(await database.sql("select distinct attempts, retry_at from webhook_deliveries")).toEqual([
      { attempts: 0, retry_at: null },
    ]);
  });

  test("finds an item in quarantine again that was replayed and then set aside anew", async () => {
    const id = await deliver(database, message("wamid.1"));
    await processDeliveries(deps, [id]);
    await database.sql("update delivery_quarantine set replayed_at = now()");
    const place = { path: "entry.0.changes.0.messages.0", phoneNumberId: number, detail: "other direction" };
    await deps.db
      .transaction()
      .execute((trx) => quarantine(trx, [{ deliveryId: id, reason: "conflict", ...place }]));
    expect(await items()).toMatchObject([{ reason: "conflict", replayed: false }]);
  });
});
