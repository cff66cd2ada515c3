import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["app", "db", "scripts", "worker"].map((folder) => `${folder}/**/*.test.ts`),
          exclude: ["**/*.db.test.ts", "app/e2e/**"],
        },
      },
      {
        test: {
          name: "database",
          include: ["app", "db", "scripts", "worker"].map((folder) => `${folder}/**/*.db.test.ts`),
          globalSetup: ["db/testing/global-setup.ts"],
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
    ],
  },
});
