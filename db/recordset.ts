/**
 * Rows for `json_to_recordset`. What is null is left out, as it means the same there: most of a wide row is, and every
 * byte of a batch is written, sent and parsed. Only of the row itself: a null within one of its values stays.
 */
export function recordset(rows: readonly object[]): string {
  return JSON.stringify(rows.map(withoutNulls));
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
