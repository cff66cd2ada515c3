/** Makes the two deployables: build/web (with public/build, by Remix's compiler) and build/worker (one file). */
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildWorker } from "./worker-bundle.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

await Promise.all(
  ["build", "public/build"].map((folder) => rm(path.join(root, folder), { recursive: true, force: true })),
);
execFileSync(process.execPath, [path.join(root, "node_modules/@remix-run/dev/dist/cli.js"), "build"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, NODE_ENV: "production" },
});
await buildWorker(path.join(root, "build/worker/index.js"));
