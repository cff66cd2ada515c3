/**
 * `npm test`: format, lint, types and dead code; unit and database tests; the build; browser tests against it.
 * `npm test -- unit|database|browser|check` runs one part. Stops at the first part that fails.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { ensureBrowser } from "./browser.ts";
import { ensureSystemPostgres } from "./debian-postgres.ts";
import { root } from "./stack.ts";

const results = path.join(root, "test-results");
const bin = (name: string) => path.join(root, "node_modules", name);
const vitest = (project: string) => [
  bin("vitest/vitest.mjs"),
  "run",
  `--project=${project}`,
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=${path.join(results, `${project}.json`)}`,
];

const parts: Record<string, () => Promise<void>> = {
  check: () =>
    run([bin("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."])
      .then(types)
      .then(deadCode),
  unit: () => run(vitest("unit")),
  database: () => {
    ensureSystemPostgres();
    return run(vitest("database"));
  },
  browser: async () => {
    const CHROMIUM_PATH = ensureBrowser();
    ensureSystemPostgres();
    await run(["scripts/build.ts"]);
    await run([bin("@playwright/test/cli.js"), "test"], { CHROMIUM_PATH });
  },
};
const types = () => run([bin("typescript/bin/tsc"), "--noEmit"]);
const deadCode = () => run([bin("knip/bin/knip.js")]);

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in parts));
if (unknown) {
  console.error(`There is no part "${unknown}": ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  try {
    await part();
  } catch (error) {
    console.error(`\n${name} failed: ${error instanceof Error ? error.message : error}`);
    console.log(closingLine());
    process.exit(1);
  }
  console.log(`\n${name} passed in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
console.log(closingLine());

function run(command: string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(command[0] ?? "")} ended with ${signal ?? `code ${code}`}`));
    });
  });
}

function closingLine(): string {
  const counts = [readVitest("unit"), readVitest("database"), readPlaywright()];
  const sum = (field: "passed" | "failed" | "skipped") =>
    counts.reduce((total, one) => total + one[field], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`;
}

function readVitest(project: string) {
  const report = readJson(`${project}.json`);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: report?.numFailedTests ?? 0,
    skipped: report?.numPendingTests ?? 0,
  };
}

function readPlaywright() {
  const stats = readJson("browser.json")?.stats;
  return {
    passed: (stats?.expected ?? 0) + (stats?.flaky ?? 0),
    failed: stats?.unexpected ?? 0,
    skipped: stats?.skipped ?? 0,
  };
}

interface Report {
  numPassedTests?: number;
  numFailedTests?: number;
  numPendingTests?: number;
  stats?: { expected?: number; flaky?: number; unexpected?: number; skipped?: number };
}

function readJson(file: string): Report | undefined {
  try {
    return JSON.parse(readFileSync(path.join(results, file), "utf8")) as Report;
  } catch {
    return undefined;
  }
}
