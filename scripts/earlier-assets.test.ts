import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { bringBack, setAside } from "./earlier-assets.ts";

const root = mkdtempSync(path.join(os.tmpdir(), "curbe-assets-"));
const places = {
  assets: path.join(root, "assets"),
  list: path.join(root, "assets.json"),
  aside: path.join(root, "aside"),
};
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** As the compiler does: the folder is emptied, and filled with files whose names say what they hold. */
async function build(day: number, ...files: string[]): Promise<string[]> {
  mkdirSync(root, { recursive: true });
  const earlier = await setAside(places, new Date(Date.UTC(2026, 0, day)));
  rmSync(places.assets, { recursive: true, force: true });
  for (const file of files) {
    mkdirSync(path.dirname(path.join(places.assets, file)), { recursive: true });
    writeFileSync(path.join(places.assets, file), file);
  }
  await bringBack(places, earlier);
  const all = readdirSync(places.assets, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(places.assets, path.join(parentPath, name)))
    .sort();
}

test("files of earlier builds stay for two weeks after they were replaced, and manifests do not", async () => {
  expect(await build(1, "manifest-A.js", "routes/a-1.js", "shared-1.js")).toHaveLength(3);
  // A build that was in use for long is as well served as one that was replaced within the hour.
  expect(await build(100, "manifest-B.js", "routes/a-2.js", "shared-1.js")).toEqual([
    "manifest-B.js",
    "routes/a-1.js",
    "routes/a-2.js",
    "shared-1.js",
  ]);
  expect(await build(113, "manifest-C.js", "routes/a-3.js")).toEqual([
    "manifest-C.js",
    "routes/a-1.js",
    "routes/a-2.js",
    "routes/a-3.js",
    "shared-1.js",
  ]);
  expect(await build(115, "manifest-D.js", "routes/a-3.js")).toEqual([
    "manifest-D.js",
    "routes/a-2.js",
    "routes/a-3.js",
    "shared-1.js",
  ]);
});

test("files that no build made are not kept, nor any where nobody knows whose they are", async () => {
  await build(1, "a.js");
  writeFileSync(path.join(places.assets, "of-development.js"), "x");
  expect(await build(2, "b.js")).toEqual(["a.js", "b.js"]);
  writeFileSync(places.list, "broken");
  expect(await build(3, "c.js")).toEqual(["c.js"]);
});
