/**
 * Expensive work, a few at a time. Who waits is served by how often the same place has asked lately, the seldom ones
 * first, so that a flood from a thousand places waits for itself and not the one person who comes between.
 */

export interface Asker {
  /** Where they ask from: a network, or whatever else is counted as one. */
  from: string;
  /** One who has been here before: goes before all others, as long as they do not ask again and again. */
  known?: boolean;
}

/** So many wait already who have asked no more often; nothing was done. */
export class TurnsTakenError extends Error {
  override name = "TurnsTakenError";
}

interface Waiter {
  rank: number;
  begin(): void;
  refuse(): void;
}

export interface FairTurns {
  /**
   * Runs `work` when it is its turn. Throws `TurnsTakenError` at once when the queue is full of others who asked as
   * seldom, or later when such a one comes and takes the place. Without an asker it counts as one who never asked before.
   */
  take<T>(asker: Asker | undefined, work: () => Promise<T>): Promise<T>;
}

/** So often one who is known goes before all who are not: more than a person needs in ten minutes. */
const headStart = 5;

export function createFairTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): FairTurns {
  const asks = createRecentCounts();
  // In the order of their turn.
  const queue: Waiter[] = [];
  let running = 0;

  const queued = (rank: number) =>
    new Promise<void>((resolve, reject) => {
      const waiter = { rank, begin: resolve, refuse: () => reject(new TurnsTakenError("Too many wait.")) };
      const place = queue.findIndex((other) => other.rank > rank);
      queue.splice(place < 0 ? queue.length : place, 0, waiter);
      if (queue.length > waiting) queue.pop()?.refuse();
    });
  return {
    async take(asker, work) {
      const rank = asker
        ? asks.add(`${asker.known ?? false} ${asker.from}`) - (asker.known ? headStart : 0)
        : 0;
      // The one who finishes hands its place over, so `running` does not change then.
      if (running >= atOnce) await queued(rank);
      else running += 1;
      try {
        return await work();
      } finally {
        const next = queue.shift();
        if (next) next.begin();
        else running -= 1;
      }
    },
  };
}

const generationMs = 10 * 60_000;
const mostRemembered = 20_000;

/** How often each has asked in the last ten to twenty minutes, of as many as fit into some megabytes. */
function createRecentCounts(): { add(from: string): number } {
  let recent = new Map<string, number>();
  let before = new Map<string, number>();
  let began = performance.now();
  return {
    add(from) {
      if (recent.size >= mostRemembered || performance.now() - began > generationMs) {
        before = recent;
        recent = new Map();
        began = performance.now();
      }
      const count = recent.get(from) ?? before.get(from) ?? 0;
      recent.set(from, count + 1);
      return count;
    },
  };
}
