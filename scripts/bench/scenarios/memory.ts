import { rate, seconds } from "../format.ts";
import { measure, streamOf } from "../measures/measure.ts";
import { readResidentMb } from "../measures/proc.ts";
import { costOf, eventsPerSecond, type Scenario, type ScenarioResult, withTarget } from "../scenario.ts";
import { steadyBacklog } from "./steady.ts";

const mostMb = 250;
/** Of the limit, each minute: what this little adds up to is seen in hours and not in noise. */
const mostSlope = mostMb / 100;

interface Memory {
  part: string;
  samplesMb: number[];
}

/** MB for each minute by least squares, over what comes after the first fifth. */
function slopeOf(samplesMb: number[]): number {
  const settled = samplesMb.slice(Math.floor(samplesMb.length / 5));
  const mean = (values: number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const meanX = (settled.length - 1) / 2;
  const meanY = mean(settled);
  const spread = settled.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
  const together = settled.reduce((sum, y, x) => sum + (x - meanX) * (y - meanY), 0);
  return spread === 0 ? 0 : (together / spread) * 60;
}

const largest = ({ samplesMb }: Memory) => Math.max(0, ...samplesMb);

export const memory: Scenario = {
  name: "memory",
  about: `The steady load for five minutes. Resident memory of web and worker is read from /proc each second; the slope is
a line through everything after the first fifth, by least squares, and counts as none up to ${mostSlope} MB a minute.`,
  async run(bench): Promise<ScenarioResult> {
    const { cluster, options, say } = bench;
    return withTarget(bench, "product", async (target, warm) => {
      const secondsAtMost = options.memorySeconds;
      say(`${secondsAtMost} s of full load`);
      const watched = [
        { part: "web", pid: target.webs[0]?.pid ?? 0, samplesMb: [] as number[] },
        { part: "worker", pid: target.workers[0]?.pid ?? 0, samplesMb: [] as number[] },
      ];
      const eachSecond = () => {
        for (const { pid, samplesMb } of watched) samplesMb.push(readResidentMb(pid));
      };
      const stream = streamOf({
        // More than it can send, so that the time decides.
        requests: secondsAtMost * 10_000,
        secondsAtMost,
        seed: options.seed,
        backlogEvents: steadyBacklog,
      });
      const run = await measure(cluster, target, { label: "memory", streams: [stream], eachSecond });
      return {
        goals: watched.map((one) => ({
          what: `resident memory of the ${one.part}`,
          product: `at most ${largest(one).toFixed(0)} MB, ${slopeOf(one.samplesMb).toFixed(1)} MB a minute`,
          goal: `≤ ${mostMb} MB, no slope`,
          met: largest(one) <= mostMb && slopeOf(one.samplesMb) <= mostSlope,
        })),
        table: {
          columns: ["", "largest", "slope after the first fifth", "samples", "load", "sent for"],
          rows: watched.map((one) => [
            one.part,
            `${largest(one).toFixed(0)} MB`,
            `${slopeOf(one.samplesMb).toFixed(2)} MB a minute`,
            String(one.samplesMb.length),
            rate(eventsPerSecond(run)),
            seconds(run.stream.sendingSeconds),
          ]),
        },
        costs: [costOf(run)],
        tallies: [warm.tally, run.tally],
        notes: [],
      };
    });
  },
};
