/** What tests draw by chance: how much of it, and from which seed. */
import fc from "fast-check";
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

const surrogates = { first: 0xd800, count: 0x800 };
/** Any character that Unicode has room for. */
const character = fc.integer({ min: 0, max: 0x10ffff - surrogates.count }).map(
  (at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count),
  (text) => {
    const at = typeof text === "string" ? (text.codePointAt(0) ?? -1) : -1;
    if (at < 0 || text !== String.fromCodePoint(at)) throw new Error("Not one character");
    return at < surrogates.first ? at : at - surrogates.count;
  },
);

/** As fast-check's own of the unit "binary", which first lists a million characters: a second in each process. */
export function anyText(lengths: { minLength?: number; maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.string({ ...lengths, unit: character });
}
