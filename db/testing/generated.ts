/** What tests draw by chance: how much of it, and from which seed. */
import { byTier } from "./tier.ts";

/** The same in every `npm test`, another in each long run. TEST_SEED takes up one that a run has told. */
export const testSeed = Number(process.env.TEST_SEED || byTier(20_260_104, Date.now() % 2 ** 31));
console.log(`TEST_SEED=${testSeed}`);

/** For fast-check: so many cases in `npm test`, ten times as many in a long run unless it is told how many. */
export function cases(fast: number, long = 10 * fast): { numRuns: number; seed: number } {
  return { numRuns: byTier(fast, long), seed: testSeed };
}

/** Numbers from 0 up to 1, the same for a seed: for what is not drawn by fast-check. */
export function randomFrom(seed = testSeed): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
