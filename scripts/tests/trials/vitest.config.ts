import { defineConfig } from "vitest/config";
import { root } from "../../stack.ts";

const folder = "scripts/tests/trials";

/** For runs within a run: one that goes on over a database and with a worker until it is killed, one that repeats a test. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        test: {
          name: "database",
          include: [`${folder}/never-ends.ts`],
          globalSetup: ["db/testing/global-setup.ts"],
          testTimeout: 120_000,
        },
      },
      { test: { name: "unit", include: [`${folder}/passes-when-repeated.ts`], retry: 1 } },
    ],
  },
});
