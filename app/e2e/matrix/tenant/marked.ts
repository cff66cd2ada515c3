/** Rows whose ids and texts carry the marks of their owner. */
import type { TestDatabase } from "../../../../db/testing/test-database.ts";
import type { Marks } from "./needles.ts";

type Value = string | number | boolean | null | Date | Buffer | object;
export type Insert = (table: string, row: Record<string, Value>) => Promise<void>;

export function inserting(sql: TestDatabase["sql"]): Insert {
  return async (table, row) => {
    const columns = Object.keys(row);
    const values = Object.values(row).map((value) =>
      value !== null && typeof value === "object" && !(value instanceof Date) && !Buffer.isBuffer(value)
        ? JSON.stringify(value)
        : value,
    );
    await sql(
      `insert into ${table} (${columns.join()}) overriding system value values (${columns.map((_, n) => `$${n + 1}`).join()})`,
      values,
    );
  };
}

export const uuid = (marks: Marks, n: number) =>
  `${marks.uuid}-0000-4000-8000-${String(n).padStart(12, "0")}`;
export const bigint = (marks: Marks, n: number) => marks.bigint + String(n).padStart(4, "0");
export const digits = (marks: Marks, n: number) => marks.digits + String(n).padStart(4, "0");
