/** A folder is read at a glance: with more files than that, it asks for the noun that some of them share. */
import { globSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "../../stack.ts";

const mostSiblings = 16;

/** What cannot be parted, and why. */
const kept: Record<string, string> = {
  "app/routes": "a file for each address: the framework reads addresses from names in one folder",
};

test(`no folder has more than ${mostSiblings} files beside its tests`, () => {
  const files = globSync("{app,db,scripts,worker}/**/*.*", { cwd: root }).filter(
    (file) => !/\.test\.tsx?$|README\.md$/.test(file),
  );
  const folders = Map.groupBy(files, (file) => path.posix.dirname(file));
  const full = [...folders].filter(([, siblings]) => siblings.length > mostSiblings);
  expect(full.map(([folder, { length }]) => `${folder}: ${length}`)).toEqual(
    Object.keys(kept).map((folder) => `${folder}: ${folders.get(folder)?.length}`),
  );
});
