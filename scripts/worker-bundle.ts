import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Bundles the worker's own code into one file; packages stay in node_modules. Returns what went in. */
export async function buildWorker(outfile: string): Promise<Metafile> {
  const { metafile } = await build({
    entryPoints: [path.join(root, "worker/index.ts")],
    outfile,
    absWorkingDir: root,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node22",
    sourcemap: "linked",
    metafile: true,
    logLevel: "warning",
  });
  return metafile;
}
