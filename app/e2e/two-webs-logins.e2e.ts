/** The built product under logins of its own, on the PostgreSQL that we carry and on the oldest one; and behind a pooler. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "@playwright/test";
import { migrate } from "../../db/migrate.ts";
import { debianPostgres15, startEmbeddedPostgres } from "../../db/testing/embedded-postgres.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { startPooler } from "../../db/testing/pooler.ts";
import { createTestDatabase } from "../../db/testing/test-database.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../../scripts/meta-sandbox/world.ts";
import { generateSecrets, startStack } from "../../scripts/stack.ts";
import { connect, connectedPlace, read, somebody } from "./connect-by-http.ts";
import { startTwoWebs, type TwoWebs } from "./two-webs.ts";

/** Connects a number, receives a message and shows it, in one workspace and not in another; looks who came in. */
async function journey(product: TwoWebs): Promise<void> {
  const [ana, eva] = [await somebody(product), await somebody(product)];
  expect(await connect(product, ana, { businessId: BUSINESS_IDS.luz })).toBe(connectedPlace);
  const deliveries = () =>
    product.sql("select metadata->'deliveries'->>'state' as state from channel_connections");
  await expect.poll(deliveries).toEqual([{ state: "on" }]);
  const sender = { phone: "525587654321", name: "Marta Ríos" };
  await product.control("/messages", { phoneNumberId: NUMBER_IDS.luz, text: "Buenas tardes", sender });
  await expect.poll(() => read(ana, "/conversations", 0)).toContain("Marta Ríos");
  expect(await read(eva, "/conversations", 1)).not.toContain("Marta");

  const rows = await product.sql<{ login: string; parts: string }>(
    `select split_part(usename, '_', -1) as login, string_agg(distinct application_name, ' ' order by application_name) as parts
       from pg_stat_activity where datname = current_database() and application_name ~ '^curbe-(web|worker|live|op)'
      group by usename order by 1`,
  );
  expect(rows.map(({ login }) => login)).toEqual(["web", "worker"]);
  expect(rows[1]?.parts).not.toMatch(/curbe-(web|live)/);
  expect(rows[0]?.parts).not.toMatch(/curbe-worker/);
}

test("with logins of their own web and worker connect, receive and show", async () => {
  test.setTimeout(120_000);
  const product = await startTwoWebs({ withLogins: true });
  await journey(product).finally(() => product.stop());
});

test("so they do on PostgreSQL 15, and with one DATABASE_URL too", async () => {
  test.skip(!existsSync(debianPostgres15), "Debian's postgresql-15 is not installed");
  test.setTimeout(240_000);
  const folder = await mkdtemp(path.join(tmpdir(), "curbe-e2e-pg15-"));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, "data"),
    native: debianPostgres15,
  });
  try {
    const product = await startTwoWebs({ adminUrl: server.url, withLogins: true });
    await journey(product).finally(() => product.stop());
    const single = await startTwoWebs({ adminUrl: server.url });
    const ana = await somebody(single);
    expect(await connect(single, ana, { businessId: BUSINESS_IDS.luz })).toBe(connectedPlace);
    await single.stop();
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(path.dirname(server.dataDir), { recursive: true, force: true });
  }
});

test("behind a pooler that drops start-up options both say at /readyz why they are not ready, and recover", async () => {
  test.setTimeout(120_000);
  // Of its own: a worker says in its database whether it sends mails, and this one does not.
  const database = await createTestDatabase(process.env.E2E_DATABASE ?? "", "template1");
  await migrate(database.url);
  const pooler = await startPooler(database.url);
  const ports = { web: await freePort(), worker: await freePort(), sandbox: await freePort() };
  const stack = startStack({
    ...{ databaseUrl: pooler.url, ports, secrets: generateSecrets(), nodeEnv: "production" },
    ...{ webCommand: ["build/web/index.js"], workerCommand: ["build/worker/index.js"], onLine() {} },
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
    await expect.poll(readiness(stack.origin)).toEqual(drops("app_web"));
    await expect
      .poll(readiness(stack.workerUrl))
      .toEqual([503, expect.stringMatching(/^connections do not come up as app_/)]);
    pooler.rewrite((options) => options);
    await expect.poll(readiness(stack.origin), { timeout: 40_000 }).toEqual([200, undefined]);
    await expect.poll(readiness(stack.workerUrl), { timeout: 40_000 }).toEqual([200, undefined]);
  } finally {
    await stack.stop();
    await pooler.stop();
    await database.drop();
  }
});
