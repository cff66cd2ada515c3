/** Randomness that can be had again: `SEED=n` repeats a run. */
import { byTier } from "../../../db/testing/tier.ts";

/** The same every time in `npm test`, another one each time at length. */
export function seededRandom(): { seed: number; below(limit: number): number } {
  const seed = Number(process.env.SEED ?? byTier(1, Date.now() % 1_000_000));
  let state = seed >>> 0;
  return {
    seed,
    // mulberry32
    below(limit) {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    },
  };
}
