/** The snapshot of the walls: what the database does is what was reviewed, and no hole in a wall escapes it. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { migrate } from "../migrate.ts";
import { administer, withDatabase } from "../testing/test-database.ts";
import { byTier } from "../testing/tier.ts";
import { readWalls, reviewedWalls } from "./walls.ts";
import { widenings, widenTable } from "./widenings.ts";

// Not a copy of the run's template: rights on a database do not come along with a copy.
const name = `curbe_test_walls_${process.pid}`;
let admin: pg.Client;
const walls = () => readWalls((text) => admin.query(text));
beforeAll(async () => {
  await administer(inject("adminUrl"), `create database ${name}`);
  const url = withDatabase(inject("adminUrl"), name);
  await migrate(url);
  admin = new pg.Client({ connectionString: url });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await administer(inject("adminUrl"), `drop database ${name} with (force)`);
});

test("the walls are those that were reviewed (npm run db:walls writes them down anew)", async () => {
  expect(await walls()).toEqual(await reviewedWalls());
});

describe("a widening shows", () => {
  /** Those after which the snapshot says what it said before. */
  async function survivors(statements: string[]): Promise<string[]> {
    const before = (await walls()).join("\n");
    const found: string[] = [];
    for (const statement of statements) {
      await admin.query("begin");
      try {
        await admin.query(statement);
        if ((await walls()).join("\n") === before) found.push(statement);
      } catch (error) {
        throw new Error(`${statement}: ${error}`);
      } finally {
        await admin.query("rollback");
      }
    }
    expect((await walls()).join("\n")).toBe(before);
    return found;
  }

  test("on every table of a workspace", async () => {
    const { rows } = await admin.query<{ name: string }>(
      "select polrelid::regclass::text as name from pg_policy where polname = 'tenant_wall' order by 1",
    );
    expect(rows.length).toBeGreaterThan(15);
    // In an ordinary run each way is tried on some tables, and each table some ways; in a long one each on each.
    const oneIn = byTier(5, 1);
    const tried = rows.flatMap(({ name }, at) => widenTable(name).filter((_, n) => (n + at) % oneIn === 0));
    expect(await survivors(tried)).toEqual([]);
    console.log(`${tried.length} widenings of ${rows.length} tables, 0 survive`);
  }, 120_000);

  test("in grants, roles, functions, constraints, triggers, views and defaults", async () => {
    const tried = widenings.map((text) => text.replace("on database postgres", `on database ${name}`));
    expect(await survivors(tried)).toEqual([]);
    console.log(`${tried.length} widenings made by hand, 0 survive`);
  }, 120_000);
});
