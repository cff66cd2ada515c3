/** Taking turns: so many at once for each key, the others wait in the order they came. */
export interface Turns {
  /**
   * Resolves when it is the caller's turn, with the function that ends it (safe to repeat); undefined at once when as many
   * wait for this key as may.
   */
  take(key: string): Promise<() => void> | undefined;
}

export function createTurns({ atOnce, mayWait }: { atOnce: number; mayWait: number }): Turns {
  const lines = new Map<string, { running: number; waiting: (() => void)[] }>();
  const leave = (key: string) => {
    const line = lines.get(key);
    if (!line) return;
    const next = line.waiting.shift();
    // The turn passes from one to the other.
    if (next) return next();
    line.running--;
    if (line.running === 0) lines.delete(key);
  };
  const turnOf = (key: string) => {
    let over = false;
    return () => {
      if (over) return;
      over = true;
      leave(key);
    };
  };
  return {
    take(key) {
      const line = lines.get(key) ?? { running: 0, waiting: [] };
      lines.set(key, line);
      if (line.running < atOnce) {
        line.running++;
        return Promise.resolve(turnOf(key));
      }
      if (line.waiting.length >= mayWait) return undefined;
      return new Promise((resolve) => line.waiting.push(() => resolve(turnOf(key))));
    },
  };
}
