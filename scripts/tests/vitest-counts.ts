/** A reporter of vitest's: what its test runs counted, with the tests that were repeated, and how long each file took. */
import { writeFileSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import type { Counts } from "./counts.ts";

/** Written to the file that TEST_COUNTS names. */
export default class CountsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env.TEST_COUNTS;
    if (!file) return;
    const counts: Counts = { passed: 0, failed: 0, skipped: 0, repeated: [] };
    for (const one of modules) for (const test of one.children.allTests()) count(test, counts);
    const files = modules.map((one) => ({
      file: one.relativeModuleId,
      ms: Math.round(one.diagnostic().duration),
    }));
    files.sort((a, b) => b.ms - a.ms);
    writeFileSync(file, JSON.stringify({ ...counts, files }, null, 1));
  }
}

function count(test: TestCase, counts: Counts): void {
  const { state } = test.result();
  const wasRepeated = state === "passed" && (test.diagnostic()?.retryCount ?? 0) > 0;
  if (wasRepeated) counts.repeated.push(`${test.module.relativeModuleId}: ${test.fullName}`);
  if (state === "failed" || wasRepeated) counts.failed++;
  else if (state === "passed") counts.passed++;
  else counts.skipped++;
}
