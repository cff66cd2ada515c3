import { answered, rate, seen, times } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { isTiny, scaled } from "../options.ts";
import { type Bench, costOf, eventsPerSecond, type Scenario, withTargetOn } from "../scenario.ts";
import { dropDatabase, newDatabase, type Processes } from "../targets.ts";
import { steadyBacklog } from "./steady.ts";

const shapes: Processes[] = [
  { webs: 1, workers: 1 },
  { webs: 2, workers: 1 },
  { webs: 1, workers: 2 },
  { webs: 2, workers: 2 },
];

async function runShape(bench: Bench, processes: Processes) {
  const { cluster, options, say } = bench;
  const databaseUrl = await newDatabase(cluster, "product");
  const label = `${processes.webs} web, ${processes.workers} worker`;
  try {
    return await withTargetOn(
      bench,
      "product",
      databaseUrl,
      async (target, warm) => {
        const requests = scaled(options, 60_000, 200);
        say(`${label}: ${requests} messages`);
        const stream = streamOf({ requests, seed: options.seed, backlogEvents: steadyBacklog });
        return { warm, run: await measure(cluster, target, { label, streams: [stream] }) };
      },
      processes,
    );
  } finally {
    await dropDatabase(cluster, databaseUrl);
  }
}

export const processes: Scenario = {
  name: "processes",
  about: `The steady load on one and two web processes and one and two workers, all on one database. Connections are
spread over the web processes in turn. On two cores that also run PostgreSQL more processes bring no more cores: what
counts is that nothing breaks and nothing collapses.`,
  async run(bench) {
    const ran: Awaited<ReturnType<typeof runShape>>[] = [];
    for (const shape of isTiny(bench.options) ? shapes.slice(-1) : shapes)
      ran.push(await runShape(bench, shape));
    const runs = ran.map(({ run }) => run);
    const first = runs[0] ? eventsPerSecond(runs[0]) : 0;
    const slowest = Math.min(...runs.map(eventsPerSecond));
    const broken = runs.filter(({ tally }) => tally.failedAnswers > 0 || tally.wrong.length > 0);
    return {
      goals: [
        {
          what: "runs with a failed answer or a lost message",
          product: String(broken.length),
          goal: "nothing breaks",
          met: broken.length === 0,
        },
        {
          what: "slowest shape against one of each",
          product: times(slowest / first),
          goal: "no collapse (≥ 0.7 ×)",
          met: slowest >= 0.7 * first,
        },
      ],
      table: {
        columns: ["processes", "end to end", "of one each", "answers", "visible"],
        rows: runs.map((run) => [
          run.label,
          rate(eventsPerSecond(run)),
          times(eventsPerSecond(run) / first),
          answered(run.stream.answer),
          seen(run.stream.visible),
        ]),
      },
      costs: runs.map(costOf),
      tallies: ran.flatMap(({ warm, run }) => [warm.tally, run.tally]),
      notes: [],
    };
  },
};
