/**
 * The room that all bodies share while nobody knows yet who sent them: a signature is checked over the whole of a body,
 * so until then anybody can make us keep it.
 */
export interface BodyRoom {
  /** A place for one body; `refuse` is called, once, when it has to leave for others. */
  enter(refuse: () => void): BodyPlace;
}

export interface BodyPlace {
  take(bytes: number): void;
  /** Gives everything back; safe to repeat. Nobody is refused who has left. */
  leave(): void;
}

/** Meta's usual bodies are smaller: to refuse one would win nothing, as long as there are larger ones. */
const smallBytes = 16 * 1024;

/**
 * `bytes` for all together, from the first one on. When they are more, the oldest of those that are not small makes
 * room, and not the newest: a slow sender is old for seconds, while a body that comes in one go has left before it is.
 */
export function createBodyRoom(bytes: number): BodyRoom {
  // In the order of their age.
  const bodies = new Map<() => void, number>();
  let used = 0;
  const leave = (refuse: () => void) => {
    used -= bodies.get(refuse) ?? 0;
    bodies.delete(refuse);
  };
  const makeRoom = (smallest: number) => {
    for (const [refuse, held] of bodies) {
      if (used <= bytes) return;
      if (held < smallest) continue;
      leave(refuse);
      refuse();
    }
  };
  return {
    enter(given) {
      const refuse = () => given();
      bodies.set(refuse, 0);
      return {
        take(more) {
          const held = bodies.get(refuse);
          if (held === undefined) return;
          bodies.set(refuse, held + more);
          used += more;
          if (used > bytes) makeRoom(smallBytes);
          if (used > bytes) makeRoom(1);
        },
        leave: () => leave(refuse),
      };
    },
  };
}
