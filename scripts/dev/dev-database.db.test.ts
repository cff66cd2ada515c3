/** A database that another state of db/migrations made: development's own is made anew, anybody else's is refused. */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { administer, withDatabase } from "../../db/testing/test-database.ts";
import { root } from "../stack.ts";
import { migratedDevDatabase } from "./dev-database.ts";

let name: string;
let said: string[];
beforeEach(() => {
  name = `curbe_test_dev_${randomBytes(4).toString("hex")}`;
  said = [];
});
afterEach(() => administer(inject("adminUrl"), `drop database if exists ${name} with (force)`));

const open = () => migratedDevDatabase(inject("adminUrl"), name, (line) => said.push(line));

async function rows(query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: withDatabase(inject("adminUrl"), name) });
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

test("development's own is made, kept as long as the files stay, and made anew when they changed", async () => {
  expect(await open()).toBe(withDatabase(inject("adminUrl"), name));
  await rows("insert into tenants (name) values ('Kept')");
  await open();
  expect(await rows("select name from tenants")).toEqual([{ name: "Kept" }]);
  expect(said).toEqual([]);

  await rows("update app.migrations set digest = 'of another state' where name like '0002%'");
  await open();
  expect(said).toEqual([
    expect.stringMatching(/^db\/migrations has changed .* made anew, with the demo data\.$/),
  ]);
  expect(await rows("select name from tenants")).toEqual([]);
  expect(await rows("select from app.migrations where digest = 'of another state'")).toEqual([]);
});

test("development's own, of other files than these, is made anew", async () => {
  await administer(inject("adminUrl"), `create database ${name}`);
  await rows("create table kysely_migration as select '0001_tenants_and_people' as name");
  await open();
  expect(said).toHaveLength(1);
  expect(await rows("select to_regclass('kysely_migration') as former")).toEqual([{ former: null }]);
});

test("DATABASE_URL's is refused by npm run db:migrate, and keeps what it has", async () => {
  await open();
  await rows("insert into tenants (name) values ('Kept')");
  await rows("update app.migrations set digest = 'of another state' where name like '0002%'");
  const env = { ...process.env, DATABASE_URL: withDatabase(inject("adminUrl"), name) };
  const run = spawnSync(process.execPath, ["scripts/migrate.ts"], { cwd: root, env, encoding: "utf8" });
  expect(run.stderr).toMatch(
    /^This database was made by another state of db\/migrations \(from 0002\w+ on\): nothing/,
  );
  expect(run.stderr.trim().split("\n")).toHaveLength(1);
  expect([run.status, run.stdout]).toEqual([1, ""]);
  expect(await rows("select name from tenants")).toEqual([{ name: "Kept" }]);
});
