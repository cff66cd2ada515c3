import { defineConfig } from "@playwright/test";
import ordinary from "../../../../playwright.config.ts";

/** One test that goes on with a product and a browser until its run is killed. */
export default defineConfig({
  outputDir: process.env.TEST_RESULTS ?? "",
  testMatch: "never-ends.ts",
  reporter: "line",
  timeout: 300_000,
  use: ordinary.use ?? {},
});
