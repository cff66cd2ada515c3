import { defineConfig } from "@playwright/test";
import { isLongRun } from "./db/testing/tier.ts";

/**
 * Files that start products of their own, by the kind of product. One worker for each kind: it starts the product once
 * and goes from file to file with it.
 */
const ownProducts = {
  canaries: /\/canaries\/[^/]*\.e2e\.ts$/,
  "tenant matrix": /\/matrix\/[^/]*\.e2e\.ts$/,
  "signup window": /\/signup-window\/[^/]*\.e2e\.ts$/,
  "two webs": /\/(two-webs|hostile)\/[^/]*\.e2e\.ts$/,
  door: /\/door\/[^/]*\.e2e\.ts$/,
  "others of their own": /\/installations\/(pooler|postgres-15|bench|gallery)[^/]*\.e2e\.ts$/,
};

/** What only the long run runs. */
const notNow = isLongRun ? [] : [/\.long\.e2e\.ts$/];

export default defineConfig({
  testDir: "app/e2e",
  testMatch: "**/*.e2e.ts",
  testIgnore: notNow,
  globalSetup: "./app/e2e/product/start-cluster.ts",
  outputDir: "test-results/browser",
  reporter: [["list"], ["json", { outputFile: "test-results/browser.json" }]],
  // On two cores: while one waits for a page, another has a core. A fourth costs more with its product than it gains.
  workers: 3,
  // The second try is there for its trace: a test that passes only then fails the run.
  retries: 1,
  failOnFlakyTests: true,
  projects: [
    ...Object.entries(ownProducts).map(([name, testMatch]) => ({ name, testMatch, workers: 1 })),
    // A product for each worker.
    { name: "journeys", testIgnore: [...notNow, ...Object.values(ownProducts)] },
  ],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    // Emptied between tests, and kept: a new one costs more than most tests.
    reuseContext: true,
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        // What draws is no process of its own, and what compilers gain in a document that lives for a second they have
        // cost before: a sixth of all CPU time.
        "--in-process-gpu",
        "--js-flags=--no-opt,--no-maglev,--single-threaded-gc",
        // One process for the pages of one test after another: a new one for each test, and one in reserve, cost a fifth.
        "--disable-site-isolation-trials",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    screenshot: "only-on-failure",
    trace: "on-first-retry",
  },
});
