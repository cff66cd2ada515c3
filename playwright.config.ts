import { defineConfig } from "@playwright/test";

const ownProduct =
  /\/(popup|two-webs|webhook-hostile|door|bench|tenant-matrix|canaries|proxies)[^/]*\.e2e\.ts$/;

export default defineConfig({
  testDir: "app/e2e",
  testMatch: "**/*.e2e.ts",
  globalSetup: "./app/e2e/start-product.ts",
  outputDir: "test-results/browser",
  reporter: [["list"], ["json", { outputFile: "test-results/browser.json" }]],
  workers: 2,
  // Three hundred journeys beside each other on two cores: one that was only starved gets a second try, and is listed as flaky.
  retries: 1,
  projects: [
    // One product, one sandbox, one pair of workspaces: journeys take turns.
    { name: "journeys", testIgnore: ownProduct, workers: 1 },
    // These start a product each, and go on beside the journeys.
    { name: "of their own", testMatch: ownProduct, workers: 1 },
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
