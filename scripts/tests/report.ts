/** What stands at the end of a run: a table of its parts, and one line that says how many tests passed. */
import type { Ran } from "./run.ts";

const columns = ["part", "", "seconds", "passed", "failed", "skipped"];

/** Prints the table and, last, the line; true when everything passed. */
export function report(ran: Ran[], seconds: number): boolean {
  const rows = ran.map(({ part, outcome, seconds }) => {
    const counts = outcome === "not run" ? undefined : part.counts?.();
    const numbers = counts ? [counts.passed, counts.failed, counts.skipped] : ["", "", ""];
    return [part.name, outcome, outcome === "not run" ? "" : seconds.toFixed(1), ...numbers.map(String)];
  });
  console.log(`\n${table([columns, ...rows, ["all", "", seconds.toFixed(1), "", "", ""]])}\n`);
  console.log(closingLine(ran));
  return ran.every(({ outcome }) => outcome === "passed");
}

function closingLine(ran: Ran[]): string {
  const counts = ran.flatMap(({ part, outcome }) => (outcome === "not run" ? [] : (part.counts?.() ?? [])));
  const sum = (field: "passed" | "failed" | "skipped") =>
    counts.reduce((total, one) => total + one[field], 0);
  // What failed without a test of its own, as types do, is one.
  const failed = sum("failed") || ran.filter(({ outcome }) => outcome === "failed").length;
  return `${sum("passed")} passed, ${failed} failed, ${sum("skipped")} skipped`;
}

function table(rows: string[][]): string {
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const line = (row: string[]) =>
    row
      .map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
