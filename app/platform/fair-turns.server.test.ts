import { expect, test } from "vitest";
import { createFairTurns, TurnsTakenError } from "./fair-turns.server.ts";

/** Work that ends when it is told to, and a list of what has begun. */
function stage(limits: { atOnce: number; waiting: number }) {
  const turns = createFairTurns(limits);
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (name: string, from: string, known = false) => {
    const outcome = turns.take({ from, known }, async () => {
      begun.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      return "done";
    });
    return outcome.catch((error: unknown) => error);
  };
  /** Ends what runs, one after the other, until nothing does. */
  const runAll = async () => {
    for (let next = ends.shift(); next; next = ends.shift()) {
      next();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { begun, ask, runAll };
}

test("whoever asks for the first time goes before those who ask again and again", async () => {
  const { begun, ask, runAll } = stage({ atOnce: 1, waiting: 100 });
  for (let i = 0; i < 20; i++) void ask(`flood ${i}`, "198.51.100.1");
  void ask("person", "203.0.113.5");
  await runAll();
  expect(begun.slice(0, 2)).toEqual(["flood 0", "person"]);
  expect(begun).toHaveLength(21);
});

test("of those who asked as often the first come are the first served", async () => {
  const { begun, ask, runAll } = stage({ atOnce: 1, waiting: 100 });
  for (const place of ["a", "b", "c"]) void ask(place, place);
  for (const place of ["c", "b", "a"]) void ask(`${place} again`, place);
  await runAll();
  expect(begun).toEqual(["a", "b", "c", "c again", "b again", "a again"]);
});

test("a queue that a thousand places keep full gives its last place to the one who comes between", async () => {
  const { begun, ask, runAll } = stage({ atOnce: 4, waiting: 64 });
  const flood = Array.from({ length: 3_000 }, (_, i) => ask(`flood ${i}`, `network ${i % 1_000}`));
  const person = ask("person", "203.0.113.5");
  const again = ask("known", "network 7", true);
  await runAll();
  expect(await person).toBeInstanceOf(TurnsTakenError);
  expect(await again).toBe("done");
  expect(begun.indexOf("known")).toBe(4);
  const refused = (await Promise.all(flood)).filter((outcome) => outcome instanceof TurnsTakenError);
  expect(refused).toHaveLength(3_000 - 4 - 63);
  // Each of the thousand has asked by now, so from here on they give way.
  for (let i = 0; i < 1_000; i++) void ask(`later ${i}`, `network ${i}`);
  const later = ask("person again", "192.0.2.44");
  await runAll();
  expect(await later).toBe("done");
});

test("one who is known, and asks again and again, gives way to whoever comes for the first time", async () => {
  const { begun, ask, runAll } = stage({ atOnce: 4, waiting: 64 });
  const asked = Array.from({ length: 400 }, (_, i) => ask(`known ${i}`, `network ${i % 4}`, true));
  const person = ask("person", "203.0.113.5");
  await runAll();
  expect(await person).toBe("done");
  expect(begun).toHaveLength(68);
  await Promise.all(asked);
  for (let i = 0; i < 100; i++) void ask(`later ${i}`, `network ${i % 4}`, true);
  const next = ask("another", "203.0.113.6");
  await runAll();
  expect(await next).toBe("done");
  expect(begun.indexOf("another")).toBe(72);
});

test("work that fails gives its place on", async () => {
  const turns = createFairTurns({ atOnce: 1, waiting: 1 });
  const failing = turns.take(undefined, () => Promise.reject(new Error("broken")));
  const next = turns.take(undefined, async () => "done");
  await expect(failing).rejects.toThrow("broken");
  expect(await next).toBe("done");
});
