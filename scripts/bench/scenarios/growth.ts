import { statfsSync } from "node:fs";
import { rate, seen, times, us, whole } from "../format.ts";
import { type Measured, measure, streamOf } from "../measures/measure.ts";
import { explainEverything, plansText, readPlans, scannedTables } from "../measures/plans.ts";
import { isTiny, scaled } from "../options.ts";
import {
  type Bench,
  costOf,
  costUs,
  eventsPerSecond,
  type Scenario,
  type ScenarioResult,
  withTargetOn,
} from "../scenario.ts";
import { dropDatabase, newDatabase } from "../targets.ts";
import { fillMessages } from "../world/fill.ts";
import { steadyBacklog } from "./steady.ts";

const largest = 5_000_000;
const sizes = [0, 1_000_000, largest];
/** Rows, their indexes and the log that PostgreSQL writes ahead. */
const bytesForEachMessage = 2_500;

interface Step {
  stored: number;
  warm: Measured;
  run: Measured;
}

async function measureAt(bench: Bench, databaseUrl: string, stored: number): Promise<Step> {
  const { cluster, options, say } = bench;
  return withTargetOn(bench, "product", databaseUrl, async (target, warm) => {
    const requests = scaled(options, 60_000, 200);
    say(`${whole(stored)} stored: ${requests} messages`);
    const stream = streamOf({ requests, seed: options.seed, backlogEvents: steadyBacklog });
    const label = `growth, ${whole(stored)} stored`;
    return { stored, warm, run: await measure(cluster, target, { label, streams: [stream] }) };
  });
}

/** Measures at each size that fits the disk; returns what did not. */
async function climb(bench: Bench, databaseUrl: string): Promise<{ steps: Step[]; notes: string[] }> {
  const steps: Step[] = [];
  for (const size of isTiny(bench.options) ? [sizes[0] ?? 0, largest] : sizes) {
    const stored = Math.round(size * bench.options.scale);
    const { bavail, bsize } = statfsSync(bench.cluster.folder);
    const filled = steps.at(-1)?.stored ?? 0;
    if ((stored - filled) * bytesForEachMessage + 5e9 > bavail * bsize && !isTiny(bench.options)) {
      return {
        steps,
        notes: [`${whole(stored)} stored messages were not tried: the disk has too little room.`],
      };
    }
    if (stored > 0) {
      bench.say(`filling in ${whole(stored)} messages`);
      await fillMessages(databaseUrl, filled, stored);
    }
    steps.push(await measureAt(bench, databaseUrl, stored));
  }
  return { steps, notes: [] };
}

async function explain(bench: Bench, databaseUrl: string) {
  bench.say("explaining");
  await explainEverything(databaseUrl);
  const warm = await withTargetOn(bench, "product", databaseUrl, async (_target, warmed) => warmed);
  return { warm, plans: readPlans(bench.cluster) };
}

export const growth: Scenario = {
  name: "growth",
  about: `The steady load on one database that holds nothing, then 1 million, then 5 million messages over 500 workspaces
and one person for each 20 messages. The cost of a message is CPU time of web, worker and PostgreSQL together. After each
filling the tables are vacuumed and analysed, as autovacuum would. Deliveries are not filled in: they are kept for days
only. At the end the product's own statements are explained while it takes further messages.`,
  async run(bench): Promise<ScenarioResult> {
    const databaseUrl = await newDatabase(bench.cluster, "product");
    const { steps, notes } = await climb(bench, databaseUrl);
    const { plans, warm } = await explain(bench, databaseUrl);
    await dropDatabase(bench.cluster, databaseUrl);
    const costs = steps.map(({ run }) => costOf(run));
    const [first = 0, last = 0] = [costs.at(0), costs.at(-1)].map((cost) => cost && costUs(cost));
    const scanned = scannedTables(plans);
    const complete = notes.length === 0;
    return {
      goals: [
        {
          what: `CPU for each message, empty → ${whole(steps.at(-1)?.stored ?? 0)} stored`,
          product: `${us(first)} → ${us(last)}, ${times(last / first)}`,
          goal: "≤ 1.2 × empty at 5 million",
          met: complete && last <= 1.2 * first,
        },
        {
          what: "tables that grow, read from end to end",
          product: plans.length === 0 ? "no plans" : scanned.join(", ") || "none",
          goal: "the plans use indexes",
          met: plans.length > 0 && scanned.length === 0,
        },
      ],
      table: {
        columns: ["stored", "end to end", "CPU for each message", "of empty", "visible"],
        rows: steps.map(({ stored, run }) => [
          whole(stored),
          rate(eventsPerSecond(run)),
          us(costUs(costOf(run))),
          times(costUs(costOf(run)) / first),
          seen(run.stream.visible),
        ]),
      },
      costs,
      tallies: [...steps.flatMap(({ warm: warmed, run }) => [warmed.tally, run.tally]), warm.tally],
      notes,
      details: {
        title: `Plans at ${whole(steps.at(-1)?.stored ?? 0)} stored messages, the slowest run of each statement`,
        text: plansText(plans),
      },
    };
  },
};
