/** The parts that `npm test` and `npm run test:long` are made of. */
import path from "node:path";
import { root } from "../stack.ts";
import { readPlaywright, readVitest, results } from "./counts.ts";
import type { NodeCommand } from "./processes.ts";
import { ensureBrowser } from "./programs/browser.ts";
import { ensureSystemPostgres } from "./programs/debian.ts";
import type { Part } from "./run.ts";

/** Where a package's program stands. */
export const program = (name: string) => path.join(root, "node_modules", name);

/** Format and lint, types, and what nobody uses. */
export const check: Part = {
  name: "check",
  async run(place) {
    await place.node({ command: [program("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."] });
    await place.node({ command: [program("typescript-7/bin/tsc"), "--noEmit"] });
    await place.node({ command: [program("knip/bin/knip.js")] });
  },
};

/** The two deployables, which the browser's tests run. */
export const build: Part = {
  name: "build",
  run: (place) => place.node({ command: ["scripts/build.ts"] }),
};

type More = Partial<NodeCommand> & { args?: string[] };

/** One of vitest's projects; `more` changes how it is run. */
export function vitestPart(
  name: string,
  project: "unit" | "database",
  { args = [], ...more }: More = {},
): Part {
  return {
    name,
    async run(place) {
      if (project === "database") ensureSystemPostgres();
      const reporters = ["--reporter=default", "--reporter=scripts/tests/vitest-counts.ts"];
      await place.node({
        ...more,
        command: [program("vitest/vitest.mjs"), "run", `--project=${project}*`, ...reporters, ...args],
        env: { ...more.env, TEST_COUNTS: path.join(results, `${name}.json`) },
      });
    },
    counts: () => readVitest(name),
  };
}

/** Playwright's tests against what was built. */
export function browserPart(name: string, { args = [], ...more }: More = {}): Part {
  return {
    name,
    async run(place) {
      const CHROMIUM_PATH = ensureBrowser();
      ensureSystemPostgres();
      const PLAYWRIGHT_JSON_OUTPUT_FILE = path.join(results, `${name}.json`);
      await place.node({
        ...more,
        command: [program("@playwright/test/cli.js"), "test", ...args],
        env: { ...more.env, CHROMIUM_PATH, PLAYWRIGHT_JSON_OUTPUT_FILE },
      });
    },
    counts: () => readPlaywright(name),
  };
}
