/** The browser's files of earlier builds: an open page asks for those of its own build, however often there was another since. */
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/** No page is believed to be open for longer after its build was replaced. */
const keptMs = 14 * 24 * 60 * 60 * 1000;

interface Places {
  /** The folder that the compiler empties, and browsers ask. */
  assets: string;
  /** What it holds by build: written beside the server's build, so that files of anything else are never kept. */
  list: string;
  /** Where files wait while the compiler is at work. */
  aside: string;
}

const listed = z.object({
  /** Of the last build. */
  files: z.array(z.string()),
  /** Of those before: when another took their place. */
  earlier: z.record(z.string(), z.iso.datetime()),
});

/** By file, relative to the folder: when its build was replaced. */
export type Earlier = Record<string, string>;

/**
 * Before a build: puts the last build's files aside, and those before that were replaced less than two weeks ago. The
 * manifest is not among them: a page has it from its document.
 */
export async function setAside({ assets, list, aside }: Places, now: Date): Promise<Earlier> {
  await rm(aside, { recursive: true, force: true });
  const known = listed.safeParse(await readJson(list)).data;
  if (!known) return {};
  const replaced: Earlier = {
    ...known.earlier,
    ...Object.fromEntries(known.files.map((file) => [file, now.toISOString()])),
  };
  const there = new Set(await filesOf(assets));
  const kept = Object.entries(replaced).filter(
    ([file, at]) => there.has(file) && !/^manifest-/.test(file) && Date.parse(at) > now.getTime() - keptMs,
  );
  for (const [file] of kept) await cp(path.join(assets, file), path.join(aside, file));
  return Object.fromEntries(kept);
}

/** After a build: puts them back where the build has none of that name, and lists what is whose. */
export async function bringBack({ assets, list, aside }: Places, earlier: Earlier): Promise<void> {
  const files = await filesOf(assets);
  const present = new Set(files);
  const back = Object.entries(earlier).filter(([file]) => !present.has(file));
  for (const [file] of back) {
    await mkdir(path.dirname(path.join(assets, file)), { recursive: true });
    await rename(path.join(aside, file), path.join(assets, file));
  }
  await rm(aside, { recursive: true, force: true });
  await writeFile(list, JSON.stringify({ files, earlier: Object.fromEntries(back) }));
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    return undefined;
  }
}
