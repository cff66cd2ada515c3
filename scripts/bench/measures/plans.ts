/** Plans of the statements that a target really runs, as PostgreSQL's auto_explain logs them, for the growth scenario. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Cluster, withClient } from "../cluster.ts";

const settings = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_analyze": "on",
  "auto_explain.log_buffers": "on",
  "auto_explain.log_parameter_max_length": "0",
};

export interface Plan {
  statement: string;
  durationMs: number;
  text: string;
}

/** From its next connection on, everything that runs in this database is explained. Measure nothing after this. */
export async function explainEverything(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  await withClient(databaseUrl, async (client) => {
    for (const [setting, value] of Object.entries(settings))
      await client.query(`alter database ${name} set ${setting} = '${value}'`);
  });
}

/** For each statement about what arrives, its slowest run; the slowest statements first. */
export function readPlans({ dataDir }: Cluster): Plan[] {
  const folder = path.join(dataDir, "log");
  const text = readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), "utf8"))
    .join("\n");
  const slowest = new Map<string, Plan>();
  for (const [, duration, lines] of text.matchAll(/duration: ([\d.]+) ms {2}plan:\n((?:\t.*\n)+)/g)) {
    const body = (lines ?? "").replaceAll(/^\t/gm, "");
    const planStart = body.search(/^\S.*\(cost=/m);
    const statement = body.slice("Query Text: ".length, planStart).replaceAll(/\s+/g, " ").trim();
    if (!/webhook_deliveries|messages|contacts|conversations|number_claims/.test(statement)) continue;
    if (/\/\* bench \*\/|count\(|limit 1$/.test(statement)) continue;
    const plan = { statement, durationMs: Number(duration), text: body.slice(planStart).trimEnd() };
    if (plan.durationMs > (slowest.get(statement)?.durationMs ?? -1)) slowest.set(statement, plan);
  }
  return [...slowest.values()].sort((a, b) => b.durationMs - a.durationMs);
}

const growing = /Seq Scan on (messages|contacts|conversations|webhook_deliveries)\b/g;

/** Tables that grow and were read from end to end. */
export function scannedTables(plans: Plan[]): string[] {
  return [
    ...new Set(plans.flatMap(({ text }) => [...text.matchAll(growing)].map((match) => match[1] ?? ""))),
  ];
}

export function plansText(plans: Plan[]): string {
  const shown = plans.map(
    ({ statement, durationMs, text }) =>
      `-- ${durationMs} ms\n-- ${shorten(statement, 400)}\n${shorten(text, 4_000)}`,
  );
  return shown.join("\n\n");
}

const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)} …` : text);
