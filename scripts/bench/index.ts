/**
 * `npm run bench`: builds, starts a PostgreSQL of its own, runs the scenarios against the product and the plain baseline,
 * prints a table and writes RESULTS.md. Exit code 1 when something was lost, doubled, set aside or left open; a goal that
 * is missed is reported and fails nothing. Everything is on loopback, and everything started is ended.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../stack.ts";
import { stopAll } from "./children.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { describeMachine } from "./measures/machine.ts";
import { type BenchOptions, parseOptions, usage } from "./options.ts";
import { goalTable, plain, type Ran, resultsText } from "./report.ts";
import { scenarios } from "./scenarios/index.ts";
import { makeBaselineTemplate, makeProductTemplate } from "./world/seed.ts";

let starting: Promise<Cluster> | undefined;
let ending: Promise<void> | undefined;

for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    void endEverything().then(() => process.exit(130));
  });

const options = optionsOrExit();
try {
  process.exitCode = await bench(options);
} catch (error) {
  if (!ending) console.error(error);
  process.exitCode = 1;
} finally {
  await endEverything();
}

/** Processes first, then the database they use. */
function endEverything(): Promise<void> {
  ending ??= stopAll()
    .then(() => starting)
    .then(
      (cluster) => cluster?.stop(),
      () => {},
    );
  return ending;
}

async function bench(options: BenchOptions): Promise<number> {
  const machine = describeMachine();
  if (options.build) execFileSync(process.execPath, ["scripts/build.ts"], { cwd: root, stdio: "inherit" });
  starting = startCluster(options.dataFolder);
  const cluster = await starting;
  await makeProductTemplate(cluster);
  await makeBaselineTemplate(cluster);
  const notesFile = path.join(import.meta.dirname, "NOTES.md");
  const notes = existsSync(notesFile) ? readFileSync(notesFile, "utf8") : "";
  const ran: Ran[] = [];
  for (const scenario of scenarios) {
    if (options.only.length > 0 && !options.only.includes(scenario.name)) continue;
    const startMs = performance.now();
    const say = (line: string) => console.log(`${scenario.name}: ${line}`);
    const result = await scenario.run({ cluster, options, say });
    ran.push({ scenario, result, seconds: (performance.now() - startMs) / 1000 });
    // After each: hours of measuring are not lost when a later one fails.
    writeResults(ran, { machine, postgres: cluster, options, notes });
  }
  console.log(`\n${plain(goalTable(ran))}\n`);
  const wrong = ran.flatMap(({ result }) => result.tallies.filter((tally) => tally.wrong.length > 0));
  for (const { label, wrong: what } of wrong) console.error(`${label}: ${what.join(", ")}`);
  console.log(`Results: ${path.join(options.resultsFolder, "RESULTS.md")}`);
  return wrong.length > 0 ? 1 : 0;
}

function writeResults(ran: Ran[], circumstances: Parameters<typeof resultsText>[1]): void {
  mkdirSync(options.resultsFolder, { recursive: true });
  writeFileSync(path.join(options.resultsFolder, "RESULTS.md"), resultsText(ran, circumstances));
}

function optionsOrExit(): BenchOptions {
  try {
    return parseOptions(
      process.argv.slice(2),
      scenarios.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(2);
  }
}
