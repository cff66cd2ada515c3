/** What a product complained of during a test that failed: most often the cause. */
import { test as base } from "@playwright/test";

/** Of every product of this process. */
const spoken: string[][] = [];

/** From now on its warnings and errors are printed beside a test that fails. `lines` grows. */
export function listenTo(lines: string[]): void {
  spoken.push(lines);
}

const isComplaint = (line: string) => /"level":"(warn|error|fatal)"|"status":5\d\d/.test(line);

/** Playwright's own, for tests of products. */
export const test = base.extend<{ complaints: undefined }>({
  complaints: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs.
    async ({}, use, info) => {
      const from = spoken.map((lines) => lines.length);
      await use(undefined);
      if (info.status === info.expectedStatus) return;
      const said = spoken.flatMap((lines, at) => lines.slice(from[at] ?? 0)).filter(isComplaint);
      if (said.length > 0)
        console.log([`${info.title}: the product complained of`, ...said.slice(-20)].join("\n"));
    },
    { auto: true },
  ],
});
