/** How a run goes on, stops and is counted, with parts that are made up. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { root } from "../stack.ts";
import { report } from "./report.ts";
import { type Part, runStages } from "./run.ts";

let lines: string[];
beforeEach(() => {
  lines = [];
  const keep = (text: string) => void lines.push(text);
  vi.spyOn(console, "log").mockImplementation(keep);
  vi.spyOn(console, "error").mockImplementation(keep);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.resetModules();
});

const part = (name: string, script: string, counts?: Part["counts"]): Part => ({
  name,
  run: (place) => place.node({ command: ["-e", script] }),
  ...(counts ? { counts } : {}),
});
const says = (name: string) => part(name, `console.log("said by ${name}")`);
const fails = (name: string) => part(name, `console.log("said by ${name}"); process.exit(3)`);
const outcomes = (ran: Awaited<ReturnType<typeof runStages>>) =>
  ran.map(({ part, outcome }) => `${part.name} ${outcome}`);

describe("a run", () => {
  test("passes when each part does, and shows in one piece what those beside the first wrote", async () => {
    const ran = await runStages([[part("one", ""), says("two")], [part("three", "")]]);
    expect(outcomes(ran)).toEqual(["one passed", "two passed", "three passed"]);
    expect(lines).toEqual(["\n--- two, passed ---\nsaid by two\n--- end of two ---\n"]);
    expect(report(ran, 1)).toBe(true);
  });

  test("stops at the first failure what is beside it and what would follow", async () => {
    const started = performance.now();
    const ran = await runStages([
      [part("long", "setTimeout(() => {}, 60_000)"), fails("bad")],
      [says("later")],
    ]);
    expect(outcomes(ran)).toEqual(["long stopped", "bad failed", "later not run"]);
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(lines).toEqual([
      "\nbad failed: -e ended with code 3",
      "\n--- bad, failed ---\nsaid by bad\n--- end of bad ---\n",
    ]);
    expect(report(ran, 1)).toBe(false);
    expect(lines.at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  });

  test("goes on after a failure where it is told to, and has failed all the same", async () => {
    const ran = await runStages([[fails("bad")], [part("later", "")]], { goesOn: true });
    expect(outcomes(ran)).toEqual(["bad failed", "later passed"]);
    expect(report(ran, 1)).toBe(false);
  });

  test("fails by a test that passed only when it was repeated, and names it", async () => {
    const counts = () => ({ passed: 2, failed: 1, skipped: 0, repeated: ["a.test.ts: now and then"] });
    const ran = await runStages([[part("one", "", counts)]]);
    expect(outcomes(ran)).toEqual(["one failed"]);
    expect(lines.join()).toContain("a.test.ts: now and then");
    expect(report(ran, 1)).toBe(false);
    expect(lines.at(-1)).toBe("2 passed, 1 failed, 0 skipped");
  });
});

test("npm test fails by a test of vitest's that passed when it was repeated", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "curbe-repeated-"));
  const config = path.join(import.meta.dirname, "trials/vitest.config.ts");
  const { VITEST: _inside, ...ours } = process.env;
  const env = { ...ours, TEST_RESULTS: path.join(folder, "results") };
  const ran = spawnSync(process.execPath, ["scripts/test.ts", "unit", "--config", config], {
    cwd: root,
    env,
    encoding: "utf8",
  });
  rmSync(folder, { recursive: true, force: true });
  expect(ran.stderr).toContain("trials/passes-when-repeated.ts: now and then");
  expect(ran.stdout.trim().split("\n").at(-1)).toBe("0 passed, 1 failed, 0 skipped");
  expect(ran.status).toBe(1);
});

describe("the counts", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "curbe-counts-"));
    mkdirSync(folder, { recursive: true });
    vi.stubEnv("TEST_RESULTS", folder);
    vi.resetModules();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("of Playwright have a flaky test among the failed, wherever its suite stands", async () => {
    const spec = (title: string, status: string) => ({ title, file: "a.e2e.ts", tests: [{ status }] });
    const inner = { specs: [spec("now and then", "flaky")] };
    const suites = [{ specs: [spec("good", "expected")], suites: [inner] }];
    const stats = { expected: 1, unexpected: 2, flaky: 1, skipped: 4 };
    writeFileSync(path.join(folder, "browser.json"), JSON.stringify({ stats, suites }));
    const { readPlaywright } = await import("./counts.ts");
    expect(readPlaywright("browser")).toEqual({
      passed: 1,
      failed: 3,
      skipped: 4,
      repeated: ["a.e2e.ts: now and then"],
    });
  });

  test("of a runner that wrote none are none", async () => {
    const { readPlaywright, readVitest } = await import("./counts.ts");
    expect([readVitest("unit"), readPlaywright("browser")]).toEqual([undefined, undefined]);
  });
});
