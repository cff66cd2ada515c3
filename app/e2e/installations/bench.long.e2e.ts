/** The benchmark with tiny numbers, so that it cannot rot: it runs to its end and everything is counted. No times. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../../../scripts/stack.ts";

const scenarios = [
  "steady",
  "sizing",
  "quiet",
  "pages",
  "bulk",
  "growth",
  "processes",
  "memory",
  "neighbour",
];

test("every scenario of the benchmark runs, and everything acknowledged is stored once", async () => {
  // It takes a quarter of this on a machine that does nothing else.
  test.setTimeout(180_000);
  const folder = await mkdtemp(path.join(tmpdir(), "curbe-bench-results-"));
  try {
    const { code, said } = await runBench(["--no-build", "--scale", "0.002", "--results", folder]);
    expect(code, said).toBe(0);
    const results = await readFile(path.join(folder, "RESULTS.md"), "utf8");
    const goals = rowsUnder(results, "## Goals");
    expect([...new Set(goals.map(([scenario]) => scenario))]).toEqual(scenarios);
    const counts = rowsUnder(results, "## Counts");
    expect(counts.length).toBeGreaterThan(scenarios.length);
    for (const [run, messages, stored, statuses, told, quarantined, open, jobs, failed, holds] of counts) {
      expect(Number(messages), run).toBeGreaterThan(0);
      expect([stored, told, holds], run).toEqual([messages, statuses, "yes"]);
      expect([quarantined, open, jobs, failed], run).toEqual(["0", "0", "0", "0"]);
    }
    expect(counts.some(([, , , statuses]) => Number(statuses) > 0)).toBe(true);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

function runBench(options: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ["scripts/bench/index.ts", ...options], { cwd: root });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  return new Promise((resolve) => child.once("exit", (code) => resolve({ code, said })));
}

/** Cells of the first table after a heading. */
function rowsUnder(markdown: string, heading: string): string[][] {
  const [, after = ""] = markdown.split(`${heading}\n`);
  const lines = (after.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
  return lines.slice(2).map((line) => line.slice(2, -2).split(" | "));
}
