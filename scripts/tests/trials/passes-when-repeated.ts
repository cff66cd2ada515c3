/** Not part of any suite: `run.test.ts` runs it, to see that the run fails. */
import { expect, test } from "vitest";

let times = 0;

test("now and then", () => {
  times += 1;
  expect(times).toBe(2);
});
