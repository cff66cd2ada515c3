import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import LongestFirst from "./db/testing/longest-first.ts";
import { byTier, isLongRun } from "./db/testing/tier.ts";

// Half of what a process costs that a test starts, and a fifth of what a test file does, is compiling the same modules.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, "node_modules/.cache/node-compile");

const folders = ["app", "db", "scripts", "worker"];
const tests = (ending: string) => folders.map((folder) => `${folder}/**/*.${ending}`);
const always = [...configDefaults.exclude, "app/e2e/**", ...(isLongRun ? [] : ["**/*.long.*"])];

/** Files that replace modules, or add a channel to them, need a process of their own: others load the real ones. */
const replacing = globSync(tests("test.ts")).filter((file) =>
  /vi\.mock\(|addSecondChannel\(/.test(readFileSync(file, "utf8")),
);

/** Conditions are waited for, however slow the machine, and noticed soon. */
const patience = { expect: { poll: { interval: 20, timeout: 30_000 } } };

const unit = {
  ...patience,
  // Thousands of made-up cases take seconds, and longer beside whatever else a machine does.
  testTimeout: byTier(30_000, 1_800_000),
};

const database = {
  ...patience,
  globalSetup: ["db/testing/global-setup.ts"],
  setupFiles: ["db/testing/cheap-passwords.ts"],
  testTimeout: byTier(60_000, 1_800_000),
  hookTimeout: 60_000,
};

/** A project whose files share a process, and one for those that cannot. */
const together = (name: string, ending: string, exclude: string[] = []) => ({
  name,
  include: tests(ending),
  exclude: [...always, ...exclude, ...replacing],
  isolate: false,
});
const apart = (name: string, isMine: (file: string) => boolean) => ({
  name: `${name}-apart`,
  include: replacing.filter(isMine),
  exclude: always,
});
const isDatabases = (file: string) => file.endsWith(".db.test.ts");

export default defineConfig({
  test: {
    // The files wait for the database more than they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...unit, ...together("unit", "test.ts", ["**/*.db.test.ts"]) } },
      { test: { ...unit, ...apart("unit", (file) => !isDatabases(file)) } },
      { test: { ...database, ...together("database", "db.test.ts") } },
      { test: { ...database, ...apart("database", isDatabases) } },
    ],
  },
});
