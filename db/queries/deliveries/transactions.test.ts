import type { Kysely, Transaction } from "kysely";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Schema } from "../../schema.ts";
import { inRetriedTransaction } from "./transactions.ts";

const pauses = vi.hoisted(() => [] as number[]);
vi.mock("node:timers/promises", () => ({ setTimeout: async (ms: number) => void pauses.push(ms) }));

const chance = vi.spyOn(Math, "random");
beforeEach(() => void pauses.splice(0));
afterEach(() => void chance.mockReset());

/** A database whose transactions end with these SQLSTATEs one after the other, and then well. */
function ending(...states: string[]): Kysely<Schema> {
  const left = [...states];
  const execute = async (work: (trx: Transaction<Schema>) => Promise<unknown>) => {
    const code = left.shift();
    if (code) throw Object.assign(new Error(code), { code });
    return work({} as Transaction<Schema>);
  };
  return { transaction: () => ({ execute }) } as never;
}
const run = (db: Kysely<Schema>) => inRetriedTransaction(db, async () => "done");

describe("a transaction that met another", () => {
  test.each(["40P01", "40001", "23505", "23503"])("(%s) is done again", async (state) => {
    expect(await run(ending(state))).toBe("done");
    expect(pauses).toHaveLength(1);
  });

  test("is given up at the fifth time", async () => {
    expect(await run(ending(...Array<string>(4).fill("40P01")))).toBe("done");
    await expect(run(ending(...Array<string>(5).fill("40P01")))).rejects.toThrow("40P01");
  });

  test.each([
    [0, [10, 20, 40, 80]],
    [1, [20, 40, 80, 160]],
  ])("waits longer each time, and by chance (%d): two would meet again", async (drawn, expected) => {
    chance.mockReturnValue(drawn);
    await run(ending(...Array<string>(4).fill("40P01")));
    expect(pauses).toEqual(expected);
  });
});

test.each(["22P05", "57P01", "42501", ""])(
  "what is nobody's meeting (%s) is thrown at once",
  async (state) => {
    const fails = {
      transaction: () => ({ execute: () => Promise.reject(Object.assign(new Error("x"), { code: state })) }),
    };
    await expect(run(fails as never)).rejects.toThrow("x");
    expect(pauses).toEqual([]);
  },
);
