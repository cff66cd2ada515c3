import { availableParallelism } from "node:os";
import path from "node:path";
import { configDefaults, defineConfig } from "vitest/config";
import LongestFirst from "./db/testing/longest-first.ts";
import { byTier, isLongRun } from "./db/testing/tier.ts";

// Half of what a process costs that a test starts, and a fifth of what a test file does, is compiling the same modules.
process.env.NODE_COMPILE_CACHE ??= path.join(import.meta.dirname, "node_modules/.cache/node-compile");

const folders = ["app", "db", "scripts", "worker"];
const tests = (ending: string) => folders.map((folder) => `${folder}/**/*.${ending}`);
const exclude = [...configDefaults.exclude, "app/e2e/**", ...(isLongRun ? [] : ["**/*.long.*"])];

/** These replace modules, which needs a process of their own. */
const replacing = ["app/web/brute-force.db.test.ts", "app/web/input-sweep.db.test.ts"];

/** Conditions are waited for, however slow the machine, and noticed soon. */
const patience = { expect: { poll: { interval: 20, timeout: 10_000 } } };

const database = {
  ...patience,
  globalSetup: ["db/testing/global-setup.ts"],
  setupFiles: ["db/testing/cheap-passwords.ts"],
  testTimeout: byTier(60_000, 1_800_000),
  hookTimeout: 60_000,
};

export default defineConfig({
  test: {
    // The files wait for the database more than they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...patience,
          name: "unit",
          include: tests("test.ts"),
          exclude: [...exclude, "**/*.db.test.ts"],
          // Thousands of made-up cases take seconds, and longer beside whatever else a machine does.
          testTimeout: byTier(30_000, 1_800_000),
        },
      },
      {
        test: {
          ...database,
          name: "database",
          include: tests("db.test.ts"),
          exclude: [...exclude, ...replacing],
          isolate: false,
        },
      },
      { test: { ...database, name: "database-apart", include: replacing } },
    ],
  },
});
