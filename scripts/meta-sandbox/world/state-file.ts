import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import type { AppWebhook, Platform, SandboxState } from "./platform.ts";

const SAVE_AFTER_MS = 100;

interface SavedState {
  version: 1;
  clockOffsetMs: number;
  webhook: AppWebhook | null;
  state: SandboxState;
}

// Only the frame is checked: the file is the sandbox's own, and a foreign or older one is set aside.
const savedSchema = z.object({
  version: z.literal(1),
  clockOffsetMs: z.number(),
  webhook: z.object({ callbackUrl: z.string() }).nullable(),
  state: z.object({
    world: z.object({ people: z.object({}), wabas: z.object({}), numbers: z.object({}), nextId: z.string() }),
    tokens: z.array(z.object({ value: z.string() })),
    codes: z.array(z.object({ value: z.string() })),
    outbound: z.array(z.object({ id: z.string() })),
  }),
});

/** What an earlier run left, or null without a readable file. An unreadable one is kept beside as `.unreadable`. */
export function loadState(path: string, log: (line: string) => void): SavedState | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  try {
    const parsed: unknown = JSON.parse(text);
    savedSchema.parse(parsed);
    const saved = parsed as SavedState;
    // Files written before installations were kept have none.
    saved.state.installations ??= [];
    return saved;
  } catch {
    renameSync(path, `${path}.unreadable`);
    log(`state file ${path} is not readable: starting from the seeded world`);
    return null;
  }
}

export interface StateSaver {
  /** Saves soon; several calls in a row become one write. */
  schedule(): void;
  /** Saves now if something is waiting. */
  flush(): void;
}

/** Guarantee: the file is replaced as a whole, so a crash leaves the old or the new state, never half of one. */
export function createStateSaver(path: string, platform: () => Platform): StateSaver {
  let timer: NodeJS.Timeout | null = null;
  function save(): void {
    timer = null;
    const { state, clock, app } = platform();
    const saved: SavedState = { version: 1, clockOffsetMs: clock.offsetMs(), webhook: app.webhook, state };
    mkdirSync(dirname(path), { recursive: true });
    // It holds tokens and PINs, if only made-up ones: readable by the owner alone.
    writeFileSync(`${path}.tmp`, JSON.stringify(saved), { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  }
  return {
    schedule: () => {
      timer ??= setTimeout(save, SAVE_AFTER_MS).unref();
    },
    flush: () => {
      if (!timer) return;
      clearTimeout(timer);
      save();
    },
  };
}
