/** A run of the browser tests that is killed leaves nobody behind: no browser, web, worker, sandbox or database. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../../../scripts/stack.ts";
import { descendantsOf, leftAfter, type Seen } from "../../../scripts/tests/trials/processes.ts";

let folder: string;
let started: Seen[] = [];
test.beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "curbe-killed-"));
});
test.afterEach(async () => {
  for (const { pid } of await leftAfter(0, started)) process.kill(pid, "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

test("a killed run leaves neither browser nor product", async () => {
  test.setTimeout(180_000);
  const config = path.join(import.meta.dirname, "trials/playwright.config.ts");
  const underWay = path.join(folder, "under-way");
  const { DATABASE_URL: _ours, ...env } = process.env;
  const run = spawn(process.execPath, ["node_modules/@playwright/test/cli.js", "test", "--config", config], {
    cwd: root,
    stdio: "ignore",
    env: { ...env, TEST_RESULTS: path.join(folder, "results"), NEVER_ENDS_FILE: underWay },
  });
  const ended = new Promise((resolve) => run.once("exit", resolve));
  await expect.poll(() => existsSync(underWay), { timeout: 120_000 }).toBe(true);
  started = descendantsOf(run.pid ?? 0);
  const commands = started.map(({ command }) => command).join("\n");
  for (const part of [/bin\/postgres -D/, /build\/web/, /build\/worker/, /meta-sandbox/, /chrom/i])
    expect(commands).toMatch(part);
  run.kill("SIGKILL");
  await ended;
  expect(await leftAfter(30_000, started)).toEqual([]);
});
