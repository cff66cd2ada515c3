/**
 * Runs before `npm run dev` and `npm test`: installs the packages of the lockfile when they are missing or another
 * lockfile's. Plain JavaScript without imports of packages, because it runs on the machine's own Node (20 or later)
 * before there is anything else; from then on npm puts the pinned Node first on the PATH.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const stamp = path.join(root, "node_modules", ".installed-lockfile");
const pinnedNode = path.join(
  root,
  "node_modules",
  ".bin",
  process.platform === "win32" ? "node.cmd" : "node",
);

if (Number(process.versions.node.split(".")[0]) < 20) {
  fail(`Node ${process.versions.node} is too old to install with: install Node 20 or later.`);
}

const wanted = createHash("sha256")
  .update(readFileSync(path.join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";

if (installed !== wanted) {
  console.log("Installing packages (npm ci) ...");
  const npm = process.env.npm_execpath;
  const arguments_ = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  const options = { cwd: root, stdio: "inherit" };
  const run =
    npm?.endsWith(".js") || npm?.endsWith(".cjs")
      ? spawnSync(process.execPath, [npm, ...arguments_], options)
      : spawnSync("npm", arguments_, { ...options, shell: process.platform === "win32" });
  if (run.status !== 0) fail("npm ci failed: see above; with no network, try again when there is one.");
  writeFileSync(stamp, wanted);
}

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (!existsSync(pinnedNode) && (major < 22 || (major === 22 && minor < 18))) {
  fail(
    "The pinned Node was not installed (are install scripts switched off?): use Node 22.18 or later, or allow them.",
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
