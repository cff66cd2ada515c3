/** Once for a test run: a PostgreSQL (DATABASE_URL's, else an embedded one that is thrown away) and a migrated template. */
import { access, chmod, constants, mkdtemp, rm, statfs } from "node:fs/promises";
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

interface Shared {
  users: number;
  ready: ReturnType<typeof testCluster>;
}

/** For each project of the run, and each loads this file anew: the first of them starts the cluster, the last ends it. */
export default async function setup(project: TestProject) {
  const run = globalThis as { curbeTestCluster?: Shared };
  const template = `curbe_template_${process.pid}`;
  run.curbeTestCluster ??= { users: 0, ready: startWithTemplate(template) };
  const shared = run.curbeTestCluster;
  shared.users += 1;
  const cluster = await shared.ready;
  project.provide("adminUrl", cluster.adminUrl);
  project.provide("template", template);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    await administer(cluster.adminUrl, `drop database if exists ${template} with (force)`);
    await cluster.stop();
  };
}

async function startWithTemplate(template: string): ReturnType<typeof testCluster> {
  const cluster = await testCluster();
  await administer(cluster.adminUrl, `create database ${template}`);
  await migrate(withDatabase(cluster.adminUrl, template));
  return cluster;
}

/**
 * A cluster that tests may make databases in. `stop` ends it when it was started here. TEST_POSTGRES names the folder of
 * another PostgreSQL than the one that we carry.
 */
export async function testCluster(): Promise<{ adminUrl: string; stop(): Promise<void> }> {
  const given = process.env.DATABASE_URL;
  if (given) return { adminUrl: given, stop: async () => {} };
  const folder = await mkdtemp(path.join(await roomyFolder(), "curbe-pg-"));
  // As root the server runs as somebody else, who must be able to enter.
  await chmod(folder, 0o755);
  const native = process.env.TEST_POSTGRES;
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, "data"),
    settings: thrownAway,
    remove: [folder],
    ...(native ? { native } : {}),
  });
  await administer(server.url, cheapPassword(server.url));
  return {
    adminUrl: server.url,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      await rm(path.dirname(server.dataDir), { recursive: true, force: true });
    },
  };
}

/** Durability buys nothing here, and what has been written need not be kept for long. */
const thrownAway = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "256MB",
  // Three products at once, of thirty connections each when they are busy.
  max_connections: "300",
};

/**
 * The superuser's password again, of one round instead of thousands: each connection computes them anew, and tests open
 * some thousand. A PostgreSQL older than 16 knows no such setting.
 */
function cheapPassword(url: string): string {
  const { username, password } = new URL(url);
  return `select set_config('scram_iterations', '1', false) from pg_settings where name = 'scram_iterations';
    alter role ${username} password '${password}'`;
}

/** In memory where there is room for all that a run writes (a container may have 64 MB), else among temporary files. */
async function roomyFolder(): Promise<string> {
  const inMemory = "/dev/shm";
  const enough = 2 * 1024 ** 3;
  try {
    await access(inMemory, constants.W_OK);
    const { bavail, bsize } = await statfs(inMemory);
    if (bavail * bsize > enough && process.availableMemory() > 2 * enough) return inMemory;
  } catch {
    // Another system than Linux has none.
  }
  return tmpdir();
}
