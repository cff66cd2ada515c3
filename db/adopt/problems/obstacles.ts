/** What in the database itself keeps a table from being taken over or put out of the way. */
import type pg from "pg";
import type { ForeignKey } from "../extras/foreign-keys.ts";
import { isTextual } from "../older/conversions.ts";
import { type AdoptedName, adoptedNames, rules } from "../older/mission.ts";
import {
  asideSchema,
  type OldRelation,
  type OldTable,
  quoted,
  type RelationElsewhere,
} from "../older/old-tables.ts";
import { asideName } from "../set-aside.ts";
import type { Problem } from "./problems.ts";

/** Of the relation itself: nothing of it can be read or moved. */
export function findUnmovable(relations: OldRelation[], user: string): Problem[] {
  return relations.flatMap(({ name, kind, owner, isOurs, isInherited }) => {
    if (kind !== "r") {
      const todo = "Rename or drop it; what it shows can be made anew after the run.";
      return [{ table: name, what: `it is ${kindWords[kind] ?? "no table"} and not a table`, todo }];
    }
    if (!isOurs) {
      const todo = `alter table ${name} owner to ${user}; or run as ${owner}.`;
      return [{ table: name, what: `it belongs to ${owner}, and ${user} may not alter it`, todo }];
    }
    if (!isInherited) return [];
    const todo = "Put its rows into one ordinary table of that name.";
    return [{ table: name, what: "it inherits from a table, or another inherits from it", todo }];
  });
}

const kindWords: Record<string, string> = {
  v: "a view",
  m: "a materialized view",
  p: "a partitioned table",
  f: "a foreign table",
  S: "a sequence",
  i: "an index",
  c: "a composite type",
};

/** In a schema where an unqualified name finds them: then it means one thing to the product and another to this run. */
export function findShadowing(elsewhere: RelationElsewhere[]): Problem[] {
  return elsewhere
    .filter(({ isOnSearchPath }) => isOnSearchPath)
    .map(({ schema, name }) => ({
      table: `${schema}.${name}`,
      what: "it has the name of a table of ours in another schema of the search_path",
      todo: `alter table ${quoted(schema, name)} set schema public; or take ${schema} out of the search_path.`,
    }));
}

/** Names that the run itself needs and that are in use. */
export async function findTakenNames(client: pg.Client, relations: OldRelation[]): Promise<Problem[]> {
  const renamed = relations.filter(({ name }) => !isAdopted(name)).map(({ name }) => asideName(name));
  const { rows } = await client.query<{ table: string; what: string }>(
    `select c.relname as table, 'this name is for what is put aside and is in use' as what from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relname = any($1)
      union all
     select nspname, 'a schema of this name is there, and the run needs the name' from pg_namespace
      where nspname = $2
         or (nspname, pg_get_userbyid(nspowner)) in (select 'app', rolname from pg_roles where rolname <> 'app_owner')
         or (nspname, pg_get_userbyid(nspowner)) in (
              select 'graphile_worker', rolname from pg_roles where rolname <> 'app_jobs')`,
    [renamed, asideSchema],
  );
  return rows.map((row) => ({ ...row, todo: "Rename it." }));
}

export function isAdopted(name: string): name is AdoptedName {
  return adoptedNames.some((adopted) => adopted === name);
}

/** Views, functions and the like that are made of an adopted table and would be lost with it. */
export async function findDependents(client: pg.Client, tables: OldTable[]): Promise<Problem[]> {
  const { rows } = await client.query<{ table: string; dependent: string }>(
    `with target as (
       select c.oid, c.relname, c.reltype, t.typarray
         from pg_class c join pg_type t on t.oid = c.reltype where c.oid = any($1::oid[]))
     select distinct t.relname as table,
            case when r.oid is not null then pg_describe_object('pg_class'::regclass, r.ev_class, 0)
                 else pg_describe_object(d.classid, d.objid, d.objsubid) end as dependent
       from target t
       join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = t.oid
                        or d.refclassid = 'pg_type'::regclass and d.refobjid in (t.reltype, t.typarray)
       left join pg_rewrite r on d.classid = 'pg_rewrite'::regclass and r.oid = d.objid
       left join pg_policy p on d.classid = 'pg_policy'::regclass and p.oid = d.objid
      where d.deptype = 'n'
        and case when r.oid is not null then r.ev_class not in (select oid from target)
                 when p.oid is not null then p.polrelid not in (select oid from target)
                 when d.classid = 'pg_class'::regclass then d.objid not in (select oid from target)
                   and d.refclassid = 'pg_type'::regclass
                 else d.classid = 'pg_proc'::regclass end
      order by 1, 2`,
    [tables.map(({ oid }) => oid)],
  );
  return rows.map(({ table, dependent }) => ({
    table,
    what: `${dependent} is made of it`,
    todo: "Drop it before the run and make it again after it.",
  }));
}

/** Keys of other tables that cannot point to ours: we may not alter them, or their column has another type. */
export function findFixedKeys(keys: ForeignKey[], tables: OldTable[]): Problem[] {
  return keys.flatMap((key) => {
    const target = tables.find(({ oid }) => oid === key.toOid);
    if (!target || key.isFromAdopted) return [];
    const place = { table: key.from.join("."), column: key.columns.join(", ") };
    if (!key.mayAlter) {
      const what = `it points to ${target.name}, and its owner ${key.owner} is somebody whose tables we may not alter`;
      return [{ ...place, what, todo: "Make the connecting user its owner, or drop the foreign key." }];
    }
    const changed = key.toColumns.find((column) => becomesUuid(target, column));
    if (!changed) return [];
    const what = `it points to ${target.name}.${changed}, which becomes a uuid`;
    const todo = `Drop the foreign key ${key.name}, and after the run change the column to uuid and add it again.`;
    return [{ ...place, what, todo }];
  });
}

function becomesUuid(table: OldTable, columnName: string): boolean {
  const column = table.columns.get(columnName);
  const name = adoptedNames.find((adopted) => adopted === table.name);
  return (
    name !== undefined &&
    rules[name][columnName]?.kind === "uuid" &&
    column !== undefined &&
    isTextual(column)
  );
}
