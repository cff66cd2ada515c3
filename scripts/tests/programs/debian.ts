/** Programs that come as packages: what is here, and what Debian can install when a test command runs as root. */
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";

/** Where a program is, also outside of a user's PATH; undefined when it is not here. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable);
}

/** As `findProgram`, after installing the package of that name on Debian as root. */
export function ensureProgram(name: string): string | undefined {
  const found = findProgram(name);
  if (found) return found;
  installOnDebian(name);
  return findProgram(name);
}

/** Installs packages where that is possible: on Debian, as root. Says so; does not fail where it cannot. */
export function installOnDebian(...packages: string[]): void {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  console.log(`Installing ${packages.join(" and ")} (apt-get install) ...`);
  // A package's service is none of ours to start.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  spawnSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  const flags = ["install", "-y", "-qq", "--no-install-recommends", ...packages];
  spawnSync("apt-get", flags, { stdio: ["ignore", "ignore", "inherit"], env });
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isDebian(): boolean {
  return (
    existsSync("/etc/os-release") &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"))
  );
}

const versions = "/usr/lib/postgresql";

/**
 * The folder with the programs of the system's PostgreSQL, an older one than ours, with what ours lacks (`pg_dump`):
 * version 15 before later ones; undefined where there is none of 15 or later.
 */
export function systemPostgres(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const found = readdirSync(versions)
    .filter((version) => Number(version) >= 15)
    .map((version) => path.join(versions, version, "bin"))
    .filter((folder) =>
      ["initdb", "postgres", "pg_dump"].every((name) => existsSync(path.join(folder, name))),
    );
  return found.sort()[0];
}

/** On Debian as root it installs the package `postgresql` when there is none, without a cluster; else it does nothing. */
export function ensureSystemPostgres(): void {
  if (systemPostgres() || process.getuid?.() !== 0 || !isDebian()) return;
  // The package would make a cluster and start it.
  mkdirSync("/etc/postgresql-common/createcluster.d", { recursive: true });
  writeFileSync("/etc/postgresql-common/createcluster.d/no-cluster.conf", "create_main_cluster = false\n");
  installOnDebian("postgresql");
}
