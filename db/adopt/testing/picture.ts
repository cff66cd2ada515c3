/** All of a database as text: its schema, who may do what, and every value. For comparing before and after. */
import type { OlderDatabase } from "./older-database.ts";

const ownSchemas = "nspname !~ '^pg_' and nspname <> 'information_schema'";

const facts = `
  select format('relation %s %s %s %s %s %s %s', c.oid, c.oid::regclass, c.relkind, c.relowner::regrole, c.relacl,
                c.relrowsecurity, c.relforcerowsecurity) as fact
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ownSchemas}
  union all
  select format('column %s %s %s %s %s %s %s %s', a.attrelid::regclass, a.attnum, a.attname, a.atttypid::regtype,
                a.attnotnull, a.attisdropped, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where ${ownSchemas} and a.attnum > 0
  union all
  select format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) from pg_constraint k
    join pg_namespace n on n.oid = k.connamespace where ${ownSchemas}
  union all select format('index %s', indexdef) from pg_indexes join pg_namespace on nspname = schemaname where ${ownSchemas}
  union all select format('sequence %s.%s %s', schemaname, sequencename, last_value) from pg_sequences
  union all
  select format('function %s %s', p.oid::regprocedure, md5(p.prosrc)) from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace where ${ownSchemas}
  union all select format('schema %s %s %s', nspname, nspowner::regrole, nspacl) from pg_namespace where ${ownSchemas}
  union all select format('trigger %s %s', tgrelid::regclass, tgname) from pg_trigger where not tgisinternal
  union all select format('policy %s %s', polrelid::regclass, polname) from pg_policy`;

/** Lines in an order that nothing decides but themselves. */
export async function pictureOf(older: OlderDatabase): Promise<string[]> {
  const found = await older.sql<{ fact: string }>(facts);
  const tables = await older.sql<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where relkind = 'r' and ${ownSchemas}`,
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      older.sql<{ fact: string }>(
        `select format('row ${name.replaceAll("'", "''")} %s', t) as fact from ${name} t`,
      ),
    ),
  );
  return [...found, ...rows.flat()].map(({ fact }) => fact).sort();
}
