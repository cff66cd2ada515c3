/** Foreign keys to and from the older tables: read before they move, made anew on ours after. */
import type pg from "pg";
import { quoted } from "../older/old-tables.ts";
import { CannotAdoptError, type Problem } from "../problems/problems.ts";
import { asOwner } from "../rows/rows.ts";

export interface ForeignKey {
  oid: string;
  name: string;
  /** Schema and table, as they were before anything moved. */
  from: [string, string];
  fromOid: string;
  columns: string[];
  to: [string, string];
  toOid: string;
  toColumns: string[];
  /** Everything after the columns that it points to: actions, deferrable, not valid. */
  suffix: string;
  isFromAdopted: boolean;
  isToAdopted: boolean;
  /** Of the table that points. */
  owner: string;
  mayAlter: boolean;
}

/** The foreign keys that start or end at one of these tables. */
export async function readForeignKeys(client: pg.Client, oids: string[]): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey & { definition: string }>(
    `select k.oid::text as oid, k.conname as name, array[fn.nspname, f.relname]::text[] as from,
            array[tn.nspname, t.relname]::text[] as to, k.conrelid::text as "fromOid", k.confrelid::text as "toOid",
            ${columnNames("k.conrelid", "k.conkey")} as columns,
            ${columnNames("k.confrelid", "k.confkey")} as "toColumns",
            pg_get_constraintdef(k.oid) as definition, k.conrelid = any($1::oid[]) as "isFromAdopted",
            k.confrelid = any($1::oid[]) as "isToAdopted", pg_get_userbyid(f.relowner) as owner,
            pg_has_role(f.relowner, 'usage') as "mayAlter"
       from pg_constraint k
       join pg_class f on f.oid = k.conrelid join pg_namespace fn on fn.oid = f.relnamespace
       join pg_class t on t.oid = k.confrelid join pg_namespace tn on tn.oid = t.relnamespace
      where k.contype = 'f' and k.conparentid = 0
        and (k.conrelid = any($1::oid[]) or k.confrelid = any($1::oid[]))
      order by fn.nspname, f.relname, k.conname`,
    [oids],
  );
  return rows.map(({ definition, ...key }) => ({ ...key, suffix: suffixOf(definition) }));
}

function columnNames(relation: string, numbers: string): string {
  return `array(select a.attname::text from unnest(${numbers}) with ordinality n (num, place)
                  join pg_attribute a on a.attrelid = ${relation} and a.attnum = n.num order by n.place)`;
}

/** Anchored at the end: names before it may hold anything. */
const suffixForm =
  /( MATCH FULL)?( ON UPDATE (?:[A-Z]| (?!ON ))+)?( ON DELETE [A-Z ]+(?: \([^)]*\))?)?( DEFERRABLE)?( INITIALLY DEFERRED)?( NOT VALID)?$/;

function suffixOf(definition: string): string {
  return suffixForm.exec(definition)?.[0] ?? "";
}

/** A key that is made anew: under which names it starts and ends now. */
export interface NewKey {
  key: ForeignKey;
  columns: string[];
  /** Our table that it ends at, or undefined for where it ended before. */
  to: string | undefined;
  toColumns: string[];
}

/** Keys of other people's tables point to ours from now on. Throws CannotAdoptError with all that cannot. */
export async function pointToOurs(client: pg.Client, wanted: NewKey[]): Promise<void> {
  const problems: Problem[] = [];
  for (const one of wanted) {
    const from = await tableOf(client, one.key.fromOid);
    await client.query("savepoint foreign_key");
    try {
      await client.query(`alter table ${from} drop constraint ${quoted(one.key.name)}`);
      await client.query(await statementOf(client, one, from));
    } catch (error) {
      await client.query("rollback to savepoint foreign_key");
      problems.push(problemOf(one, error));
    }
    await client.query("release savepoint foreign_key");
  }
  if (problems.length > 0) throw new CannotAdoptError(problems);
}

/** The key as a statement, for whoever may alter `from`; what it needs of the table it ends at is granted. */
export async function statementOf(client: pg.Client, one: NewKey, from: string): Promise<string> {
  const { key, columns, toColumns } = one;
  if (one.to) await requireUnique(client, one.to, toColumns);
  const to = one.to ?? (await tableOf(client, key.toOid));
  const list = (names: string[]) => names.map((name) => quoted(name)).join(", ");
  return `alter table ${from} add constraint ${quoted(key.name)} foreign key (${list(columns)})
            references ${to} (${list(toColumns)})${key.suffix}`;
}

/** By its oid: its name may be another by now. */
export async function tableOf(client: pg.Client, oid: string): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name
       from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::oid`,
    [oid],
  );
  return rows[0]?.name ?? "";
}

/** What a key points to has to be unique; an id of ours may be so only together with its workspace. */
async function requireUnique(client: pg.Client, to: string, columns: string[]): Promise<void> {
  const { rows } = await client.query(
    `select from pg_index i where i.indrelid = $1::regclass and i.indisunique and i.indpred is null
        and i.indexprs is null and i.indimmediate and array(
          select a.attname::text from unnest(i.indkey::int2[]) with ordinality k (num, place)
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.num
           where k.place <= i.indnkeyatts order by 1) = array(select unnest($2::text[]) order by 1)`,
    [to, columns],
  );
  if (rows.length > 0) return;
  const list = columns.map((name) => quoted(name)).join(", ");
  await asOwner(client, () => client.query(`alter table ${to} add unique (${list})`));
}

function problemOf({ key }: NewKey, error: unknown): Problem {
  return {
    table: key.from.join("."),
    column: key.columns.join(", "),
    what: `its foreign key ${key.name} cannot point to the new ${key.to[1]} (${(error as Error).message})`,
    todo: "Drop the foreign key, or correct these rows.",
  };
}
