import { answered, ms, rate, seen, times } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { scaled } from "../options.ts";
import { type Bench, costOf, type Scenario, withTarget } from "../scenario.ts";

const quietPerSecond = 10;

async function runNeighbour(bench: Bench, kind: "product" | "baseline") {
  const { cluster, options, say } = bench;
  return withTarget(bench, kind, async (target, warm) => {
    const secondsAtMost = scaled(options, 30, 1);
    say(`${kind}: a flood and a quiet neighbour for ${secondsAtMost} s`);
    const { seed } = options;
    const flood = streamOf({
      name: "flood",
      requests: secondsAtMost * 6_000,
      secondsAtMost,
      seed,
      sampleEvery: 500,
      part: { firstTenant: 0, tenants: 1, contacts: 2_000 },
    });
    const quiet = streamOf({
      name: "quiet",
      requests: secondsAtMost * quietPerSecond,
      perSecond: quietPerSecond,
      seed,
      sampleEvery: 1,
      part: { firstTenant: 1, tenants: 1, contacts: 200 },
      connections: 4,
    });
    const label = `neighbour, ${kind}`;
    return { warm, run: await measure(cluster, target, { label, streams: [flood, quiet], pollMs: 25 }) };
  });
}

export const neighbour: Scenario = {
  name: "neighbour",
  about: `One workspace gets as many one-message bodies as 64 connections can send in 30 s, whatever waits already; another
gets ${quietPerSecond} a second meanwhile. Every message of the quiet one is looked for.`,
  async run(bench) {
    const product = await runNeighbour(bench, "product");
    const baseline = await runNeighbour(bench, "baseline");
    const runs = [product.run, baseline.run];
    const p95Ms = (run: typeof product.run) => run.load.streams[1]?.visible.p95Ms ?? Number.NaN;
    const [ours, plain] = [p95Ms(product.run), p95Ms(baseline.run)];
    return {
      goals: [
        {
          what: "the quiet workspace, visible p95",
          product: ms(ours),
          baseline: ms(plain),
          ratio: times(plain / ours),
          goal: "≤ 3 s",
          met: ours <= 3_000,
        },
      ],
      table: {
        columns: ["", "workspace", "answered", "answers", "visible"],
        rows: runs.flatMap((run) =>
          run.load.streams.map((stream) => [
            run.label,
            stream.name,
            rate(stream.acknowledgedRequests / stream.sendingSeconds),
            answered(stream.answer),
            seen(stream.visible),
          ]),
        ),
      },
      costs: runs.map(costOf),
      tallies: [product.warm.tally, product.run.tally, baseline.warm.tally, baseline.run.tally],
      notes: [],
    };
  },
};
