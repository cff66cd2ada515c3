/** Before the browser tests: the built web, the worker and the Meta sandbox, on free ports and a database of their own. */
import { createWriteStream, mkdirSync } from "node:fs";
import path from "node:path";
import { makeLogins } from "../../db/logins.ts";
import { migrate } from "../../db/migrate.ts";
import { freePort } from "../../db/testing/free-port.ts";
import { testCluster } from "../../db/testing/global-setup.ts";
import { administer, withDatabase } from "../../db/testing/test-database.ts";
import { startMailCatcher } from "../../scripts/mail-catcher.ts";
import { seedDemo } from "../../scripts/seed.ts";
import { generateSecrets, root, startStack } from "../../scripts/stack.ts";

export default async function startProduct() {
  const cluster = await testCluster();
  const name = `curbe_e2e_${process.pid}`;
  // Migrated once, and copied by every product.
  const template = `${name}_template`;
  await administer(cluster.adminUrl, `create database ${template}`);
  await migrate(withDatabase(cluster.adminUrl, template));
  process.env.E2E_TEMPLATE = template;
  await administer(cluster.adminUrl, `create database ${name} template ${template}`);
  const databaseUrl = withDatabase(cluster.adminUrl, name);
  await seedDemo(databaseUrl, { anywhere: true });

  mkdirSync(path.join(root, "test-results"), { recursive: true });
  const log = createWriteStream(path.join(root, "test-results/product.log"));
  const catcher = await startMailCatcher();
  // The stricter of the two ways to come in; other tests of the browser start products on one DATABASE_URL.
  const logins = await makeLogins(databaseUrl, { prefix: name });
  const secrets = generateSecrets();
  const stack = startStack({
    ...{ databaseUrl, logins },
    ports: { web: await freePort(), worker: await freePort(), sandbox: await freePort() },
    secrets,
    webCommand: ["build/web/index.js"],
    workerCommand: ["build/worker/index.js"],
    nodeEnv: "production",
    smtpUrl: catcher.smtpUrl,
    onLine: (part, line) => log.write(`${part} ${line}\n`),
  });
  await stack.ready.catch(async (error: unknown) => {
    await stack.stop();
    await catcher.stop();
    throw error;
  });
  process.env.E2E_ORIGIN = stack.origin;
  process.env.E2E_SANDBOX = stack.sandboxUrl;
  process.env.E2E_DATABASE = databaseUrl;
  process.env.E2E_METRICS_TOKEN = secrets.metricsToken;
  process.env.E2E_MAILS = catcher.url;
  process.env.E2E_SMTP = catcher.smtpUrl;
  process.env.E2E_LOG = path.join(root, "test-results/product.log");

  return async () => {
    await stack.stop();
    await catcher.stop();
    log.end();
    for (const one of [name, template])
      await administer(cluster.adminUrl, `drop database if exists ${one} with (force)`);
    for (const login of logins) await administer(cluster.adminUrl, `drop role ${login.name}`);
    await cluster.stop();
  };
}
