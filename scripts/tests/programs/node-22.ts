/** The oldest Node that we support, beside the pinned one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { program } from "../parts.ts";

/**
 * A Node 22 of the npm registry, installed into a folder of our caches when it is not there. Throws a sentence when that
 * cannot be done.
 */
export function ensureNode22(): string {
  const folder = program(".cache/node-22");
  const { platform, arch } = process;
  // As the package `node` names those with the programs; its own script would want npm to run scripts.
  const name = `${platform === "darwin" && arch === "arm64" ? "node-bin" : "node"}-${platform}-${arch}`;
  const node = path.join(folder, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  const { status } = spawnSync("npm", [...args, `${name}@22`], { cwd: folder, stdio: "inherit" });
  if (status !== 0 || !existsSync(node)) throw new Error(`npm could not install ${name}@22: see above.`);
  return node;
}
