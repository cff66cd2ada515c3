/** Putting rows into our tables, with the extra columns of the older ones beside them. */
import type pg from "pg";
import { asideSchema, quoted } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";

/** A column of an older table that is none of ours. */
export interface ExtraColumn {
  from: string;
  /** Its name in our table. */
  to: string;
  /** SQL of its value, where that is not simply the older one; `o` is the older row. */
  value?: string;
}

export interface Insertion {
  table: string;
  /** By our column. */
  values: Record<string, string>;
  /** After `from`; `o` is the older row. */
  source: string;
  extras: ExtraColumn[];
  parameters?: unknown[];
}

/** As the owner of our tables. Returns how many rows were put in. */
export async function insertRows(client: pg.Client, insertion: Insertion): Promise<number> {
  const { table, values, source, extras, parameters = [] } = insertion;
  const columns = [...Object.keys(values), ...extras.map(({ to }) => to)].map((name) => quoted(name));
  const selected = [
    ...Object.values(values),
    ...extras.map(({ from, value }) => value ?? `o.${quoted(from)}`),
  ];
  const result = await asOwner(client, () =>
    client.query(
      `insert into ${quoted("public", table)} (${columns.join(", ")}) overriding system value
       select ${selected.join(",\n              ")}
         from ${source}`,
      parameters,
    ),
  );
  return result.rowCount ?? 0;
}

/** In the role that owns our tables, and back. */
export async function asOwner<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query("set local role app_owner");
  const answer = await work();
  await client.query("reset role");
  return answer;
}

/** The older table where it waits, as `o`. */
export function aside({ table }: TablePlan): string {
  return `${quoted(asideSchema, table.name)} o`;
}

/** The older value of our column as SQL, or `null` where it is not taken over. */
export function taken(plan: TablePlan, column: string): string {
  return plan.taken.get(column)?.value(`o.${quoted(column)}`) ?? "null";
}

/** The first that has a value. */
export function firstOf(...expressions: string[]): string {
  const some = expressions.filter((expression) => expression !== "null");
  return some.length === 0 ? "null" : `coalesce(${some.join(", ")})`;
}

/** The first of the columns that the older table has, as trimmed text, or `null`. Beside our own names it knows a few. */
export function textOf(plan: TablePlan, ...columns: string[]): string {
  const found = columns.filter((column) => plan.table.columns.has(column));
  return firstOf(...found.map((column) => `nullif(btrim(o.${quoted(column)}::text), '')`));
}

/** Ids go on after the highest that was taken over. */
export async function continueIds(client: pg.Client, table: string): Promise<void> {
  await asOwner(client, () =>
    client.query(
      `select setval(pg_get_serial_sequence($1, 'id'), greatest(
          (select max(id) from ${quoted("public", table)}), 1),
          exists (select from ${quoted("public", table)}))`,
      [`public.${table}`],
    ),
  );
}
