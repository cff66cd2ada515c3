/**
 * `npm test`: format, lint, types and dead code beside the unit tests; the database tests; the build; browser tests
 * against it. `npm test -- check|unit|database|build|browser` runs some of them, and what follows one of them is for its
 * runner. Stops at the first failure; a test that passed only when it was repeated is one.
 */
import { clearResults } from "./tests/counts.ts";
import { browserPart, build, check, vitestPart } from "./tests/parts.ts";
import { report } from "./tests/report.ts";
import { type Part, runStages } from "./tests/run.ts";

const names = ["check", "unit", "database", "build", "browser"];
const given = process.argv.slice(2);
const end = given.findIndex((word) => !names.includes(word));
const wanted = end === -1 ? given : given.slice(0, end);
const args = given.slice(wanted.length);
if (args.length > 0 && wanted.length !== 1) {
  console.error(`There is no part "${args[0]}": ${names.join(", ")}.`);
  process.exit(2);
}

const stages: Part[][] = [
  [vitestPart("unit", "unit", { args }), check],
  [vitestPart("database", "database", { args }), build],
  [browserPart("browser", { args })],
];
// What a browser opens is what was built now.
const isWanted = ({ name }: Part) =>
  wanted.length === 0 || wanted.includes(name) || (name === "build" && wanted.includes("browser"));

const started = performance.now();
clearResults();
const ran = await runStages(
  stages.map((stage) => stage.filter(isWanted)).filter((stage) => stage.length > 0),
);
const isGood = report(ran, (performance.now() - started) / 1000);
process.exitCode ??= isGood ? 0 : 1;
