/** The tables that stood under our names before: what they are made of, read from PostgreSQL's own catalog. */
import type pg from "pg";
import { sqlState } from "../../client.ts";
import { CannotAdoptError } from "../problems/problems.ts";

export interface OldColumn {
  name: string;
  /** As it is declared, e.g. `character varying(36)`. */
  type: string;
  /** Name of the type that a domain is made of, else of the type; `enum` for enums. */
  base: string;
  isNotNull: boolean;
  /** Of a domain that refuses null by itself. */
  refusesNull: boolean;
  identity: "" | "a" | "d";
  isGenerated: boolean;
}

export interface OldRelation {
  oid: string;
  name: string;
  /** PostgreSQL's letter: `r` for an ordinary table. */
  kind: string;
  owner: string;
  /** The connecting user may alter it. */
  isOurs: boolean;
  isInherited: boolean;
}

export interface OldTable extends OldRelation {
  columns: Map<string, OldColumn>;
  rows: number;
}

/** Where the tables wait while ours are made. */
export const asideSchema = "before_curbe";

/** A name as SQL takes it. */
export function quoted(...names: string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join(".");
}

/** Relations of any kind that have one of the names in the schema `public`. */
export async function findRelations(client: pg.Client, names: string[]): Promise<OldRelation[]> {
  const { rows } = await client.query<OldRelation>(
    `select c.oid::text as oid, c.relname as name, c.relkind as kind, pg_get_userbyid(c.relowner) as owner,
            pg_has_role(c.relowner, 'usage') as "isOurs",
            exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent)) as "isInherited"
       from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relname = any($1)
      order by array_position($1, c.relname::text)`,
    [names],
  );
  return rows;
}

export interface RelationElsewhere {
  schema: string;
  name: string;
  /** An unqualified name may mean it. */
  isOnSearchPath: boolean;
}

/** Tables and the like with one of the names in another schema than `public`. */
export async function findElsewhere(client: pg.Client, names: string[]): Promise<RelationElsewhere[]> {
  const { rows } = await client.query<RelationElsewhere>(
    `select n.nspname as schema, c.relname as name, n.nspname = any(current_schemas(false)) as "isOnSearchPath"
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = any($1)
        and n.nspname !~ '^pg_' and n.nspname not in ('public', 'information_schema', 'graphile_worker')
      order by n.nspname, array_position($1, c.relname::text)`,
    [names],
  );
  return rows;
}

/** A table with its columns and its number of rows. Policies that would hide rows from its owner are put off. */
export async function readTable(client: pg.Client, relation: OldRelation): Promise<OldTable> {
  const table = quoted("public", relation.name);
  await lock(client, relation.name);
  await client.query(`alter table ${table} disable row level security, no force row level security`);
  const columns = await readColumns(client, relation.name);
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${table}`);
  return { ...relation, columns, rows: rows[0]?.count ?? 0 };
}

/** Throws CannotAdoptError where somebody else does not let go of the table. */
async function lock(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`lock table ${quoted("public", name)} in access exclusive mode`);
  } catch (error) {
    if (sqlState(error) !== "55P03") throw error;
    const what = "another session uses it and did not let go of it in time";
    throw new CannotAdoptError([{ table: name, what, todo: "Stop what uses the database, and run again." }]);
  }
}

export async function readColumns(client: pg.Client, table: string): Promise<Map<string, OldColumn>> {
  const { rows } = await client.query<OldColumn>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            case when coalesce(b.typtype, t.typtype) = 'e' then 'enum'
                 else coalesce(b.typname, t.typname)::text end as base,
            a.attnotnull as "isNotNull", t.typnotnull as "refusesNull", a.attidentity as identity,
            a.attgenerated <> '' as "isGenerated"
       from pg_attribute a
       join pg_type t on t.oid = a.atttypid
       left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
      order by a.attnum`,
    [quoted("public", table)],
  );
  return new Map(rows.map((column) => [column.name, column]));
}
