/** Whether anything of a workspace changed: a digest over all rows of all its tables, and a log of every change. */
import type { TestDatabase } from "../../../../db/testing/test-database.ts";
import type { Tenant } from "./tenant.ts";

/** Returns each workspace's digest. The tables are those that have a tenant_id when this is called. */
export async function digesting(sql: TestDatabase["sql"]): Promise<(tenant: Tenant) => Promise<string>> {
  const tables = await tenantTables(sql);
  const digest = (from: string) =>
    `select coalesce(md5(string_agg(md5(t::text), '' order by md5(t::text))), '') as d from ${from}`;
  const parts = [
    ...tables.map((table) => digest(`${table} t where tenant_id = $1`)),
    digest("tenants t where id = $1"),
    digest("users t where id in (select user_id from memberships where tenant_id = $1)"),
  ];
  const statement = `select string_agg(d, ' ') as digest from (${parts.join(" union all ")}) parts`;
  return async ({ id }) => (await sql<{ digest: string }>(statement, [id]))[0]?.digest ?? "";
}

/**
 * From now on every row of a workspace's that is inserted, deleted or made different is noted, whoever does it. Returns
 * the ids of the workspaces of which something was noted since it was asked last. The tables are those that have a
 * tenant_id when this is called.
 */
export async function noteTouches(sql: TestDatabase["sql"]): Promise<() => Promise<Set<string>>> {
  const tables = [...(await tenantTables(sql)), "tenants", "users"];
  // In the name of whoever makes it, so that no wall hides a row from it or keeps its note out.
  await sql(`
    create unlogged table if not exists touched (workspace uuid not null);
    create or replace function note_touch() returns trigger
      language plpgsql security definer set search_path = public, pg_temp as $$
    declare
      row_before jsonb := to_jsonb(old);
      row_after jsonb := to_jsonb(new);
    begin
      if row_before is distinct from row_after then
        insert into touched
          select (r->>'tenant_id')::uuid from unnest(array[row_before, row_after]) r
           where r is not null and tg_table_name not in ('tenants', 'users')
          union select (r->>'id')::uuid from unnest(array[row_before, row_after]) r
           where r is not null and tg_table_name = 'tenants'
          union select m.tenant_id from memberships m, unnest(array[row_before, row_after]) r
           where tg_table_name = 'users' and m.user_id = (r->>'id')::uuid;
      end if;
      return null;
    end $$;
    ${tables.map((table) => `create or replace trigger note_touch after insert or update or delete on ${table} for each row execute function note_touch();`).join("\n")}`);
  return async () => {
    const noted = await sql<{ workspace: string }>("delete from touched returning workspace");
    return new Set(noted.map((row) => row.workspace));
  };
}

export async function tenantTables(sql: TestDatabase["sql"]): Promise<string[]> {
  const rows = await sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** Words of our own code, which say nothing of anybody. */
const codeWords = new Set(["provider", "kind", "type"]);

/**
 * Columns of text in tables with a tenant_id in which a workspace has nothing that carries its marks. One whose values
 * are listed in a constraint can hold no mark.
 */
export async function unmarkedColumns(sql: TestDatabase["sql"], { id, marks }: Tenant): Promise<string[]> {
  const columns = await sql<{ table_name: string; column_name: string }>(
    `select table_name, column_name from information_schema.columns c
      where table_schema = 'public' and table_name = any($1) and data_type in ('text', 'jsonb', 'character varying')
        and not exists (
          select from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and array[a.attnum] = k.conkey
           where k.contype = 'c' and k.conrelid = c.table_name::regclass and a.attname = c.column_name
             and pg_get_constraintdef(k.oid) ~ '= ANY')
      order by 1, 2`,
    [await tenantTables(sql)],
  );
  const unmarked: string[] = [];
  for (const { table_name, column_name } of columns) {
    if (codeWords.has(column_name)) continue;
    const [found] = await sql(
      `select from ${table_name} where tenant_id = $1 and ${column_name}::text ~ any($2) limit 1`,
      [id, [marks.text, marks.secret, marks.digits]],
    );
    if (!found) unmarked.push(`${table_name}.${column_name}`);
  }
  return unmarked;
}
