/** Before the browser tests: one PostgreSQL for all of them, and in it a migrated database to copy from. */
import { migrate } from "../../../db/migrate.ts";
import { testCluster } from "../../../db/testing/global-setup.ts";
import { administer, withDatabase } from "../../../db/testing/test-database.ts";

export default async function startCluster() {
  const cluster = await testCluster();
  const template = `curbe_e2e_template_${process.pid}`;
  const stop = async () => {
    await administer(cluster.adminUrl, `drop database if exists ${template} with (force)`);
    await cluster.stop();
  };
  try {
    await administer(cluster.adminUrl, `create database ${template}`);
    await migrate(withDatabase(cluster.adminUrl, template));
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.E2E_DATABASE = cluster.adminUrl;
  process.env.E2E_TEMPLATE = template;
  return stop;
}
