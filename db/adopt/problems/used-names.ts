/** Names in `public` that belong to others and that the run needs, and sequences that others count by. */
import type pg from "pg";
import { links, rules } from "../older/mission.ts";
import type { OldRelation, OldTable } from "../older/old-tables.ts";
import { isAdopted } from "./obstacles.ts";
import type { Problem } from "./problems.ts";

/** Indexes and sequences that the files of the schema call by name. */
function namesIn(texts: string[]): string[] {
  return texts.flatMap((text) =>
    [...text.matchAll(/^create (?:unique )?index (\w+)|\bon sequence (\w+)/gm)].map(
      ([, index, sequence]) => index ?? sequence ?? "",
    ),
  );
}

/** What has such a name and does not move with one of the tables that are taken over or renamed. */
export async function findUsedNames(
  client: pg.Client,
  relations: OldRelation[],
  texts: string[],
): Promise<Problem[]> {
  const { rows } = await client.query<{ table: string; kind: string }>(
    `select c.relname as table, c.relkind as kind from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relname = any($1)
        and not exists (select from pg_index i where i.indexrelid = c.oid and i.indrelid = any($2::oid[]))
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                           and d.refclassid = 'pg_class'::regclass and d.refobjid = any($2::oid[])
                           and d.deptype in ('a', 'i'))
      order by 1`,
    [[...namesIn(texts), "contacts_id_seq"], relations.map(({ oid }) => oid)],
  );
  const words: Record<string, string> = { i: "index", S: "sequence" };
  return rows.map(({ table, kind }) => ({
    table,
    what: "the run needs this name for a part of its own",
    todo: `Rename it: alter ${words[kind] ?? "table"} ${table} rename to …; what uses it follows.`,
  }));
}

/** Defaults of other tables that count by the sequence of a column which is taken over, and ends with it. */
export async function findSharedSequences(client: pg.Client, tables: OldTable[]): Promise<Problem[]> {
  const { rows } = await client.query<{
    table: string;
    column: string;
    sequence: string;
    name: string;
    of: string;
  }>(
    `select a.adrelid::regclass::text as table, t.attname as column, d.objid::regclass::text as sequence,
            c.relname as name, o.attname as of
       from pg_depend d
       join pg_class c on c.oid = d.refobjid
       join pg_attribute o on o.attrelid = d.refobjid and o.attnum = d.refobjsubid
       join pg_class s on s.oid = d.objid and s.relkind = 'S'
       join pg_depend u on u.refclassid = 'pg_class'::regclass and u.refobjid = s.oid
                       and u.classid = 'pg_attrdef'::regclass
       join pg_attrdef a on a.oid = u.objid
       join pg_attribute t on t.attrelid = a.adrelid and t.attnum = a.adnum
      where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        and d.refobjid = any($1::oid[]) and a.adrelid <> all($1::oid[])
      order by 1, 2`,
    [tables.map(({ oid }) => oid)],
  );
  return rows
    .filter(({ name, of }) => isAdopted(name) && (of in rules[name] || links[name] === of))
    .map(({ table, column, sequence, name, of }) => ({
      table,
      column,
      what: `it counts by ${sequence}, which belongs to ${name}.${of} and ends with it`,
      todo: "Give the column a sequence of its own: create one, and set the default.",
    }));
}
