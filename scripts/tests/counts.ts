/** How many tests passed, by what the runners wrote. A test that had to be repeated has failed. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "../stack.ts";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** Those of the failed that passed when they were tried again. */
  repeated: string[];
}

/** A run within a run writes elsewhere. */
export const results = process.env.TEST_RESULTS || path.join(root, "test-results");

/** Of an earlier run nothing is left to be counted. */
export function clearResults(): void {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
}

/** As `vitest-counts.ts` wrote it; undefined when it did not come to that. */
export function readVitest(name: string): Counts | undefined {
  return readJson<Counts>(`${name}.json`);
}

/** As Playwright's reporter wrote it. */
export function readPlaywright(name: string): Counts | undefined {
  const report = readJson<PlaywrightReport>(`${name}.json`);
  if (!report) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected, failed: unexpected + flaky, skipped, repeated: report.suites.flatMap(flakyIn) };
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  suites: PlaywrightSuite[];
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[];
  specs: { title: string; file: string; tests: { status: string }[] }[];
}

function flakyIn({ suites = [], specs }: PlaywrightSuite): string[] {
  const own = specs.filter(({ tests }) => tests.some(({ status }) => status === "flaky"));
  return [...own.map(({ file, title }) => `${file}: ${title}`), ...suites.flatMap(flakyIn)];
}

function readJson<Shape>(file: string): Shape | undefined {
  try {
    return JSON.parse(readFileSync(path.join(results, file), "utf8")) as Shape;
  } catch {
    return undefined;
  }
}
