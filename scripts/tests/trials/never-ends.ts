/** Not part of any suite: `killed-run.db.test.ts` runs it and kills the run. */
import { writeFileSync } from "node:fs";
import { inject, test } from "vitest";
import { createTestDatabase } from "#db/testing/test-database.ts";
import { startWorker, untilReady, workerEnvironment } from "../../../worker/testing/test-worker.ts";

test("goes on until it is killed", async () => {
  const database = await createTestDatabase(inject("adminUrl"), inject("template"));
  await untilReady(await startWorker(workerEnvironment(database.url)));
  writeFileSync(process.env.NEVER_ENDS_FILE ?? "", "under way");
  await new Promise(() => {});
});
