import { defineConfig } from "@playwright/test";
import { isLongRun } from "./db/testing/tier.ts";

/**
 * Files that start products of their own, by the kind of product. One worker for each kind: it starts the product once
 * and goes from file to file with it.
 */
const ownProducts = {
  canaries: /\/canaries\/[^/]*\.e2e\.ts$/,
  "tenant matrix": /\/tenant-matrix[^/]*\.e2e\.ts$/,
  "signup window": /\/popup[^/]*\.e2e\.ts$/,
  "two webs": /\/(two-webs|webhook-hostile)[^/]*\.e2e\.ts$/,
  door: /\/(door|proxies)[^/]*\.e2e\.ts$/,
  "others of their own": /\/(pooler|postgres-15|bench)[^/]*\.e2e\.ts$/,
};

/** What only the long run runs. */
const notNow = isLongRun ? [] : [/\.long\.e2e\.ts$/];

export default defineConfig({
  testDir: "app/e2e",
  testMatch: "**/*.e2e.ts",
  testIgnore: notNow,
  globalSetup: "./app/e2e/start-product.ts",
  outputDir: "test-results/browser",
  reporter: [["list"], ["json", { outputFile: "test-results/browser.json" }]],
  workers: 2,
  // Three hundred journeys beside each other on two cores: one that was only starved gets a second try, and is listed as flaky.
  retries: 1,
  projects: [
    ...Object.entries(ownProducts).map(([name, testMatch]) => ({ name, testMatch, workers: 1 })),
    // One product, one sandbox, one pair of workspaces: journeys take turns.
    { name: "journeys", testIgnore: [...notNow, ...Object.values(ownProducts)], workers: 1 },
  ],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    launchOptions: {
      ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
  },
});
