import { answered, ms, rate, seconds, times, us } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { isTiny, scaled } from "../options.ts";
import { type Bench, costOf, costUs, eventsPerSecond, type Scenario, withTarget } from "../scenario.ts";

async function runBulk(bench: Bench, kind: "product" | "baseline") {
  const { cluster, options, say } = bench;
  const updatesPerBody = isTiny(options) ? 100 : 1_000;
  return withTarget(bench, kind, async (target, warm) => {
    const requests = scaled(options, kind === "product" ? 300 : 30, 3);
    say(`${kind}: ${requests} bodies of ${updatesPerBody}`);
    const part = { firstTenant: 0, tenants: 20, contacts: 10_000 };
    const stream = streamOf({
      name: "bulk",
      requests,
      updatesPerBody,
      part,
      mix: "bulk",
      seed: options.seed,
      connections: 4,
      sampleEvery: 1,
      backlogEvents: 20,
    });
    return { warm, run: await measure(cluster, target, { label: `bulk, ${kind}`, streams: [stream] }) };
  });
}

export const bulk: Scenario = {
  name: "bulk",
  about: `Bodies of 1,000 messages, 50 for each of 20 workspaces, from 10,000 people; closed loop over 4 connections, with
at most 20 bodies accepted and not yet visible. A body is visible when its first and its last message are, and the run
ends when nothing that was accepted is open.`,
  async run(bench) {
    const product = await runBulk(bench, "product");
    const baseline = await runBulk(bench, "baseline");
    const runs = [product.run, baseline.run];
    const [ours, plain] = [eventsPerSecond(product.run), eventsPerSecond(baseline.run)];
    const costs = runs.map(costOf);
    const [ourCost = 0, plainCost = 0] = costs.map(costUs);
    const slowest = (run: typeof product.run) => run.stream.answer.maxMs;
    return {
      goals: [
        {
          what: "messages, end to end",
          product: rate(ours),
          baseline: rate(plain),
          ratio: times(ours / plain),
          goal: "≥ 20,000/s",
          met: ours >= 20_000,
        },
        {
          what: "slowest answer",
          product: ms(slowest(product.run)),
          baseline: ms(slowest(baseline.run)),
          ratio: times(slowest(baseline.run) / slowest(product.run)),
          goal: "≤ 500 ms",
          met: slowest(product.run) <= 500,
        },
        {
          what: "CPU for each message",
          product: us(ourCost),
          baseline: us(plainCost),
          ratio: times(plainCost / ourCost),
          goal: "–",
        },
      ],
      table: {
        columns: ["", "bodies", "end to end", "answers", "all visible after"],
        rows: runs.map((run) => [
          run.label,
          String(run.stream.sentRequests),
          rate(eventsPerSecond(run)),
          `${answered(run.stream.answer)}, max ${ms(slowest(run))}`,
          seconds(run.load.secondsUntilVisible),
        ]),
      },
      costs,
      tallies: [product.warm.tally, product.run.tally, baseline.warm.tally, baseline.run.tally],
      notes: [],
    };
  },
};
