/** All scenarios, in the order in which they run. */
import type { Scenario } from "../scenario.ts";
import { bulk } from "./bulk.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { neighbour } from "./neighbour.ts";
import { pages } from "./pages.ts";
import { processes } from "./processes.ts";
import { quiet } from "./quiet.ts";
import { sizing } from "./sizing.ts";
import { steady } from "./steady.ts";

export const scenarios: readonly Scenario[] = [
  steady,
  sizing,
  quiet,
  pages,
  bulk,
  growth,
  processes,
  memory,
  neighbour,
];
