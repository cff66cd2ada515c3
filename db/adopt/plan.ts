/** What becomes of each column of an older table: taken over, kept beside ours, or in the way. */
import type pg from "pg";
import { type Conversion, conversionTo } from "./older/conversions.ts";
import { type AdoptedName, type ColumnRule, rules } from "./older/mission.ts";
import { type OldColumn, type OldTable, quoted } from "./older/old-tables.ts";
import type { Problem } from "./problems/problems.ts";

export interface TablePlan {
  table: OldTable;
  name: AdoptedName;
  /** By our column: how the old one of that name becomes it. */
  taken: Map<string, Conversion>;
  problems: Problem[];
}

interface Candidate {
  column: OldColumn;
  rule: ColumnRule;
  conversion: Conversion;
}

/** Looks at every value of the columns that have a name of the mission's. Changes nothing. */
export async function planTable(client: pg.Client, table: OldTable): Promise<TablePlan> {
  const name = table.name as AdoptedName;
  const plan: TablePlan = { table, name, taken: new Map(), problems: [] };
  const candidates: Candidate[] = [];
  for (const [columnName, rule] of Object.entries(rules[name])) {
    const column = table.columns.get(columnName);
    if (!column) {
      if (rule.isNeeded && table.rows > 0) plan.problems.push(missing(table, columnName));
      continue;
    }
    const conversion = conversionTo(rule.kind, column);
    if (conversion) candidates.push({ column, rule, conversion });
    else if (!rule.mayStandAside) plan.problems.push(wrongType(table, column, rule));
  }
  for (const candidate of candidates) await take(client, plan, candidate);
  return plan;
}

async function take(client: pg.Client, plan: TablePlan, { column, rule, conversion }: Candidate) {
  const ref = `o.${quoted(column.name)}`;
  const { failing, empty } = await countBad(client, plan.table, ref, conversion);
  if (failing > 0) {
    if (!rule.mayStandAside) plan.problems.push(unconvertible(plan.table, column, rule, failing));
    return;
  }
  if (rule.isNeeded && empty > 0) plan.problems.push(withoutValue(plan.table, column, empty));
  const repeated = rule.isUnique ? await countRepeated(client, plan.table, conversion.value(ref)) : 0;
  if (repeated > 0 || (rule.isUnique && empty > 0)) {
    if (rule.mayStandAside) return;
    if (repeated > 0) plan.problems.push(repeatedValue(plan.table, column, repeated));
  }
  plan.taken.set(column.name, conversion);
}

async function countBad(client: pg.Client, table: OldTable, ref: string, conversion: Conversion) {
  const fails = conversion.fails?.(ref);
  const { rows } = await client.query<{ failing: number; empty: number }>(
    `select count(*) filter (where ${fails ?? "false"})::int as failing,
            count(*) filter (where nullif(btrim(${ref}::text), '') is null)::int as empty
       from ${quoted("public", table.name)} o`,
  );
  return rows[0] ?? { failing: 0, empty: 0 };
}

async function countRepeated(client: pg.Client, table: OldTable, value: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select (count(${value}) - count(distinct ${value}))::int as count from ${quoted("public", table.name)} o`,
  );
  return rows[0]?.count ?? 0;
}

const kindWords = {
  uuid: "a uuid",
  text: "a text",
  time: "a point in time",
  json: "JSON",
  integer: "a whole number",
};

function missing({ name, rows }: OldTable, column: string): Problem {
  return {
    table: name,
    column,
    rows,
    what: "there is no such column, and without it nobody knows what a row is",
    todo: "Add it with a value in every row.",
  };
}

function wrongType({ name, rows }: OldTable, column: OldColumn, { kind }: ColumnRule): Problem {
  return {
    table: name,
    column: column.name,
    rows,
    what: `it is ${column.type} and has to be ${kindWords[kind]}`,
    todo: "Change the column's type, and that of every column that points to it.",
  };
}

function unconvertible(
  { name }: OldTable,
  column: OldColumn,
  { kind }: ColumnRule,
  failing: number,
): Problem {
  return {
    table: name,
    column: column.name,
    rows: failing,
    what: `the value is not ${kindWords[kind]}`,
    todo: "Correct these values.",
  };
}

function withoutValue({ name }: OldTable, column: OldColumn, empty: number): Problem {
  return {
    table: name,
    column: column.name,
    rows: empty,
    what: "there is no value, and without it nobody knows what the row is",
    todo: "Give these rows one, or delete them.",
  };
}

function repeatedValue({ name }: OldTable, column: OldColumn, repeated: number): Problem {
  return {
    table: name,
    column: column.name,
    rows: repeated,
    what: "another row has the same value",
    todo: "Give each row its own.",
  };
}
