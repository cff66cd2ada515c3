/** Once for a test run: a PostgreSQL (DATABASE_URL's, else an embedded one that is thrown away) and a migrated template. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { migrate } from "../migrate.ts";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";
import { administer, withDatabase } from "./test-database.ts";

declare module "vitest" {
  export interface ProvidedContext {
    adminUrl: string;
    template: string;
  }
}

export default async function setup(project: TestProject) {
  const cluster = await testCluster();
  const template = `curbe_template_${process.pid}`;
  await administer(cluster.adminUrl, `create database ${template}`);
  await migrate(withDatabase(cluster.adminUrl, template));
  project.provide("adminUrl", cluster.adminUrl);
  project.provide("template", template);
  return async () => {
    await administer(cluster.adminUrl, `drop database if exists ${template} with (force)`);
    await cluster.stop();
  };
}

/** A cluster that tests may make databases in. `stop` ends it when it was started here. */
export async function testCluster(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL;
  if (given) return { adminUrl: given, stop: async () => {} };
  const folder = await mkdtemp(path.join(tmpdir(), "curbe-pg-"));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, "data"),
    // Thrown away after the run: durability buys nothing here.
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  return {
    adminUrl: server.url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      await rm(path.dirname(server.dataDir), { recursive: true, force: true });
    },
  };
}
