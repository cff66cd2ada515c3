/**
 * `npm run test:long`: what `npm test` has no time for. All tests with their generators at length, and those that only run
 * here; the database tests on Debian's PostgreSQL 15; part of all on Node 22; a short benchmark. `-- postgres15` runs one
 * part, `-- node22` those whose names begin so. Goes on after a failure, and has then failed.
 */
import path from "node:path";
import { debianPostgres15 } from "../db/testing/embedded-postgres.ts";
import { clearResults, results } from "./tests/counts.ts";
import { browserPart, build, vitestPart } from "./tests/parts.ts";
import { ensureNode22 } from "./tests/programs/node-22.ts";
import { report } from "./tests/report.ts";
import { type Part, runStages } from "./tests/run.ts";

const seed = process.env.TEST_SEED || String(Math.floor(Math.random() * 2 ** 31));
const atLength = { TEST_TIER: "long", TEST_SEED: seed };

/** On the Node that is installed when the part is run. */
function onNode22(made: (node: string) => Part, name: string): Part {
  let part: Part | undefined;
  return {
    name,
    run(place) {
      part = made(ensureNode22());
      return part.run(place);
    },
    counts: () => part?.counts?.(),
  };
}

const bench: Part = {
  name: "bench",
  run: (place) => {
    const options = ["--only", "steady,quiet", "--scale", "0.2", "--no-build"];
    const command = ["scripts/bench/index.ts", ...options, "--results", path.join(results, "bench")];
    return place.node({ command });
  },
};

/** Words of that test's name. */
const slowSenders = "slow senders hold little";

/** Those that start processes of ours. */
const processes = ["worker/", "scripts/", "db/"];

const parts: Part[] = [
  build,
  vitestPart("unit", "unit", { env: atLength }),
  vitestPart("database", "database", { env: atLength }),
  browserPart("browser", { env: atLength, args: ["--grep-invert", slowSenders] }),
  // Ten thousand connections leave two cores nothing for a browser beside them.
  browserPart("slow-senders", { env: atLength, args: ["--grep", slowSenders] }),
  vitestPart("postgres15", "database", { env: { TEST_POSTGRES: debianPostgres15, DATABASE_URL: "" } }),
  onNode22((node) => vitestPart("node22-unit", "unit", { node }), "node22-unit"),
  onNode22((node) => vitestPart("node22-database", "database", { node, args: processes }), "node22-database"),
  onNode22((node) => browserPart("node22-browser", { node, args: ["deployables"] }), "node22-browser"),
  bench,
];

const needBuild = ["browser", "slow-senders", "node22-browser", "bench"];
const wanted = process.argv.slice(2);
const chosen = parts.filter(
  ({ name }) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)),
);
const unknown = wanted.find((word) => !parts.some(({ name }) => name.startsWith(word)));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}": ${parts.map(({ name }) => name).join(", ")}.`);
  process.exit(2);
}
if (!chosen.includes(build) && chosen.some(({ name }) => needBuild.includes(name))) chosen.unshift(build);

console.log(`TEST_SEED=${seed}`);
const started = performance.now();
clearResults();
const ran = await runStages(
  chosen.map((part) => [part]),
  { goesOn: true },
);
const isGood = report(ran, (performance.now() - started) / 1000);
process.exitCode ??= isGood ? 0 : 1;
