import { rate, seen, times, us } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { scaled } from "../options.ts";
import {
  answersPerSecond,
  type Bench,
  costOf,
  costUs,
  eventsPerSecond,
  type Scenario,
  withTarget,
} from "../scenario.ts";

/** Events that may be accepted and not yet visible: enough for every worker, and the same throughout. */
export const steadyBacklog = 10_000;

export async function runSteady(bench: Bench, kind: "product" | "baseline") {
  const { cluster, options, say } = bench;
  return withTarget(bench, kind, async (target, warm) => {
    const requests = scaled(options, kind === "product" ? 120_000 : 40_000, 300);
    say(`${kind}: ${requests} messages`);
    const stream = streamOf({ requests, seed: options.seed, backlogEvents: steadyBacklog });
    return { warm, run: await measure(cluster, target, { label: `steady, ${kind}`, streams: [stream] }) };
  });
}

export const steady: Scenario = {
  name: "steady",
  about: `Unique one-message bodies from 10,000 people to 500 workspaces, closed loop over 64 connections. Sending pauses
while ${steadyBacklog} messages are accepted and not yet visible, so the backlog is the same throughout; the rate is all
messages over the time from the first byte sent until the last message is visible.`,
  async run(bench) {
    const product = await runSteady(bench, "product");
    const baseline = await runSteady(bench, "baseline");
    const runs = [product.run, baseline.run];
    const [ours, plain] = [eventsPerSecond(product.run), eventsPerSecond(baseline.run)];
    const costs = runs.map(costOf);
    const [ourCost = 0, plainCost = 0] = costs.map(costUs);
    return {
      goals: [
        {
          what: "messages, end to end",
          product: rate(ours),
          baseline: rate(plain),
          ratio: times(ours / plain),
          goal: "≥ 4,000/s and ≥ 5 × the baseline",
          met: ours >= 4_000 && ours >= 5 * plain,
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
        columns: ["", "end to end", "answered while sending", "visible"],
        rows: runs.map((one) => [
          one.label,
          rate(eventsPerSecond(one)),
          rate(answersPerSecond(one)),
          seen(one.stream.visible),
        ]),
      },
      costs,
      tallies: [product.warm.tally, product.run.tally, baseline.warm.tally, baseline.run.tally],
      notes: [],
    };
  },
};
