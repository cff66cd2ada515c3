import { globSync, readFileSync } from "node:fs";
import { sql } from "kysely";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  onTestFinished,
  test,
} from "vitest";
import { createDb, createPool, isDatabaseUnavailable, whyUnavailable } from "./client.ts";
import { connectionFault } from "./connection-proof.ts";
import { listenForChanges } from "./queries/inbox/live.ts";
import { type Pooler, startPooler } from "./testing/pooler.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
let pooler: Pooler;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(async () => {
  pooler = await startPooler(database.url);
});
afterEach(() => pooler.stop());

const applicationName = "curbe-test-proof";
function openDb(settings: Record<string, string> = {}) {
  const pool = createPool({
    connectionString: pooler.url,
    role: "app_web",
    applicationName,
    settings,
    max: 4,
    statementTimeoutMs: 4_321,
    onError: () => {},
  });
  const db = createDb(pool);
  onTestFinished(() => db.destroy());
  return db;
}
const whoAmI = sql<{ role: string }>`select current_user as role`;
const without = (setting: string) =>
  pooler.rewrite((options) => options.replace(new RegExp(`-c ${setting}=\\S+`), ""));
const connections = () =>
  database.sql("select from pg_stat_activity where application_name in ($1, 'curbe-live')", [
    applicationName,
  ]);

describe("through a pooler that drops start-up options", () => {
  test("no query of many at once runs, none is left open, and the process is told why", async () => {
    const db = openDb();
    const asked = Array.from({ length: 40 }, () => whoAmI.execute(db));
    const answers = await Promise.allSettled(asked);
    for (const answer of answers) {
      if (answer.status === "fulfilled") throw new Error("A query ran as the login.");
      expect(answer.reason).toMatchObject({ name: "UnprovenConnectionError" });
      expect(isDatabaseUnavailable(answer.reason)).toBe(true);
      expect(whyUnavailable(answer.reason)).toBe(connectionFault());
    }
    expect(connectionFault()).toBe("connections do not come up as app_web: a pooler drops start-up options");
    await expect.poll(connections).toEqual([]);
  });

  test.each([
    ["role", {}],
    ["statement_timeout", {}],
    ["idle_in_transaction_session_timeout", {}],
    ["enable_seqscan", { enable_seqscan: "off", jit: "off" }],
    ["jit", { enable_seqscan: "off", jit: "off" }],
  ])("or only its %s", async (setting, settings) => {
    const db = openDb(settings);
    without(setting);
    const expected =
      setting === "role" ? /do not come up as app_web/ : new RegExp(`without their ${setting}`);
    await expect(whoAmI.execute(db)).rejects.toThrow(expected);
    expect(connectionFault()).toMatch(expected);
  });

  test("nobody listens", async () => {
    const hears = { onChange() {}, onLost() {}, onSessionEnded() {} };
    await expect(listenForChanges(pooler.url, hears)).rejects.toThrow(/do not come up as app_web/);
    await expect.poll(connections).toEqual([]);
  });

  test("what was proved before goes on; the fault is over when a connection proves itself again", async () => {
    const db = openDb();
    pooler.rewrite((options) => options);
    expect((await whoAmI.execute(db)).rows).toEqual([{ role: "app_web" }]);
    expect(connectionFault()).not.toMatch(/app_web$/);
    pooler.rewrite(() => undefined);
    await db.connection().execute(async (proved) => {
      expect((await whoAmI.execute(proved)).rows).toEqual([{ role: "app_web" }]);
      await expect(whoAmI.execute(db)).rejects.toThrow(/app_web/);
      expect(connectionFault()).toBeDefined();
      pooler.rewrite((options) => options);
      expect((await whoAmI.execute(db)).rows).toEqual([{ role: "app_web" }]);
      expect((await whoAmI.execute(proved)).rows).toEqual([{ role: "app_web" }]);
    });
    const listening = await listenForChanges(pooler.url, { onChange() {}, onLost() {}, onSessionEnded() {} });
    await listening.stop();
    expect(connectionFault()).toBeUndefined();
  });
});

test("connections are made in these files only", () => {
  const places = globSync("{app,db,scripts,worker}/**/*.{ts,tsx,mjs}")
    .filter((file) => !/\.test\.ts$|^app\/e2e\/|^scripts\/bench\//.test(file))
    .filter((file) => /\bnew (pg\.)?(Client|Pool)\(|from "pg-pool"/.test(readFileSync(file, "utf8")));
  expect(places.sort()).toEqual([
    // A test's, as whoever ran an older version.
    "db/adopt/testing/older-database.ts",
    "db/client.ts",
    // As the owner's login on purpose.
    "db/logins.ts",
    "db/migrate.ts",
    "db/testing/embedded-postgres.ts",
    "db/testing/test-database.ts",
    // Reads a URL as the driver does, and connects nowhere.
    "scripts/dev/local-address.ts",
    "scripts/doctor/checks/database-session.ts",
    "scripts/operate/replay-webhook.ts",
    "scripts/seed.ts",
    "scripts/walls.ts",
  ]);
});
