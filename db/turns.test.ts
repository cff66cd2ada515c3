import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

const settled = async (promise: Promise<unknown> | undefined) =>
  Promise.race([promise?.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

test("so many at once, the next in the order they came, and no more wait than may", async () => {
  const turns = createTurns({ atOnce: 2, mayWait: 2 });
  const [first, second, third, fourth] = [1, 2, 3, 4].map(() => turns.take("a"));
  expect(turns.take("a")).toBeUndefined();
  expect([await settled(first), await settled(second), await settled(third)]).toEqual([true, true, false]);
  const end = await first;
  end?.();
  end?.();
  expect([await settled(third), await settled(fourth)]).toEqual([true, false]);
  expect(await settled(turns.take("a"))).toBe(false);
});

test("keys know nothing of one another, and a turn that is over can be had again", async () => {
  const turns = createTurns({ atOnce: 1, mayWait: 0 });
  const end = await turns.take("a");
  expect(turns.take("a")).toBeUndefined();
  expect(await settled(turns.take("b"))).toBe(true);
  end?.();
  expect(await settled(turns.take("a"))).toBe(true);
});
