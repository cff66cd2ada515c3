/** The browser's side of every page, bundled as its compiler does it: which words come with it. */
import { globSync } from "node:fs";
import { build, type Metafile } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { languageIds } from "./languages.ts";

const app = new URL("../", import.meta.url).pathname;
let inputs: Metafile["inputs"];

beforeAll(async () => {
  const { metafile } = await build({
    absWorkingDir: app,
    entryPoints: ["entry.client.tsx", "root.tsx", ...globSync("routes/*.tsx", { cwd: app })],
    bundle: true,
    splitting: true,
    format: "esm",
    target: "esnext",
    outdir: "nowhere",
    write: false,
    metafile: true,
    packages: "external",
    loader: { ".css": "empty" },
    plugins: [
      {
        name: "without the server",
        setup({ onResolve }) {
          onResolve({ filter: /\.server\.tsx?$|^#db/ }, () => ({ path: "the server", external: true }));
        },
      },
    ],
  });
  inputs = metafile.inputs;
});

/** Every file that comes with these, without what is fetched later. */
function comesWith(...files: string[]): Set<string> {
  const found = new Set(files);
  for (const file of found) {
    for (const { path, kind, external } of inputs[file]?.imports ?? [])
      if (kind === "import-statement" && !external) found.add(path);
  }
  return found;
}

const languageOf = (file: string) => languageIds.find((id) => file.startsWith(`texts/${id}/`));
const files = () => Object.keys(inputs);
const fetchedLater = () =>
  files()
    .flatMap((file) => inputs[file]?.imports ?? [])
    .filter(({ kind }) => kind === "dynamic-import")
    .map(({ path }) => path);

test("no page comes with the words of any language", () => {
  const pages = files().filter((file) => !languageOf(file));
  expect(pages.length).toBeGreaterThan(80);
  const withWords = pages.filter((file) => [...comesWith(file)].some(languageOf));
  expect(withWords).toEqual([]);
});

test("what is fetched for a language has the words of no other, and every word is in something fetched", () => {
  const words = fetchedLater().filter(languageOf);
  expect(words.toSorted()).toEqual(
    languageIds.flatMap((id) => [`texts/${id}/index.ts`, `texts/${id}/pages.ts`]).toSorted(),
  );
  for (const file of words) {
    const languages = [...comesWith(file)].map(languageOf).filter((language) => language !== undefined);
    expect(new Set(languages)).toEqual(new Set([languageOf(file)]));
  }
  const shipped = comesWith(...words);
  expect(files().filter((file) => languageOf(file) && !shipped.has(file))).toEqual([]);
});
