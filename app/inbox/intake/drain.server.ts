/** Working off what is open: batch after batch until nothing is left, with what fails put aside for a later try. */
import { setTimeout as pause } from "node:timers/promises";
import { isDatabaseUnavailable } from "#db/client.ts";
import { hasDueDeliveries, postpone } from "#db/queries/deliveries/open-deliveries.ts";
import {
  giveUpDeliveries,
  type InboxDeps,
  type IngestReport,
  ingestNext,
  processDeliveries,
} from "../ingest/ingest.server.ts";

interface DrainOptions {
  /** Asked between batches: whoever stops leaves the rest to the next job. */
  isStopping?: () => boolean;
  /** Told of each batch after its commit. */
  onReport?: (report: IngestReport) => void;
  /** A job that lasts for hours looks dead to others. */
  maxMs?: number;
}

/** Rounds in which everything open was in somebody else's hands before that is left to a later job. */
const idleRounds = 15;
const triesAtMost = 25;

/**
 * Processes open deliveries, oldest first, until none is left ("empty"), or until it is time to stop ("more": somebody
 * must come back). Several may run at once; what one of them holds the others pass over. A batch that fails is done
 * again one delivery at a time; one that fails alone is tried again later and later, and given up after 25 tries, while
 * everything else goes on. Throws when the database is away: nothing is decided then.
 */
export async function drainDeliveries(
  deps: InboxDeps,
  { isStopping = () => false, onReport = () => {}, maxMs = 60_000 }: DrainOptions = {},
): Promise<"empty" | "more"> {
  const end = performance.now() + maxMs;
  for (let idle = 0; idle < idleRounds; ) {
    if (isStopping() || performance.now() > end) return (await hasDueDeliveries(deps.db)) ? "more" : "empty";
    const { ids, report, error } = await ingestNext(deps);
    if (error !== undefined) await isolate(deps, ids, error, onReport);
    else if (ids.length > 0) onReport(report);
    if (ids.length > 0) {
      idle = 0;
    } else {
      if (!(await hasDueDeliveries(deps.db))) return "empty";
      // Another worker holds what is left. It may finish, or be a session that a killed process left behind.
      idle++;
      await pause(100);
    }
  }
  return "more";
}

async function isolate(
  deps: InboxDeps,
  ids: string[],
  cause: unknown,
  onReport: (report: IngestReport) => void,
): Promise<void> {
  if (ids.length === 0 || isDatabaseUnavailable(cause)) throw cause;
  for (const id of ids) {
    try {
      onReport(await processDeliveries(deps, [id]));
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const tries = await postpone(deps.db, id);
      deps.log.warn("Delivery could not be processed", { delivery_id: id, attempt: tries, error });
      if (tries >= triesAtMost) onReport(await giveUpDeliveries(deps, [id]));
    }
  }
}
