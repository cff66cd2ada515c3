/** `tenants`: the workspaces, from the older table or from what other rows say about them. */
import type pg from "pg";
import type { ForeignKey } from "../extras/foreign-keys.ts";
import { quoted } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { aside, asOwner, type ExtraColumn, firstOf, insertRows, taken } from "./rows.ts";

const longestName = 120;

/** A name that is missing is made of the id; one that is too long is cut and kept whole under another name. */
export async function insertTenants(
  client: pg.Client,
  plan: TablePlan,
  extras: ExtraColumn[],
): Promise<number> {
  const name = taken(plan, "name");
  const id = taken(plan, "id");
  return insertRows(client, {
    table: "tenants",
    values: {
      id,
      name: firstOf(name === "null" ? name : `btrim(left(${name}, ${longestName}))`, madeName(id)),
      created_at: firstOf(taken(plan, "created_at"), "now()"),
    },
    source: aside(plan),
    extras,
  });
}

const madeName = (id: string) => `'Imported ' || left((${id})::text, 8)`;

export async function hasLongNames(client: pg.Client, plan: TablePlan): Promise<boolean> {
  if (!plan.taken.has("name")) return false;
  const { rows } = await client.query(
    `select from ${aside(plan)} where length(${taken(plan, "name")}) > ${longestName} limit 1`,
  );
  return rows.length > 0;
}

/**
 * There was no table of that name: every workspace that the other tables speak of, called as the table that they point
 * to calls it, where they do. Returns how many.
 */
export async function makeTenants(
  client: pg.Client,
  plans: TablePlan[],
  keys: ForeignKey[],
): Promise<number> {
  const named = plans.filter((plan) => plan.taken.has("tenant_id"));
  if (named.length === 0) return 0;
  const ids = named.map((plan) => `select (${taken(plan, "tenant_id")})::text as id from ${aside(plan)}`);
  const { rows } = await client.query<{ id: string; name: string | null }>(
    `select u.id, max(${await nameElsewhere(client, keys)}) as name
       from (${ids.join(" union ")}) u where u.id is not null group by u.id`,
  );
  await asOwner(client, () =>
    client.query(
      `insert into public.tenants (id, name)
       select id, coalesce(nullif(btrim(left(name, ${longestName})), ''), ${madeName("id")})
         from jsonb_to_recordset($1) as t (id uuid, name text)`,
      [JSON.stringify(rows)],
    ),
  );
  return rows.length;
}

async function nameElsewhere(client: pg.Client, keys: ForeignKey[]): Promise<string> {
  const key = keys.find(
    ({ isFromAdopted, isToAdopted, columns }) =>
      isFromAdopted && !isToAdopted && columns.length === 1 && columns[0] === "tenant_id",
  );
  if (!key) return "null::text";
  // By its oid: it may have been renamed.
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'name' and not a.attisdropped
      where c.oid = $1::oid and has_table_privilege(c.oid, 'select')`,
    [key.toOid],
  );
  const [table] = rows;
  const [column = ""] = key.toColumns;
  if (!table) return "null::text";
  return `(select t.name::text from ${table.name} t where lower(t.${quoted(column)}::text) = u.id limit 1)`;
}
