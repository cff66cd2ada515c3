/** Durations in buckets of constant relative width: 64 for each power of two, so a reading is at most 1.6 % too high. */

export interface DurationSummary {
  count: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  maxMs: number;
  /** 0 to 1. */
  shareOverOneSecond: number;
}

export interface Histogram {
  addMs(durationMs: number): void;
  summary(): DurationSummary;
}

export function createHistogram(): Histogram {
  const counts = new Uint32Array(64 * 27);
  let count = 0;
  let overOneSecond = 0;
  let maxMs = 0;
  const quantileMs = (share: number) => {
    let left = Math.ceil(count * share);
    for (let index = 0; index < counts.length && count > 0; index++) {
      left -= counts[index] ?? 0;
      if (left <= 0) return Math.min(highestUs(index) / 1000, maxMs);
    }
    return maxMs;
  };
  return {
    addMs(durationMs) {
      const index = bucketOf(Math.min(Math.max(0, Math.round(durationMs * 1000)), 2 ** 31 - 1));
      counts[index] = (counts[index] ?? 0) + 1;
      count++;
      if (durationMs > 1000) overOneSecond++;
      if (durationMs > maxMs) maxMs = durationMs;
    },
    summary: () => ({
      count,
      p50Ms: quantileMs(0.5),
      p95Ms: quantileMs(0.95),
      p99Ms: quantileMs(0.99),
      maxMs,
      shareOverOneSecond: count === 0 ? 0 : overOneSecond / count,
    }),
  };
}

function bucketOf(us: number): number {
  if (us < 64) return us;
  const power = 31 - Math.clz32(us);
  return (power - 6) * 64 + (us >>> (power - 6));
}

function highestUs(index: number): number {
  if (index < 128) return index;
  const power = 6 + Math.floor((index - 64) / 64);
  return (64 + (index % 64) + 1) * 2 ** (power - 6) - 1;
}
