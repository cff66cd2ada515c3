/** Programs that come as packages: what is here, and what Debian can install when a test command runs as root. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
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

export function isDebian(): boolean {
  return (
    existsSync("/etc/os-release") &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync("/etc/os-release", "utf8"))
  );
}
