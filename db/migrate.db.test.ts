import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { withTenant } from "./client.ts";
import { migrate, migrationNames } from "./migrate.ts";
import { administer, createTestDatabase, type TestDatabase, withDatabase } from "./testing/test-database.ts";
import { isMigrated, latestMigration } from "./version.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

describe("migrations", () => {
  test("run a second time apply nothing and keep every row", async () => {
    await database.sql("insert into tenants (name) values ('Kept')");
    expect(await migrate(database.url)).toEqual({ applied: [] });
    expect(await database.sql("select name from tenants")).toEqual([{ name: "Kept" }]);
  });

  test("end at the level that the build expects", async () => {
    expect((await migrationNames()).at(-1)).toBe(latestMigration);
    expect(await isMigrated(database.as("app_web"))).toBe(true);
  });

  test("run by four processes at once on an empty database are applied exactly once", async () => {
    const name = `curbe_test_race_${process.pid}`;
    await administer(inject("adminUrl"), `create database ${name}`);
    const url = withDatabase(inject("adminUrl"), name);
    try {
      const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
      expect(runs.flatMap((run) => run.applied)).toEqual(await migrationNames());
    } finally {
      await administer(inject("adminUrl"), `drop database ${name} with (force)`);
    }
  });
});

describe("the tenant wall", () => {
  test("stands, enabled and forced, on every table with a tenant_id, in both directions", async () => {
    const open = await database.sql(`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
         and not (c.relrowsecurity and c.relforcerowsecurity
           and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_wall'
                        and p.polqual is not null and p.polwithcheck is not null))`);
    expect(open).toEqual([]);
  });

  test("no role of the product owns a table, is a superuser or bypasses policies", async () => {
    const mighty = await database.sql(`
      select rolname from pg_roles r where rolname in ('app_web', 'app_tenant', 'app_ingest', 'app_jobs', 'app_operator')
         and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb
           or exists (select from pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace))`);
    expect(mighty).toEqual([]);
  });

  test("every SECURITY DEFINER function pins its search_path and is closed to PUBLIC", async () => {
    const loose = await database.sql(`
      select p.proname from pg_proc p where p.prosecdef and p.pronamespace = 'app'::regnamespace
         and (not exists (select from unnest(p.proconfig) s where s like 'search_path=%')
           or exists (select from aclexplode(p.proacl) a where a.grantee = 0))`);
    expect(loose).toEqual([]);
  });

  test("shows a tenant its own rows only, refuses to write another's, and shows nothing when none is named", async () => {
    const [a, b] = await database.sql<{ id: string }>(
      "insert into tenants (name) values ('A'), ('B') returning id",
    );
    if (!a || !b) throw new Error("no tenants");
    const db = database.as("app_web");
    const connection = (tenantId: string) => ({
      tenant_id: tenantId,
      provider: "meta_whatsapp",
      status: "pending" as const,
    });
    await withTenant(db, a.id, (tdb) =>
      tdb.insertInto("channel_connections").values(connection(a.id)).execute(),
    );
    const seen = (tenantId: string) =>
      withTenant(db, tenantId, (tdb) => tdb.selectFrom("channel_connections").select("tenant_id").execute());
    expect(await seen(a.id)).toEqual([{ tenant_id: a.id }]);
    expect(await seen(b.id)).toEqual([]);
    await expect(
      withTenant(db, b.id, (tdb) => tdb.insertInto("channel_connections").values(connection(a.id)).execute()),
    ).rejects.toThrow(/row-level security/);
    expect(await db.selectFrom("channel_connections").selectAll().execute()).toEqual([]);
  });

  test("the ingest role cannot read a token", async () => {
    const db = database.as("app_ingest");
    await expect(db.selectFrom("channel_connections").select("access_token_enc").execute()).rejects.toThrow(
      /permission denied/,
    );
  });
});
