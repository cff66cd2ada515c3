/**
 * Makes the two deployables: build/web (with public/build, by Remix's compiler, and beside each file of it the same
 * compressed) and build/worker (one file). Files of earlier builds stay in public/build for two weeks, for pages that are
 * open meanwhile.
 */
import { execFileSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, gzip } from "node:zlib";
import { bringBack, setAside } from "./earlier-assets.ts";
import { buildWorker } from "./worker-bundle.ts";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

const places = {
  assets: path.join(root, "public/build"),
  list: path.join(root, "build/assets.json"),
  aside: path.join(root, ".cache/earlier-assets"),
};
const earlier = await setAside(places, new Date());
await Promise.all(
  ["build", "public/build"].map((folder) => rm(path.join(root, folder), { recursive: true, force: true })),
);
execFileSync(process.execPath, [path.join(root, "node_modules/@remix-run/dev/dist/cli.js"), "build"], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, NODE_ENV: "production" },
});
await buildWorker(path.join(root, "build/worker/index.js"));
await compressFiles(places.assets);
await bringBack(places, earlier);

/** Once, at their smallest: on a phone's connection the script is most of what a first visit waits for. */
async function compressFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(js|css|svg)$/.test(entry.name));
  await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = path.join(parentPath, name);
      const bytes = await readFile(file);
      const [br, gz] = await Promise.all([
        promisify(brotliCompress)(bytes),
        promisify(gzip)(bytes, { level: 9 }),
      ]);
      await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)]);
    }),
  );
}
