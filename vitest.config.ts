import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The files wait for the database more than they compute: one worker, vitest's choice on two cores, idles half the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: ["app", "db", "scripts", "worker"].map((folder) => `${folder}/**/*.test.ts`),
          exclude: ["**/*.db.test.ts", "app/e2e/**"],
          // Thousands of made-up cases take seconds, and longer beside whatever else a machine does.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "database",
          include: ["app", "db", "scripts", "worker"].map((folder) => `${folder}/**/*.db.test.ts`),
          globalSetup: ["db/testing/global-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
