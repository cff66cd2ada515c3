/** The tables of a run, on the screen and in RESULTS.md. */

import { rate, seconds, us, whole } from "./format.ts";
import type { Tally } from "./measures/counts.ts";
import type { Machine } from "./measures/machine.ts";
import type { BenchOptions } from "./options.ts";
import type { CostLine, Scenario, ScenarioResult, Table } from "./scenario.ts";
import { costUs } from "./scenario.ts";

export interface Ran {
  scenario: Scenario;
  result: ScenarioResult;
  seconds: number;
}

export interface Circumstances {
  machine: Machine;
  postgres: { version: string; settings: Record<string, string> };
  options: BenchOptions;
  /** People's words on what stands in the way, kept in NOTES.md: this file is written anew by every run. */
  notes: string;
}

export function resultsText(ran: Ran[], circumstances: Circumstances): string {
  const { scale } = circumstances.options;
  return [
    "# Benchmark",
    "Written by `npm run bench`. Product and baseline (`scripts/bench/baseline/`) ran one after the other on this machine,",
    "with PostgreSQL and the load generator on the same cores. Ratios say how many times better the product is.",
    ...(scale < 1
      ? [
          `\n**Scale ${scale}: shortened. The goals are stated for scale 1, and these numbers prove nothing.**`,
        ]
      : []),
    "\n## Goals\n",
    markdown(goalTable(ran)),
    "\n## Not reached\n",
    notReached(ran),
    ...(circumstances.notes ? ["\n## What stands in the way\n", circumstances.notes.trim()] : []),
    "\n## What it was measured on\n",
    markdown(circumstanceTable(circumstances)),
    "\n## Counts\n",
    "Everything acknowledged is stored exactly once, nothing is set aside, nothing is left open: else the run fails.\n",
    markdown(tallyTable(ran.flatMap(({ result }) => result.tallies))),
    ...ran.map(scenarioText),
    "",
  ].join("\n");
}

export function goalTable(ran: Ran[]): Table {
  return {
    columns: ["scenario", "what", "product", "baseline", "ratio", "goal", "met"],
    rows: ran.flatMap(({ scenario, result }) =>
      result.goals.map(({ what, product, baseline = "–", ratio = "–", goal, met }) => [
        scenario.name,
        what,
        product,
        baseline,
        ratio,
        goal,
        met === undefined ? "–" : met ? "yes" : "**no**",
      ]),
    ),
  };
}

/** The numbers only; what stands in the way is for people to write. */
function notReached(ran: Ran[]): string {
  const missed = ran.flatMap(({ scenario, result }) =>
    result.goals
      .filter(({ met }) => met === false)
      .map(
        ({ what, product, goal }) =>
          `### ${scenario.name}: ${what}\n\nMeasured ${product}; the goal is ${goal}.\n`,
      ),
  );
  return missed.length > 0 ? missed.join("\n") : "Every goal of the scenarios that ran was reached.";
}

function scenarioText({ scenario, result, seconds: took }: Ran): string {
  const { table, costs, notes, details } = result;
  return [
    `\n## ${scenario.name}\n`,
    `${scenario.about} (Took ${seconds(took)} in all.)\n`,
    markdown(table),
    "\nCPU time for each event, from the first byte sent until the last event was visible (PostgreSQL's with the queries that look for events):\n",
    markdown(costTable(costs)),
    ...notes.map((note) => `\n${note}`),
    ...(details
      ? [`\n<details><summary>${details.title}</summary>\n`, "```", details.text, "```", "</details>"]
      : []),
  ].join("\n");
}

function costTable(costs: CostLine[]): Table {
  return {
    columns: ["", "events", "each second", "web", "worker", "PostgreSQL", "these three", "load generator"],
    rows: costs.map((cost) => [
      cost.label,
      whole(cost.events),
      rate(cost.events / cost.seconds),
      us(cost.webUs),
      us(cost.workerUs),
      us(cost.postgresUs),
      us(costUs(cost)),
      us(cost.loadUs),
    ]),
  };
}

export function tallyTable(tallies: Tally[]): Table {
  return {
    columns: [
      "run",
      "messages acknowledged",
      "stored",
      "statuses acknowledged",
      "stored",
      "quarantined",
      "open",
      "jobs left",
      "not 200",
      "holds",
    ],
    rows: tallies.map((tally) => [
      tally.label,
      String(tally.acknowledgedMessages),
      String(tally.storedMessages),
      String(tally.acknowledgedStatuses),
      String(tally.storedStatuses),
      String(tally.quarantined),
      String(tally.openDeliveries),
      String(tally.jobsLeft),
      String(tally.failedAnswers),
      tally.wrong.length === 0 ? "yes" : `**no**: ${tally.wrong.join(", ")}`,
    ]),
  };
}

function circumstanceTable({ machine, postgres, options }: Circumstances): Table {
  const settings = Object.entries(postgres.settings).map(([name, value]) => `${name} ${value}`);
  return {
    columns: ["", ""],
    rows: [
      ["measured at", machine.time],
      ["commit", machine.commit],
      ["seed, scale", `${options.seed}, ${options.scale}`],
      ["CPU", `${machine.cores} × ${machine.cpu}`],
      ["memory", `${machine.memoryGb} GB`],
      ["kernel", machine.kernel],
      ["Node", machine.node],
      ["PostgreSQL", `${postgres.version}: ${settings.join(", ")}; everything else as it comes`],
      ["load before", machine.loadAverage],
    ],
  };
}

function markdown({ columns, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

/** For the screen: columns as wide as their widest cell. */
export function plain({ columns, rows }: Table): string {
  const all = [columns, ...rows].map((cells) => cells.map((cell) => cell.replaceAll("**", "")));
  const widths = columns.map((_, n) => Math.max(...all.map((cells) => cells[n]?.length ?? 0)));
  return all
    .map((cells) =>
      cells
        .map((cell, n) => cell.padEnd(widths[n] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
