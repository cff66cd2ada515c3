/** Runs parts of the tests, some beside each other, and tells what came of each and how long it took. */
import type { Counts } from "./counts.ts";
import { openPlace, type Place } from "./processes.ts";

export interface Part {
  name: string;
  /** Ends when the part has passed; throws a sentence that says what failed. */
  run(place: Place): Promise<void>;
  /** What it counted; parts without tests count nothing. */
  counts?(): Counts | undefined;
}

export interface Ran {
  part: Part;
  outcome: "passed" | "failed" | "stopped" | "not run";
  seconds: number;
}

/**
 * The stages one after the other, the parts of a stage beside each other. The first failure stops all of it, unless
 * `goesOn`; so does a signal. The output of a stage's first part is shown as it comes, of the others in one piece.
 */
export async function runStages(stages: Part[][], { goesOn = false } = {}): Promise<Ran[]> {
  const ran: Ran[] = stages.flat().map((part) => ({ part, outcome: "not run", seconds: 0 }));
  let places: Place[] = [];
  const forget = onInterruption(() => Promise.all(places.map((place) => place.stop())));
  for (const stage of stages) {
    const these = stage.map((part, at) => ({ place: openPlace(at === 0), entry: entryOf(ran, part) }));
    places = these.map(({ place }) => place);
    await Promise.all(
      these.map(async ({ place, entry }) => {
        await runPart(entry, place);
        if (entry.outcome === "failed" && !goesOn) await Promise.all(places.map((other) => other.stop()));
      }),
    );
    for (const { place, entry } of these) show(entry, place.written());
    const isOver = ran.some(({ outcome }) => outcome === "stopped" || (outcome === "failed" && !goesOn));
    if (isOver) break;
  }
  forget();
  return ran;
}

function entryOf(ran: Ran[], part: Part): Ran {
  const entry = ran.find((one) => one.part === part);
  if (!entry) throw new Error(`There is no part ${part.name}.`);
  return entry;
}

async function runPart(entry: Ran, place: Place): Promise<void> {
  const { part } = entry;
  const started = performance.now();
  try {
    await part.run(place);
    const { repeated = [] } = part.counts?.() ?? {};
    if (repeated.length > 0) throw new Error(`passed only when repeated:\n  ${repeated.join("\n  ")}`);
    entry.outcome = "passed";
  } catch (error) {
    entry.outcome = place.isStopped() ? "stopped" : "failed";
    if (!place.isStopped()) console.error(`\n${part.name} failed: ${(error as Error).message ?? error}`);
  }
  entry.seconds = (performance.now() - started) / 1000;
}

/** Of a part whose output was kept. */
function show({ part, outcome }: Ran, written: string): void {
  const text = written.trim();
  if (text) console.log(`\n--- ${part.name}, ${outcome} ---\n${text}\n--- end of ${part.name} ---\n`);
}

/** Ctrl-C and its like, and the end of the npm that started us: nobody would see how the run goes on. */
function onInterruption(stop: () => Promise<unknown>): () => void {
  const interrupt = (code: number) => {
    process.exitCode = code;
    void stop();
  };
  const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  const handlers = Object.entries(signals).map(([signal, code]) => [signal, () => interrupt(code)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) interrupt(143);
  }, 500);
  return () => {
    clearInterval(timer);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}
