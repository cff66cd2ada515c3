import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { withTenant } from "./client.ts";
import { migrate, OtherSchemaError } from "./migrate.ts";
import { readMigrationFiles } from "./migration-files.ts";
import { latestMigration, schemaDigest } from "./schema-level.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { isMigrated } from "./version.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

const names = async () => (await readMigrationFiles()).map(({ name }) => name);

describe("migrations", () => {
  test("run a second time apply nothing and keep every row", async () => {
    await database.sql("insert into tenants (name) values ('Kept')");
    expect(await migrate(database.url)).toEqual({ applied: [] });
    expect(await database.sql("select name from tenants")).toEqual([{ name: "Kept" }]);
  });

  test("are those of this build's level (npm run db:walls writes it down anew)", async () => {
    expect((await readMigrationFiles()).at(-1)).toMatchObject({
      name: latestMigration,
      digest: schemaDigest,
    });
  });

  test("run by four processes at once on an empty database are applied exactly once", async () => {
    await withEmptyDatabase(async ({ url }) => {
      const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
      expect(runs.flatMap((run) => run.applied)).toEqual(await names());
    });
  });

  test("run dry say what they would apply and leave nothing behind", async () => {
    await withEmptyDatabase(async ({ url, sql }) => {
      expect(await migrate(url, { dryRun: true })).toEqual({ applied: await names() });
      expect(await sql(everythingThere)).toEqual([]);
      expect(await migrate(url)).toEqual({ applied: await names() });
    });
  });
});

test("letters have one lower case, in addresses and in searches, also where the database's locale knows ASCII alone", async () => {
  const folds = `select app.email_key('Ñ@ЛУЧ.example') as key, app.search_fold('ÁNGEL  Øyvind ЛУЧ ΟΔΥΣ\u00a0Straße İ') as found,
                        app.search_fold('ΟΔΥΣσεύς') like app.search_fold('ΟΔΥΣ') || '%' as begins`;
  const [expected] = await database.sql(folds);
  expect(expected).toEqual({ key: "ñ@луч.example", found: "angel oyvind луч οδυσ strase i", begins: true });
  await withDatabaseOf("template0 locale_provider libc locale 'C'", async ({ url, sql }) => {
    await migrate(url);
    expect(await sql("select lower('Ñ') as lower")).toEqual([{ lower: "Ñ" }]);
    expect(await sql(folds)).toEqual([expected]);
  });
});

describe("readiness", () => {
  test("asks for this build's state of the files, and takes a database that is ahead", async () => {
    await withMigratedDatabase(async (own) => {
      const ready = () => isMigrated(own.as("app_web"));
      expect(await ready()).toBe(true);
      await own.sql("insert into app.migrations (name, digest) values ('9999_later', 'later')");
      expect(await ready()).toBe(true);
      await own.sql("update app.migrations set digest = 'another' where name = $1", [latestMigration]);
      expect(await ready()).toBe(false);
    });
  });
});

describe("a database of another making is refused and left as it is", () => {
  test.each([
    [
      "the last file changed",
      "update app.migrations set digest = 'x' where name = (select max(name) from app.migrations)",
    ],
    [
      "the first file changed",
      "update app.migrations set digest = 'x' where name = (select min(name) from app.migrations)",
    ],
    ["a file lies between", "insert into app.migrations (name, digest) values ('0001_zz', 'x')"],
    ["a later build", "insert into app.migrations (name, digest) values ('9999_later', 'x')"],
  ])("%s", async (_what, change) => {
    await withMigratedDatabase(async (own) => {
      await own.sql(change);
      await own.sql("revoke create on schema public from app_owner");
      await expect(migrate(own.url)).rejects.toThrow(OtherSchemaError);
      await expect(migrate(own.url)).rejects.toThrow(
        /^This database was made by .*: nothing was changed\. Use an empty database, or the build that made/,
      );
      // Not even the owner's rights were put right.
      const right = "select has_schema_privilege('app_owner', 'public', 'create') as may";
      expect(await own.sql(right)).toEqual([{ may: false }]);
    });
  });

  test("the migrations from before the baseline", async () => {
    await withEmptyDatabase(async ({ url, sql }) => {
      await sql("create table kysely_migration (name text)");
      await sql("insert into kysely_migration values ('0001_tenants_and_people'), ('0026_pins')");
      const before = await sql(everythingThere);
      await expect(migrate(url)).rejects.toThrow(
        /^This database was made by the migrations that came before/,
      );
      expect(await sql(everythingThere)).toEqual(before);
      // Somebody else's record under that name is nobody's business.
      await sql("update kysely_migration set name = 'of_another_program'");
      expect((await migrate(url)).applied).toEqual(await names());
    });
  });
});

describe("older tables", () => {
  const ourTables = "select relname from pg_class where oid = to_regclass('public.tenants')";

  test("are set aside before the first file and taken over after the last, in the same transaction, once", async () => {
    await withEmptyDatabase(async ({ url, sql }) => {
      const told: string[] = [];
      const adoption = {
        async setAside(client: pg.Client) {
          told.push(`before: ${(await client.query(ourTables)).rowCount}`);
          await client.query("create table public.aside as select txid_current() as transaction");
        },
        async takeOver(client: pg.Client) {
          told.push(`after: ${(await client.query(ourTables)).rowCount}`);
          const same = await client.query("select from public.aside where transaction = txid_current()");
          told.push(`same transaction: ${same.rowCount}`);
        },
      };
      await migrate(url, { adoption, dryRun: true });
      expect(await sql(everythingThere)).toEqual([]);
      await migrate(url, { adoption });
      await migrate(url, { adoption });
      const once = ["before: 0", "after: 1", "same transaction: 1"];
      expect(told).toEqual([...once, ...once]);
    });
  });

  test("that cannot be taken over leave everything as it was", async () => {
    await withEmptyDatabase(async ({ url, sql }) => {
      await sql("create table theirs ()");
      const before = await sql(everythingThere);
      const adoption = {
        setAside: async (client: pg.Client) =>
          void (await client.query("alter table theirs rename to aside")),
        takeOver: async () => Promise.reject(new Error("cannot be adopted")),
      };
      await expect(migrate(url, { adoption })).rejects.toThrow("cannot be adopted");
      expect(await sql(everythingThere)).toEqual(before);
    });
  });
});

/** Schemas, tables and functions that PostgreSQL did not bring. */
const everythingThere = `
  select 'schema ' || nspname as name from pg_namespace where nspname !~ '^pg_|^information_schema$|^public$'
  union all select oid::regclass::text from pg_class where relnamespace = 'public'::regnamespace
  union all select oid::regprocedure::text from pg_proc where pronamespace = 'public'::regnamespace order by 1`;

const withEmptyDatabase = (work: (own: TestDatabase) => Promise<void>) => withDatabaseOf("template0", work);
const withMigratedDatabase = (work: (own: TestDatabase) => Promise<void>) =>
  withDatabaseOf(inject("template"), work);

async function withDatabaseOf(template: string, work: (own: TestDatabase) => Promise<void>): Promise<void> {
  const own = await createTestDatabase(inject("adminUrl"), template);
  try {
    await work(own);
  } finally {
    await own.drop();
  }
}

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
