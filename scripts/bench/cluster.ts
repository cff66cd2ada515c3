/**
 * The benchmark's own PostgreSQL, as a careful operator of a small machine would run it: durable, with more memory than
 * the defaults. What it runs with is read back from it and stands in the results.
 */
import { mkdirSync, readFileSync, statfsSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../db/testing/embedded-postgres.ts";
import { administer, withDatabase } from "../../db/testing/test-database.ts";

const settings = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "512MB",
  max_wal_size: "4GB",
  max_connections: "200",
  // To a file beside the data, where the plans of the growth scenario are read.
  logging_collector: "on",
  log_directory: "log",
};

const shown = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_sync_method",
  "shared_buffers",
  "max_wal_size",
  "checkpoint_timeout",
  "wal_level",
  "work_mem",
  "effective_cache_size",
  "max_connections",
  "autovacuum",
  "jit",
] as const;

export interface Cluster {
  adminUrl: string;
  version: string;
  /** As `show` answers. */
  settings: Record<string, string>;
  pid: number;
  dataDir: string;
  /** Logs of the parts. */
  folder: string;
  /** A new database, a copy of `template`; returns its URL. */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(dataFolder: string): Promise<Cluster> {
  mkdirSync(dataFolder, { recursive: true });
  const inMemory = 0x01021994;
  if (statfsSync(dataFolder).type === inMemory)
    throw new Error(`${dataFolder} is in memory, where fsync costs nothing: choose a disk with --data.`);
  const folder = await mkdtemp(path.join(dataFolder, "curbe-bench-"));
  // As root the server runs as somebody else, who must be able to enter.
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, "data"), settings });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(server.dataDir, { recursive: true, force: true });
  };
  try {
    const { version, found } = await readSettings(server.url);
    return {
      adminUrl: server.url,
      version,
      settings: found,
      dataDir: server.dataDir,
      folder,
      stop,
      pid: Number(readFileSync(path.join(server.dataDir, "postmaster.pid"), "utf8").split("\n")[0]),
      async createDatabase(name, template = "template1") {
        await administer(server.url, `create database ${name} template ${template}`);
        await administer(server.url, "checkpoint");
        return withDatabase(server.url, name);
      },
      dropDatabase: (name) => administer(server.url, `drop database if exists ${name} with (force)`),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readSettings(url: string) {
  return withClient(url, async (client) => {
    const found: Record<string, string> = {};
    for (const name of shown) found[name] = (await client.query(`show ${name}`)).rows[0]?.[name];
    if (found.fsync !== "on" || found.synchronous_commit !== "on" || found.full_page_writes !== "on")
      throw new Error("PostgreSQL does not run durably: nothing measured on it would count.");
    const { server_version: version } = (await client.query("show server_version")).rows[0];
    return { version: String(version), found };
  });
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "bench" });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
