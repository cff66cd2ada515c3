/** The built product by way of a pooler that does not hand on what a connection begins with. */
import { expect } from "@playwright/test";
import { freePort } from "../../../db/testing/free-port.ts";
import { startPooler } from "../../../db/testing/pooler.ts";
import { generateSecrets, startStack } from "../../../scripts/stack.ts";
import { test } from "../product/complaints.ts";
import { migratedDatabase } from "../product/start.ts";

test("behind a pooler that drops start-up options both say at /readyz why they are not ready, and recover", async () => {
  test.setTimeout(120_000);
  // Of its own: a worker says in its database whether it sends mails, and this one does not.
  const database = await migratedDatabase();
  const pooler = await startPooler(database.url);
  const [web, worker, sandbox] = await Promise.all([freePort(), freePort(), freePort()]);
  const stack = startStack({
    databaseUrl: pooler.url,
    ports: { web, worker, sandbox },
    secrets: generateSecrets(),
    nodeEnv: "production",
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    onLine() {},
  });
  stack.ready.catch(() => {});
  const readiness = (url: string) => async () => {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    return answer && [answer.status, ((await answer.json()) as { reason?: string }).reason];
  };
  try {
    const drops = (role: string) => [
      503,
      `connections do not come up as ${role}: a pooler drops start-up options`,
    ];
    await expect.poll(readiness(stack.origin), { intervals: [50] }).toEqual(drops("app_web"));
    await expect
      .poll(readiness(stack.workerUrl), { intervals: [50] })
      .toEqual([503, expect.stringMatching(/^connections do not come up as app_/)]);
    pooler.rewrite((options) => options);
    await expect
      .poll(readiness(stack.origin), { intervals: [50], timeout: 40_000 })
      .toEqual([200, undefined]);
    await expect
      .poll(readiness(stack.workerUrl), { intervals: [50], timeout: 40_000 })
      .toEqual([200, undefined]);
  } finally {
    await stack.stop();
    await pooler.stop();
    await database.drop();
  }
});
