/** Why the walls stand as db/walls.txt says: rules that hold whatever is added. A new table or function must keep them. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

const column = async (text: string) =>
  (await database.sql<{ name: string }>(text)).map(({ name }) => name).sort();
/** The roles in which the product runs, everyone but the owner. */
const running = "array['app_web', 'app_tenant', 'app_ingest', 'app_jobs', 'app_operator', 'app_clock']";
const tenantTables = `
  (select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as forced from pg_class c
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
      and (c.relname = 'tenants' or exists (select from pg_attribute a
             where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)))`;

/** A rule over nothing holds. */
test("are about tables, roles and functions that there are", async () => {
  const many = async (of: string) =>
    (await database.sql<{ n: number }>(`select count(*)::int as n from ${of}`))[0]?.n;
  expect(await many(`${tenantTables} t`)).toBeGreaterThan(15);
  expect(await many("pg_roles where rolname ~ '^app_'")).toBe(7);
  expect(await many(`pg_roles where rolname = any(${running})`)).toBe(6);
  const definers = "pg_proc p where p.prosecdef and p.pronamespace = 'app'::regnamespace";
  expect(await many(definers)).toBeGreaterThan(50);
  expect(
    await many(`${definers} and has_function_privilege('app_tenant', p.oid, 'execute')`),
  ).toBeGreaterThan(10);
});

describe("a table of a workspace", () => {
  test("has its wall forced, or its owner would pass it", async () => {
    expect(await column(`select relname as name from ${tenantTables} t where not forced`)).toEqual([]);
  });

  test("shows a workspace its own rows by one policy with one meaning: permissive ones add up", async () => {
    const own = "(tenant_id = ( SELECT app.current_tenant() AS current_tenant))";
    const odd = await column(`
      select t.relname || ': ' || p.policyname as name
        from ${tenantTables} t join pg_policies p on p.schemaname = 'public' and p.tablename = t.relname
       where not case p.policyname
         when 'owner_sees_all' then p.roles = '{app_owner}'
         when 'tenant_wall' then p.roles = '{app_tenant}' and (t.relname = 'tenants' or
           (p.cmd = 'ALL' and p.qual = '${own}' and p.with_check = '${own}'))
         -- The router between workspaces, which the web cannot become.
         else p.roles = '{app_ingest}' end`);
    expect(odd).toEqual([]);
    const walls = await column(`select tablename as name from pg_policies where policyname = 'tenant_wall'`);
    expect(walls).toEqual(await column(`select relname as name from ${tenantTables} t`));
  });

  test("refers to another one by the workspace, too: no row can point across", async () => {
    const across = await column(`
      select f.conname as name from pg_constraint f
        join ${tenantTables} t on t.oid = f.conrelid join ${tenantTables} r on r.oid = f.confrelid
       where f.contype = 'f' and r.relname <> 'tenants' and not exists (
         select from unnest(f.conkey, f.confkey) as pair (here, there)
           join pg_attribute a on a.attrelid = f.conrelid and a.attnum = here and a.attname = 'tenant_id'
           join pg_attribute b on b.attrelid = f.confrelid and b.attnum = there and b.attname = 'tenant_id')`);
    expect(across).toEqual([]);
  });

  test("loses no row by the web, by a workspace's job or by a platform's staff", async () => {
    const may = await column(`
      select format('%s %s %s', r, p, t.relname) as name from ${tenantTables} t
       cross join unnest(${running}) r cross join unnest(array['DELETE', 'TRUNCATE']) p
       where has_table_privilege(r, t.oid, p)`);
    expect(may).toEqual([]);
  });
});

describe("a secret", () => {
  const readers = (table: string, name: string) =>
    column(`select r as name from unnest(${running}) r
             where has_column_privilege(r, 'public.${table}'::regclass, '${name}', 'select')`);

  const columnsLike = (pattern: string) =>
    `select c.relname as "table", a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attname like '${pattern}' and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`;

  test("is read where it is used: hashes of passwords and session tokens by the owner's functions only", async () => {
    const hashes = await database.sql<{ table: string; name: string }>(columnsLike("%\\_hash"));
    expect(hashes.length).toBeGreaterThanOrEqual(3);
    for (const { table, name } of hashes) expect(await readers(table, name)).toEqual([]);
  });

  test("the hash of a password leaves by one function, which no workspace's transaction may call", async () => {
    const leaving = await column(`
      select p.proname as name from pg_proc p
       where p.pronamespace = 'app'::regnamespace and p.prosrc ~ 'password_hash' and p.prorettype <> 'void'::regtype
         and has_function_privilege('app_tenant', p.oid, 'execute')`);
    expect(leaving).toEqual([]);
  });

  test("that is sealed is read within its workspace only: not by ingest, the clock, the queue or staff", async () => {
    const sealed = await database.sql<{ table: string; name: string }>(columnsLike("%\\_enc"));
    expect(sealed.length).toBeGreaterThanOrEqual(3);
    for (const { table, name } of sealed)
      expect(await readers(table, name)).toEqual(["app_tenant", "app_web"]);
  });

  test("of what people said, staff and web read no body", async () => {
    expect(await readers("webhook_deliveries", "body")).toEqual(["app_ingest"]);
  });
});

describe("a function with its owner's rights", () => {
  const definers = `(select p.* from pg_proc p where p.prosecdef and p.pronamespace::regnamespace::text in ('app', 'public'))`;

  test("looks names up where only owners create, and in pg_temp last", async () => {
    const loose = await column(`
      select proname as name from ${definers} p where not exists (
        select from unnest(proconfig) s where s ~ '^search_path=(pg_catalog|public), pg_temp$')`);
    expect(loose).toEqual([]);
    expect(
      await column(`select r as name from unnest(${running}) r
       where has_schema_privilege(r, 'public', 'create') or (has_schema_privilege(r, 'app', 'create') and r <> 'app_jobs')`),
    ).toEqual([]);
  });

  test("is called by nobody whom it was not given to", async () => {
    expect(
      await column(`select proname as name from ${definers} p
         where exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)`),
    ).toEqual([]);
  });

  test("that a workspace may call is told no workspace, and asks which one it is in", async () => {
    const callable = `${definers} p where has_function_privilege('app_tenant', p.oid, 'execute')`;
    expect(
      await column(`select p.proname as name from ${callable} and '{tenant}' && array(
        select regexp_replace(arg, '^(tenant|.*_tenant|tenant_id)$', 'tenant') from unnest(p.proargnames[1:p.pronargs]) arg)`),
    ).toEqual([]);
    expect(
      await column(
        `select p.proname as name from ${callable} and p.prosrc !~ 'app\\.(own|current)_tenant\\(\\)'`,
      ),
    ).toEqual([]);
  });
});

describe("a role", () => {
  test("of the product signs in nowhere, makes none and passes no policy", async () => {
    const mighty = await column(`select rolname as name from pg_roles where rolname ~ '^app_'
      and (rolcanlogin or rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)`);
    expect(mighty).toEqual([]);
  });

  test("that runs the product owns no table of ours and becomes no other, but the web within a workspace", async () => {
    expect(
      await column(`select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) = any(${running})`),
    ).toEqual([]);
    expect(
      await column(`select a || ' → ' || b as name from unnest(${running} || 'app_owner'::text) a
      cross join unnest(${running} || 'app_owner'::text) b where a <> b and pg_has_role(a, b, 'member')`),
    ).toEqual(["app_web → app_tenant"]);
  });

  test("passes none of its rights on", async () => {
    const passing = await column(`
      select c.relname || ': ' || a.privilege_type as name from pg_class c cross join aclexplode(c.relacl) a
       where c.relnamespace in ('public'::regnamespace, 'app'::regnamespace) and a.is_grantable and a.grantee <> c.relowner
      union all
      select p.proname from pg_proc p cross join aclexplode(p.proacl) a
       where p.pronamespace = 'app'::regnamespace and a.is_grantable and a.grantee <> p.proowner`);
    expect(passing).toEqual([]);
  });
});

test("a view acts as whoever looks: as its owner it would look past the wall", async () => {
  const views = await column(`select relname as name from pg_class
    where relkind in ('v', 'm') and relnamespace in ('public'::regnamespace, 'app'::regnamespace)
      and not coalesce(reloptions @> '{security_invoker=true}', false)`);
  expect(views).toEqual([]);
});
