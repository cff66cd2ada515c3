/** Whether anything of a workspace changed: one digest over all rows of all its tables. */
import type { TestDatabase } from "../../../db/testing/test-database.ts";
import type { Tenant } from "./tenant.ts";

/** Answers each workspace's digest. The tables are those that have a tenant_id when this is called. */
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
