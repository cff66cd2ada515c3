/** Not part of any suite: `killed-run.long.e2e.ts` runs it and kills the run. */
import { writeFileSync } from "node:fs";
import { test } from "@playwright/test";
import { migrate } from "../../../../db/migrate.ts";
import { freePort } from "../../../../db/testing/free-port.ts";
import { testCluster } from "../../../../db/testing/global-setup.ts";
import { generateSecrets, startStack } from "../../../../scripts/stack.ts";

test("goes on until it is killed", async ({ page }) => {
  const cluster = await testCluster();
  await migrate(cluster.adminUrl);
  const stack = startStack({
    databaseUrl: cluster.adminUrl,
    ports: { web: await freePort(), worker: await freePort(), sandbox: await freePort() },
    secrets: generateSecrets(),
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    onLine() {},
  });
  await stack.ready;
  await page.goto(`${stack.origin}/login`);
  writeFileSync(process.env.NEVER_ENDS_FILE ?? "", "under way");
  await new Promise(() => {});
});
