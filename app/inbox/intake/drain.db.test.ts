import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { writtenLog } from "#app/platform/testing/written-log.ts";
import { createDb, createPool } from "#db/client.ts";
import type { IngestReport } from "../ingest/ingest.server.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { inboxDeps } from "../testing/test-workspaces.ts";
import { drainDeliveries } from "./drain.server.ts";

const { inbox, sql, deliverAll } = inboxStage();

beforeAll(async () => {
  // A refusal that no item is to blame for, as a lock that cannot be had would be.
  await sql(`create function stubborn() returns trigger language plpgsql as $$
    begin
      if new.body in ('stubborn', 'away') then
        raise exception 'not now: "%"', new.body
          using errcode = case new.body when 'away' then '57P01' else '55P03' end, detail = new.body;
      end if;
      return new;
    end $$`);
  await sql("create trigger stubborn before insert on messages for each row execute function stubborn()");
});

const body = (id: string, text = "x") => meta.bodyOf({ messages: [meta.textMessage(id, meta.waId, text)] });
const bodies = (count: number) => Array.from({ length: count }, (_, n) => body(`wamid.${n}`));
const open = () =>
  sql<{ id: string; attempts: number }>(
    "select id, attempts from webhook_deliveries where processed_at is null order by id",
  );
const messages = async () => (await sql("select from messages")).length;

describe("a drain", () => {
  test("works off everything that is open, oldest first, and tells of each batch", async () => {
    await deliverAll(bodies(1_203));
    const reports: IngestReport[] = [];
    expect(await drainDeliveries(inbox.deps, { onReport: (report) => reports.push(report) })).toBe("empty");
    expect(reports.map(({ outcomes }) => outcomes.length)).toEqual([500, 500, 203]);
    expect([await messages(), await open()]).toEqual([1_203, []]);
  });

  test("takes large bodies a few at a time", async () => {
    const large = bodies(6).map((one) => ({ ...one, padding: "x".repeat(1_500_000) }));
    await deliverAll([...large, body("wamid.small")]);
    const sizes: number[] = [];
    await drainDeliveries(inbox.deps, { onReport: ({ outcomes }) => sizes.push(outcomes.length) });
    // Of a megabyte and a half each: a third one would pass 4 MB.
    expect(sizes).toEqual([2, 2, 3]);
    expect(await messages()).toBe(7);
  });

  test("in a flood for one account takes up another's in the next batch, and of several floods some of each", async () => {
    await deliverAll(bodies(1_501));
    await sql("update webhook_deliveries set share = 5 where id = 1501");
    let batches = 0;
    const stopAfter = (count: number) => ({ onReport: () => batches++, isStopping: () => batches >= count });
    await drainDeliveries(inbox.deps, stopAfter(1));
    const left = (await open()).map(({ id }) => Number(id));
    expect(left).toHaveLength(1_001);
    expect(left).not.toContain(1_501);

    await sql("update webhook_deliveries set share = id % 3 where processed_at is null");
    await drainDeliveries(inbox.deps, stopAfter(2));
    const rest = new Set((await open()).map(({ id }) => Number(id)));
    const taken = left.filter((id) => !rest.has(id));
    for (const share of [0, 1, 2]) expect(taken.filter((id) => id % 3 === share).length).toBeGreaterThan(150);
    expect(await drainDeliveries(inbox.deps)).toBe("empty");
    expect(await messages()).toBe(1_501);
  });

  test("asked to stop leaves the rest to whoever comes next", async () => {
    await deliverAll(bodies(700));
    let batches = 0;
    const options = { onReport: () => batches++, isStopping: () => batches > 0 };
    expect(await drainDeliveries(inbox.deps, options)).toBe("more");
    expect((await open()).length).toBe(200);
    expect(await drainDeliveries(inbox.deps)).toBe("empty");
  });

  test("that has gone on for long enough ends, and says that there is more", async () => {
    await deliverAll(bodies(1));
    expect(await drainDeliveries(inbox.deps, { maxMs: -1 })).toBe("more");
  });

  test("beside another one stores each message once", async () => {
    await deliverAll(bodies(1_100));
    const others = [inboxDeps(inbox.database), inboxDeps(inbox.database), inbox.deps];
    const processed = others.map(() => 0);
    const ends = others.map((one, n) =>
      drainDeliveries(one, {
        onReport: ({ outcomes }) => (processed[n] = (processed[n] ?? 0) + outcomes.length),
      }),
    );
    expect(await Promise.all(ends)).toEqual(Array(3).fill("empty"));
    expect([await messages(), await open()]).toEqual([1_100, []]);
    // No two of them did the same, and none did it alone.
    expect(processed.reduce((sum, count) => sum + count)).toBe(1_100);
    expect(processed.filter((count) => count > 0).length).toBeGreaterThan(1);
  });

  test("does not believe that what a dying session holds will be done by it", async () => {
    const [held] = await deliverAll(bodies(2));
    const client = new pg.Client({ connectionString: inbox.database.url });
    await client.connect();
    await client.query(`begin; select from webhook_deliveries where id = ${held} for update`);
    const drained = drainDeliveries(inbox.deps);
    for (; (await messages()) < 1; );
    await client.end();
    expect(await drained).toBe("empty");
    expect(await messages()).toBe(2);
  });
});

test("what others hold for longer than a drain waits is more for somebody to come back for", async () => {
  await deliverAll(bodies(1));
  const client = new pg.Client({ connectionString: inbox.database.url });
  await client.connect();
  await client.query("begin; select from webhook_deliveries for update");
  try {
    expect(await drainDeliveries(inbox.deps)).toBe("more");
  } finally {
    await client.end();
  }
  expect(await drainDeliveries(inbox.deps)).toBe("empty");
});

describe("a database that goes away", () => {
  test.each([
    ["at once", [body("wamid.a", "away")], [0]],
    ["after a delivery that fails by itself", [body("wamid.a", "stubborn"), body("wamid.b", "away")], [1, 0]],
  ])("%s, ends the drain, and no delivery is to blame for it", async (_when, delivered, attempts) => {
    await deliverAll(delivered);
    await expect(drainDeliveries(inbox.deps)).rejects.toMatchObject({ code: "57P01" });
    expect((await open()).map((delivery) => delivery.attempts)).toEqual(attempts);
  });
});

describe("a delivery that fails for no fault of its items", () => {
  test("is put off alone, and everything else is stored", async () => {
    await deliverAll([body("wamid.a"), body("wamid.b", "stubborn"), body("wamid.c")]);
    expect(await drainDeliveries(inbox.deps)).toBe("empty");
    expect(await messages()).toBe(2);
    expect(await open()).toEqual([{ id: "2", attempts: 1 }]);
    // It is not due for a second yet: a second drain passes it over.
    expect(await drainDeliveries(inbox.deps)).toBe("empty");
    expect(await open()).toEqual([{ id: "2", attempts: 1 }]);
  });

  test("is given up after 25 tries, its bytes kept", async () => {
    await deliverAll([body("wamid.b", "stubborn")]);
    const tryAgain = async () => {
      await sql("update webhook_deliveries set retry_at = null");
      await drainDeliveries(inbox.deps);
    };
    for (let tries = 0; tries < 24; tries++) await tryAgain();
    expect(await open()).toEqual([{ id: "1", attempts: 24 }]);
    await tryAgain();
    expect(await sql("select outcome, length(body) > 0 as kept from webhook_deliveries")).toEqual([
      { outcome: "failed", kept: true },
    ]);
    expect(await sql("select reason, item_path from delivery_quarantine")).toEqual([
      { reason: "failed", item_path: "body" },
    ]);
    expect(inbox.deps.lines).toHaveLength(26);
    expect(writtenLog(inbox.deps.lines)).not.toContain("stubborn");
  });
});

test("a database that goes away decides nothing", async () => {
  await deliverAll(bodies(1));
  const url = new URL(inbox.database.url);
  url.port = "1";
  const nowhere = createPool({
    connectionString: url.href,
    role: "app_ingest",
    applicationName: "away",
    max: 1,
    statementTimeoutMs: 1_000,
    onError: () => {},
  });
  await expect(drainDeliveries({ ...inbox.deps, db: createDb(nowhere) })).rejects.toThrow();
  expect(await open()).toEqual([{ id: "1", attempts: 0 }]);
});
