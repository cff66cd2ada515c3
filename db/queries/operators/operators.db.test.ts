import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Db } from "../../client.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { endOfStretch, newestDeliveries, unroutedNumbers } from "./operations.ts";
import { countDay, countOpen, givenUpJobs, jobsByTask } from "./operations-overview.ts";
import { beginReplay, readBody, replayPart } from "./operator-acts.ts";

let database: TestDatabase;
let operator: Db;
const staff = randomUUID();
const somebody = randomUUID();
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  operator = database.as("app_operator");
  await database.sql(
    `insert into users (id, email, password_hash) select id, id || '@x.example', 'none' from unnest($1::uuid[]) id`,
    [[staff, somebody]],
  );
  await database.sql("insert into platform_staff (user_id) values ($1)", [staff]);
  // A long past with a body each, yesterday, and today; every thousandth one failed, ten are open.
  await database.sql(
    `insert into webhook_deliveries (provider, request_id, body, received_at, processed_at, outcome)
     select 'meta_whatsapp', 'request-' || n, 'CANARY-BODY', at,
            case when n > 60000 - 10 then null else at end,
            case when n > 60000 - 10 then null when n % 1000 = 0 then 'failed' else 'processed' end
       from (select n, now() - (60000 - n) * interval '1 minute' as at from generate_series(1, 60000) n) d`,
  );
  await database.sql("analyze webhook_deliveries");
  await database.sql("vacuum webhook_deliveries");
});
afterAll(() => database.drop());

describe("the role of operators", () => {
  test.each([
    "select access_token_enc from channel_connections",
    "select id from channel_connections",
    "select id from messages",
    "select id from contacts",
    "select id from conversations",
    "select id from sessions",
    "select password_hash from users",
    "select email from users",
    "select id from tenants",
    "select * from number_claims",
    "select * from oauth_states",
    "select * from platform_staff",
    "select * from operator_events",
    "select body from webhook_deliveries",
    "select octet_length(body) from webhook_deliveries",
    "select * from graphile_worker._private_jobs",
    "select * from graphile_worker.jobs",
    "update webhook_deliveries set processed_at = null",
    "update delivery_quarantine set replayed_at = now()",
    "insert into platform_staff values ('11111111-1111-4111-8111-111111111111')",
    "delete from operator_events",
    "select app.enqueue('process_deliveries', '{}')",
    // Not but by a row that says who wants it.
    "select app.replay_items('{}', 0, 1)",
    "select * from app.login_candidate('a@b.example')",
    "select app.plain_error('x')",
  ])("may not %s", async (text) => {
    await expect(sql.raw(text).execute(operator)).rejects.toThrow(/permission denied/);
  });

  test.each(["app_web", "app_tenant"] as const)("is not %s's: that one reads none of it", async (role) => {
    const other = database.as(role);
    for (const text of [
      "select app.operator_body(1, null, '')",
      "select body from webhook_deliveries",
      "select * from operator_events",
      "select * from platform_staff",
      "select * from delivery_quarantine",
    ])
      await expect(sql.raw(text).execute(other), text).rejects.toThrow(/permission denied/);
  });
});

describe("a body", () => {
  const trail = () => database.sql("select user_id, action, subject, request_id from operator_events");

  test("is read together with the row that says who looked", async () => {
    const read = await readBody(operator, { userId: staff, requestId: "request-of-staff" }, "1");
    expect(read).toEqual({ beginning: Buffer.from("CANARY-BODY"), sizeBytes: 11 });
    expect(await trail()).toEqual([
      { user_id: staff, action: "body_shown", subject: { deliveryId: "1" }, request_id: "request-of-staff" },
    ]);
  });

  test("that is not there leaves no row, and one that is long is cut", async () => {
    await database.empty("operator_events");
    const actor = { userId: staff, requestId: "r" };
    expect(await readBody(operator, actor, "99999999")).toBeUndefined();
    expect(await trail()).toEqual([]);
    const [{ id } = { id: "" }] = await database.sql<{ id: string }>(
      "insert into webhook_deliveries (provider, request_id, body) values ('meta_whatsapp', 'r', $1) returning id",
      [Buffer.alloc(300_000, "a")],
    );
    const read = await readBody(operator, actor, id);
    expect([read?.beginning.byteLength, read?.sizeBytes]).toEqual([204_800, 300_000]);
    await database.sql("delete from webhook_deliveries where id = $1", [id]);
  });

  test("is for staff only, whoever calls, and a replay is too", async () => {
    const actor = { userId: somebody, requestId: "r" };
    await expect(readBody(operator, actor, "1")).rejects.toThrow(/not platform staff/);
    await expect(beginReplay(operator, actor, { ids: ["1"] })).rejects.toThrow(/not platform staff/);
    await database.sql("update users set disabled_at = now() where id = $1", [staff]);
    await expect(readBody(operator, { userId: staff, requestId: "r" }, "1")).rejects.toThrow(/not platform/);
    await database.sql("update users set disabled_at = null where id = $1", [staff]);
  });

  test("nothing is replayed that no row asks for", async () => {
    await expect(replayPart(operator, "999", "0", 10)).rejects.toThrow(/no such replay/);
  });

  test("what a row asks for is replayed for ten minutes, and not by a row that says something else", async () => {
    const actor = { userId: staff, requestId: "r" };
    const wish = await beginReplay(operator, actor, { ids: ["1"] });
    const age = (minutes: number) =>
      database.sql("update operator_events set at = now() - $1 * interval '1 minute' where id = $2", [
        minutes,
        wish,
      ]);
    await age(9);
    expect(await replayPart(operator, wish, "0", 10)).toMatchObject({ items: 0 });
    await age(11);
    await expect(replayPart(operator, wish, "0", 10)).rejects.toThrow(/no such replay/);
    await age(0);
    await database.sql("update operator_events set action = 'body_shown' where id = $1", [wish]);
    await expect(replayPart(operator, wish, "0", 10)).rejects.toThrow(/no such replay/);
  });
});

describe("what the pages ask", () => {
  test("the last 24 hours are found by id", async () => {
    expect(await countDay(operator, 100_000)).toEqual({
      received: 1_440,
      exact: true,
      open: 10,
      quarantined: 0,
    });
    expect(await countDay(operator, 100)).toMatchObject({ received: 1_440, exact: false });
    const { open, oldestAt } = await countOpen(operator, 100_000);
    expect(open).toBe(10);
    expect(Math.round((Date.now() - (oldestAt?.getTime() ?? 0)) / 60_000)).toBe(9);
  });

  test("the moment of any delivery leads to its id, also over gaps, before the first and after the last", async () => {
    const at = async (id: number) =>
      database.sql(
        `select app.delivery_id_at(received_at)::int as found, app.delivery_id_at(received_at - interval '1 s')::int
                as before from webhook_deliveries where id = $1`,
        [id],
      );
    await database.sql("delete from webhook_deliveries where id between 101 and 5000");
    expect(await at(100)).toEqual([{ found: 100, before: 99 }]);
    expect(await at(5_001)).toEqual([{ found: 5_001, before: 100 }]);
    expect(await at(1)).toEqual([{ found: 1, before: 0 }]);
    expect(await at(60_000)).toEqual([{ found: 60_000, before: 59_999 }]);
  });

  test("a rare outcome is looked for a stretch at a time, and open ones by their index", async () => {
    const stretch = { before: undefined, most: 51, lookedAt: 5_000 };
    const failed = await newestDeliveries(operator, { outcome: "failed" }, stretch);
    expect(failed.map(({ id }) => id)).toEqual(["59000", "58000", "57000", "56000"]);
    expect(await endOfStretch(operator, stretch)).toBe("55001");
    expect(await endOfStretch(operator, { before: "2", lookedAt: 1 })).toBeUndefined();
    expect(await newestDeliveries(operator, { outcome: "open" }, { ...stretch, lookedAt: 10 })).toHaveLength(
      10,
    );
  });

  test("no page reads the deliveries from end to end", async () => {
    const plans: string[] = [];
    const explaining = explain(operator, plans);
    const stretch = { before: "40000", most: 51, lookedAt: 2_000 };
    for (const outcome of [undefined, "open", "failed"] as const) {
      await newestDeliveries(explaining, { outcome, provider: "meta_whatsapp" }, stretch);
    }
    await endOfStretch(explaining, stretch);
    await countDay(explaining, 2_000);
    await countOpen(explaining, 2_000);
    await unroutedNumbers(explaining, { lookedAt: 2_000, most: 200 });
    expect(plans).toHaveLength(7);
    // It would be seen.
    await sql`select id from webhook_deliveries where request_id like 'x%'`.execute(explaining);
    expect(plans.pop()).toMatch(/Seq Scan on webhook_deliveries/);
    for (const plan of plans.slice(0, 6)) {
      expect(plan).toMatch(/Index (Only )?Scan .*on webhook_deliveries/);
      expect(plan).not.toMatch(/Seq Scan on webhook_deliveries/);
    }
  });
});

describe("jobs", () => {
  test("are counted by task, those that are not tried again listed, and their errors say nothing they should not", async () => {
    await database.sql(`select graphile_worker.add_job('alpha', '{"secret": "CANARY"}', max_attempts := n)
                          from generate_series(1, 4) n`);
    await database.sql(
      `update graphile_worker._private_jobs set attempts = least(max_attempts, 2), last_error = $1, updated_at = now()
        where max_attempts < 4`,
      ["EAAGm0PX4ZCpsBAJ2x9QqZB8vW3yT5 refused 525512345678 for ana\n  at stack (CANARY)"],
    );
    await database.sql("update graphile_worker._private_jobs set locked_at = now() where max_attempts = 3");
    const [task] = await jobsByTask(operator);
    expect(task).toMatchObject({ task: "alpha", waiting: 1, running: 1, failing: 1, givenUp: 2 });
    expect(task?.lastError).toBe("… refused …5678 for ana");
    const givenUp = await givenUpJobs(operator, 50);
    expect(givenUp.map(({ tries, lastError }) => [tries, lastError])).toEqual([
      [2, "… refused …5678 for ana"],
      [1, "… refused …5678 for ana"],
    ]);
    expect(JSON.stringify([task, givenUp])).not.toMatch(/CANARY|EAAG/);
  });
});

/** Runs what is asked of it as EXPLAIN, keeps the plans, and returns without rows. */
function explain(db: Db, plans: string[]): Db {
  const executor = db.getExecutor();
  const executeQuery = async (query: { sql: string }) => {
    const asked = { ...query, sql: `explain ${query.sql}` } as never;
    const { rows } = await executor.executeQuery<{ "QUERY PLAN": string }>(asked);
    plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
    return { rows: [] };
  };
  const explaining = Object.assign(Object.create(executor), {
    executeQuery,
    compileQuery: executor.compileQuery.bind(executor),
    transformQuery: executor.transformQuery.bind(executor),
  });
  return Object.assign(Object.create(db), { getExecutor: () => explaining });
}
