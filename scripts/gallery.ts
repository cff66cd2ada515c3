/**
 * `npm run gallery [-- --only <part of a name>] [-- --out DIR]`: pictures of every state that a person can be in, in each
 * language, light and dark, narrow and wide, and a page that shows them.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "./stack.ts";
import { ensureBrowser } from "./tests/programs/browser.ts";

const { only, out, build } = options();
const folder = path.resolve(out);
const env = { CHROMIUM_PATH: ensureBrowser(), GALLERY_DIR: folder };
// A part of it is taken anew among the others.
if (only === undefined) rmSync(folder, { recursive: true, force: true });
if (build) await run(["scripts/build.ts"], {});
const grep = only === undefined ? [] : ["--grep", only.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")];
const results = ["--reporter=line", `--output=${path.join(root, "test-results/gallery")}`];
const code = await run(
  ["node_modules/@playwright/test/cli.js", "test", "e2e/states/english.e2e.ts", ...grep, ...results],
  env,
);
const taken = existsSync(folder) ? readdirSync(folder) : [];
const pictures = taken.filter((name) => name.endsWith(".png")).length;
console.log(`${pictures} pictures: ${path.join(folder, "index.html")}`);
process.exitCode = code;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: "string" },
        out: { type: "string", default: path.join(root, "gallery") },
        build: { type: "boolean", default: true },
      },
      allowNegative: true,
    });
    return values;
  } catch (error) {
    console.error(
      `${(error as Error).message}\nnpm run gallery [-- --only <part of a name>] [--out DIR] [--no-build]`,
    );
    process.exit(2);
  }
}

function run(command: string[], more: Record<string, string>): Promise<number> {
  const child = spawn(process.execPath, command, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...more },
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}
