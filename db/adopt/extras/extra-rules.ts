/** Indexes, unique rules and checks of an older table that concern nothing but its extra columns. */
import type pg from "pg";
import { asideSchema, quoted } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { keepIfHarmless } from "../problems/trial.ts";
import type { ExtraColumn } from "../rows/rows.ts";
import { asideName } from "../set-aside.ts";
import type { Say } from "./extra-columns.ts";

interface Index {
  name: string;
  definition: string;
  /** Of the unique constraint that it stands for. */
  constraint: string | null;
  columns: string[];
  isOfMission: boolean;
}

/** Indexes that were brought along; those on the mission's columns are ours to make, and the others are said. */
export async function bringIndexes(client: pg.Client, plan: TablePlan, extras: ExtraColumn[], say: Say) {
  const kept = new Set(extras.filter(({ from, to }) => from === to).map(({ from }) => from));
  for (const index of await readIndexes(client, plan)) {
    if (index.isOfMission || !index.columns.some((column) => !plan.taken.has(column))) continue;
    const isWhole = index.columns.every((column) => kept.has(column));
    if (!isWhole || !(await bringIndex(client, plan, index)))
      say(`${plan.name}: the index ${index.name} (${index.columns.join(", ")}) is gone`);
  }
}

async function readIndexes(client: pg.Client, plan: TablePlan): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition, i.indisprimary as "isOfMission",
            (select k.conname from pg_constraint k where k.conindid = i.indexrelid and k.contype = 'u') as constraint,
            array(select distinct a.attname::text from pg_attribute a
                   where a.attrelid = i.indrelid and a.attnum > 0
                     and (a.attnum = any(i.indkey) or exists (
                       select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
                          and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid
                          and d.refobjsubid = a.attnum))) as columns
       from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = $1::regclass and not i.indisexclusion order by c.relname`,
    [quoted(asideSchema, plan.name)],
  );
  return rows;
}

/** Two rows without a value are no repetition, whatever the older index made of them. */
async function bringIndex(client: pg.Client, plan: TablePlan, index: Index): Promise<boolean> {
  const name = (await isFree(client, index.name)) ? index.name : asideName(index.name);
  const definition = index.definition
    .replace(
      /^CREATE (UNIQUE )?INDEX .*? ON /s,
      (_, unique = "") => `CREATE ${unique}INDEX ${quoted(name)} ON `,
    )
    .replace(` ON ${asideSchema}.`, " ON public.")
    .replace(/ NULLS NOT DISTINCT/, "");
  const asConstraint =
    index.constraint === null
      ? ""
      : `; alter table ${quoted("public", plan.name)} add constraint ${quoted(index.constraint)} unique using index ${quoted(name)}`;
  return keepIfHarmless(client, `set local role app_owner; ${definition}${asConstraint}`);
}

async function isFree(client: pg.Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ free: boolean }>("select to_regclass($1) is null as free", [
    quoted("public", name),
  ]);
  return rows[0]?.free ?? false;
}

/** Checks that concern extra columns only and that rows of ours pass; the others are said. */
export async function bringChecks(client: pg.Client, plan: TablePlan, extras: ExtraColumn[], say: Say) {
  const kept = new Set(extras.filter(({ from, to }) => from === to).map(({ from }) => from));
  const { rows } = await client.query<{ name: string; definition: string; columns: string[] }>(
    `select k.conname as name, pg_get_constraintdef(k.oid) as definition,
            array(select a.attname::text from pg_attribute a
                   where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as columns
       from pg_constraint k where k.conrelid = $1::regclass and k.contype in ('c', 'x') order by k.conname`,
    [quoted(asideSchema, plan.name)],
  );
  for (const { name, definition, columns } of rows) {
    const isWhole = columns.length > 0 && columns.every((column) => kept.has(column));
    const statement = `set local role app_owner;
      alter table ${quoted("public", plan.name)} add constraint ${quoted(name)} ${definition}`;
    if (!isWhole || !(await keepIfHarmless(client, statement)))
      say(`${plan.name}: the check ${name} (${columns.join(", ")}) is gone`);
  }
}

/** Triggers, rules, policies, grants and places in publications do not come along: ours are the walls. Says which there were. */
export async function sayWhatIsGone(client: pg.Client, plan: TablePlan, say: Say): Promise<void> {
  const { rows } = await client.query<{ what: string }>(
    `select 'the trigger ' || tgname as what from pg_trigger where tgrelid = $1::regclass and not tgisinternal
      union all select 'the policy ' || polname from pg_policy where polrelid = $1::regclass
      union all select 'the rule ' || rulename from pg_rewrite where ev_class = $1::regclass
      union all
     select 'its place in the publication ' || p.pubname from pg_publication_rel r
       join pg_publication p on p.oid = r.prpubid where r.prrelid = $1::regclass
      union all select 'the statistics ' || stxname from pg_statistic_ext where stxrelid = $1::regclass
      union all
     select distinct format('what %s was granted on %s', coalesce(r.rolname, 'everybody'), a.attname)
       from pg_attribute a cross join aclexplode(a.attacl) g left join pg_roles r on r.oid = g.grantee
      where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped
      union all
     select distinct 'what ' || coalesce(r.rolname, 'everybody') || ' was granted'
       from pg_class c cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
      where c.oid = $1::regclass and g.grantee <> c.relowner and r.rolname is distinct from 'app_owner'`,
    [quoted(asideSchema, plan.name)],
  );
  for (const { what } of rows) say(`${plan.name}: ${what} is gone`);
}
