import { type RawBuilder, sql } from "kysely";

/**
 * Rows of a batch as `json_to_recordset`, whose columns the statement names. What is null is left out, as it means the same
 * there: most of a wide row is, and every byte is written, sent and parsed. Only of the row itself: a null within one of
 * its values stays.
 */
export function recordset(rows: readonly object[]): RawBuilder<unknown> {
  return sql`json_to_recordset(${JSON.stringify(rows.map(withoutNulls))}::json)`;
}

function withoutNulls(row: object): object {
  const told: Record<string, unknown> = {};
  // A row is a plain object; Object.entries would make a list of each.
  for (const name in row) {
    const value: unknown = row[name as keyof typeof row];
    if (value !== null) told[name] = value;
  }
  return told;
}
