/** The PostgreSQL of the system, of its own packages: an older one than ours, with what ours lacks (`pg_dump`). */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installOnDebian, isDebian } from "./debian.ts";

const versions = "/usr/lib/postgresql";

/** The folder with its programs, version 15 before later ones; undefined where there is none of 15 or later. */
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
