/** A run of the tests that is ended in the middle leaves nobody behind: no database, no worker, no folder of theirs. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test, vi } from "vitest";
import { byTier } from "#db/testing/tier.ts";
import { root } from "../stack.ts";
import { descendantsOf, leftAfter, type Seen } from "./trials/processes.ts";

function startRun(folder: string) {
  const config = path.join(import.meta.dirname, "trials/vitest.config.ts");
  const underWay = path.join(folder, "under-way");
  const { DATABASE_URL: _ours, VITEST: _inside, ...env } = process.env;
  const run = spawn(process.execPath, ["scripts/test.ts", "database", "--config", config], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...env, TEST_RESULTS: path.join(folder, "results"), NEVER_ENDS_FILE: underWay },
  });
  let said = "";
  for (const stream of [run.stdout, run.stderr]) stream.on("data", (some) => (said += some));
  const ended = new Promise<number | string | null>((resolve) =>
    run.once("exit", (code, signal) => resolve(code ?? signal)),
  );
  return { run, ended, said: () => said, isUnderWay: () => existsSync(underWay) };
}

const dataOf = (command: string) => /postgres -D (\S+)/.exec(command)?.[1];

// Each waits for its own run most of the time.
test.concurrent.for([
  ["SIGKILL", "SIGKILL"],
  ...byTier([], [["SIGTERM", 143] as const, ["SIGINT", 130] as const]),
] as const)(
  "ended by %s it leaves neither PostgreSQL nor worker",
  { timeout: 180_000 },
  async ([signal, code], { onTestFinished }) => {
    const folder = mkdtempSync(path.join(tmpdir(), "curbe-killed-"));
    let started: Seen[] = [];
    onTestFinished(async () => {
      for (const { pid } of await leftAfter(0, started)) process.kill(pid, "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    const { run, ended, said, isUnderWay } = startRun(folder);
    await vi.waitUntil(() => isUnderWay() || run.exitCode !== null, { timeout: 90_000, interval: 50 });
    expect(isUnderWay(), said()).toBe(true);
    started = descendantsOf(run.pid ?? 0);
    const commands = started.map(({ command }) => command).join("\n");
    expect(commands).toMatch(/bin\/postgres -D/);
    expect(commands).toMatch(/worker\/index\.ts/);
    expect(commands).toMatch(/watchdog/);
    run.kill(signal);
    expect(await ended, said()).toBe(code);
    expect(await leftAfter(60_000, started)).toEqual([]);
    const [data = ""] = started.flatMap(({ command }) => dataOf(command) ?? []);
    expect([data === "", existsSync(path.dirname(data))]).toEqual([false, false]);
    if (signal !== "SIGKILL")
      expect(said().trim().split("\n").at(-1)).toMatch(/^0 passed, \d failed, 0 skipped$/);
  },
);
