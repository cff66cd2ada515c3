/** Which run this is: `npm test`, small sizes and fixed seeds, or `npm run test:long`, the same generators at length. */
export const isLongRun = process.env.TEST_TIER === "long";

/** The size of a generated test: `fast` in `npm test`, `long` in `npm run test:long`. */
export function byTier<T>(fast: T, long: T): T {
  return isLongRun ? long : fast;
}
