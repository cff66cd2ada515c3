import { answered, ms, seen, times } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { scaled } from "../options.ts";
import { type Bench, costOf, type Scenario, withTarget } from "../scenario.ts";

const perSecond = 50;
const pollMs = 10;

async function runQuiet(bench: Bench, kind: "product" | "baseline") {
  const { cluster, options, say } = bench;
  return withTarget(bench, kind, async (target, warm) => {
    const requests = perSecond * scaled(options, 60, 1);
    say(`${kind}: ${requests} messages at ${perSecond}/s`);
    const stream = streamOf({ requests, seed: options.seed, perSecond, connections: 16, sampleEvery: 1 });
    return {
      warm,
      run: await measure(cluster, target, { label: `quiet, ${kind}`, streams: [stream], pollMs }),
    };
  });
}

export const quiet: Scenario = {
  name: "quiet",
  about: `One-message bodies at ${perSecond}/s for 60 s, open loop. Every message is looked for, every ${pollMs} ms.`,
  async run(bench) {
    const product = await runQuiet(bench, "product");
    const baseline = await runQuiet(bench, "baseline");
    const runs = [product.run, baseline.run];
    const [ours, plain] = [product.run.stream, baseline.run.stream];
    return {
      goals: [
        {
          what: "answer p99",
          product: ms(ours.answer.p99Ms),
          baseline: ms(plain.answer.p99Ms),
          ratio: times(plain.answer.p99Ms / ours.answer.p99Ms),
          goal: "≤ 30 ms",
          met: ours.answer.p99Ms <= 30,
        },
        {
          what: "visible p95",
          product: ms(ours.visible.p95Ms),
          baseline: ms(plain.visible.p95Ms),
          ratio: times(plain.visible.p95Ms / ours.visible.p95Ms),
          goal: "≤ 150 ms",
          met: ours.visible.p95Ms <= 150,
        },
      ],
      table: {
        columns: ["", "answers", "visible"],
        rows: runs.map((run) => [run.label, answered(run.stream.answer), seen(run.stream.visible)]),
      },
      costs: runs.map(costOf),
      tallies: [product.warm.tally, product.run.tally, baseline.warm.tally, baseline.run.tally],
      notes: [],
    };
  },
};
