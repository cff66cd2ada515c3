import { answered, percent, rate, seconds, seen, times } from "../format.ts";
import { type Measured, measure, streamOf } from "../measures/measure.ts";
import { isTiny, scaled } from "../options.ts";
import { type Bench, costOf, type Scenario, type ScenarioResult, withTarget } from "../scenario.ts";
import { seedSentMessages } from "../world/seed.ts";
import { everybody } from "../world/world.ts";

const goalRate = 4_000;
const ladders = {
  product: [4_000, 3_500, 3_000, 2_500, 2_000, 1_500, 1_000, 500],
  baseline: [1_000, 500, 250, 125],
};

/** Runs the mix at each rate in turn, highest first, until one holds. */
async function climbDown(bench: Bench, kind: "product" | "baseline"): Promise<Measured[]> {
  const { cluster, options, say } = bench;
  const tiny = isTiny(options);
  const rates = tiny ? [200] : ladders[kind];
  const lengthSeconds = scaled(options, 60, 1);
  const streams = rates.map((perSecond) =>
    streamOf({
      name: rate(perSecond),
      mix: "sizing",
      perSecond,
      requests: Math.floor((perSecond * lengthSeconds) / 4) * 4,
      seed: options.seed,
      connections: 256,
      sampleEvery: tiny ? 5 : Math.floor(perSecond / 100) | 1,
    }),
  );
  const prepare = async (databaseUrl: string) => {
    for (const { run, requests } of streams)
      await seedSentMessages(kind, databaseUrl, { run, part: everybody, messages: requests / 4 });
  };
  return withTarget(
    bench,
    kind,
    async (target, warm) => {
      const runs = [warm];
      for (const stream of streams) {
        say(`${kind}: ${stream.name} for ${lengthSeconds} s`);
        const run = await measure(cluster, target, {
          label: `sizing, ${kind}, ${stream.name}`,
          streams: [stream],
        });
        runs.push(run);
        if (holds(run)) break;
      }
      return runs;
    },
    prepare,
  );
}

function holds({
  stream: { answer, visible, abandoned, sentRequests, acknowledgedRequests },
}: Measured): boolean {
  return (
    !abandoned &&
    sentRequests === acknowledgedRequests &&
    answer.p50Ms <= 25 &&
    answer.p99Ms <= 250 &&
    answer.shareOverOneSecond < 0.001 &&
    visible.p95Ms <= 1_000
  );
}

export const sizing: Scenario = {
  name: "sizing",
  about: `Meta's sizing mix, one message to three statuses, one in each body, at a fixed rate for 60 s: open loop, every
answer timed from the moment the request was due. Statuses are sent, delivered and read of messages that are stored
already. When 4,000/s does not hold, lower rates are tried until one does. A rate is given up when sending is five
seconds behind its schedule. About a hundred events a second are looked for.`,
  async run(bench): Promise<ScenarioResult> {
    const [productWarm, ...product] = await climbDown(bench, "product");
    const [baselineWarm, ...baseline] = await climbDown(bench, "baseline");
    const [first] = product;
    const runs = [...product, ...baseline];
    const highest = (those: Measured[]) => Number(those.find(holds)?.stream.name.replace(/\D/g, "") ?? 0);
    const [ours, plain] = [highest(product), highest(baseline)];
    if (!first) throw new Error("Nothing was measured.");
    const { answer, visible, abandoned } = first.stream;
    return {
      goals: [
        {
          what: `mix at ${first.stream.name}: answers`,
          product: answered(answer) + (abandoned ? ", given up" : ""),
          goal: "p50 ≤ 25 ms, p99 ≤ 250 ms, < 0.1 % over 1 s",
          met: !abandoned && answer.p50Ms <= 25 && answer.p99Ms <= 250 && answer.shareOverOneSecond < 0.001,
        },
        {
          what: `mix at ${first.stream.name}: visible`,
          product: seen(visible),
          goal: "p95 ≤ 1 s",
          met: !abandoned && visible.p95Ms <= 1_000,
        },
        {
          what: "highest rate tried that holds all of these",
          product: rate(ours),
          baseline: rate(plain),
          ratio: times(ours / plain),
          goal: rate(goalRate),
          met: ours >= goalRate,
        },
      ],
      table: {
        columns: ["", "answers", "visible", "sent for", "all visible after", "not 200", "holds"],
        rows: runs.map((run) => [
          run.label,
          answered(run.stream.answer),
          seen(run.stream.visible),
          seconds(run.stream.sendingSeconds) + (run.stream.abandoned ? ", given up" : ""),
          seconds(run.load.secondsUntilVisible),
          percent(1 - run.stream.acknowledgedRequests / run.stream.sentRequests),
          holds(run) ? "yes" : "no",
        ]),
      },
      costs: runs.map(costOf),
      tallies: [productWarm, baselineWarm, ...runs].flatMap((run) => run?.tally ?? []),
      notes: [],
    };
  },
};
