/** The sandbox's own time: the base clock plus whatever a test moved it by. */
export interface Clock {
  now(): number;
  advance(ms: number): void;
  offsetMs(): number;
  setOffset(ms: number): void;
}

export function createClock(base: () => number): Clock {
  let offset = 0;
  return {
    now: () => base() + offset,
    advance: (ms) => {
      offset += ms;
    },
    offsetMs: () => offset,
    setOffset: (ms) => {
      offset = ms;
    },
  };
}
