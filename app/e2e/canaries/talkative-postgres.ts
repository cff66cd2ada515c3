/** A PostgreSQL of the system's own packages that writes down every statement with its parameters. Thrown away. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { unprivilegedIdentity } from "../../../db/testing/embedded-postgres.ts";
import { freePort } from "../../../db/testing/free-port.ts";

export interface TalkativePostgres {
  /** Superuser's, of the database `postgres`. */
  url: string;
  version: string;
  /** All that it has written. */
  log(): string;
  /** Everything in it, as SQL. */
  dump(database: string): string;
  /** Away for as long as `meanwhile` takes. */
  away(meanwhile: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

const talkative = {
  log_statement: "all",
  log_min_duration_statement: "0",
  log_error_verbosity: "verbose",
  log_parameter_max_length: "-1",
  log_parameter_max_length_on_error: "-1",
  log_connections: "on",
  fsync: "off",
  synchronous_commit: "off",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
};

/** `bin` is the folder of its programs. */
export async function startTalkativePostgres(bin: string, password: string): Promise<TalkativePostgres> {
  const identity = unprivilegedIdentity();
  const folder = mkdtempSync(path.join(tmpdir(), "curbe-canaries-"));
  if (identity) chownSync(folder, identity.uid, identity.gid);
  const [data, logFile, passwordFile] = ["data", "log", "password"].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  writeFileSync(passwordFile, password);
  if (identity) chownSync(passwordFile, identity.uid, identity.gid);
  const run = (program: string, args: string[]) =>
    execFileSync(path.join(bin, program), args, {
      ...identity,
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 1e9,
      stdio: ["ignore", "pipe", "pipe"],
    });
  run("initdb", [
    `--pgdata=${data}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
  ]);
  const port = await freePort();
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const flags = Object.entries(talkative).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(logFile, "a");
  const serve = async () => {
    const child = spawn(path.join(bin, "postgres"), ["-D", data, "-p", String(port), ...flags], {
      ...identity,
      cwd: folder,
      stdio: ["ignore", log, log],
    });
    await untilReady(child, url);
    return child;
  };
  let server = await serve();
  return {
    url,
    version: run("postgres", ["--version"]).trim(),
    log: () => readFileSync(logFile, "utf8"),
    dump: (database) => run("pg_dump", ["--inserts", url.replace(/postgres$/, database)]),
    async away(meanwhile) {
      await end(server);
      await meanwhile();
      server = await serve();
    },
    async stop() {
      await end(server);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 50) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      return await client.end();
    } catch {
      await sleep(50);
    }
  }
  throw new Error("The system's PostgreSQL did not start.");
}

/** Its fast way to stop: who is connected is sent away. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  await gone;
}
