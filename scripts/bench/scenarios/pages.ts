import { withClient } from "../cluster.ts";
import type { DurationSummary } from "../histogram.ts";
import { scaled } from "../options.ts";
import { type Bench, type Scenario, withTarget } from "../scenario.ts";
import { signInVisitor, visit } from "../visitor.ts";
import { ms, whole } from "../words.ts";

const perSecond = 50;
const integrations = "/settings/integrations";

async function visitAll(
  { options, say }: Bench,
  ...[target, warm]: Parameters<Parameters<typeof withTarget>[2]>
) {
  const { rows } = await withClient(target.databaseUrl, (client) =>
    client.query<{ id: string; tenant_id: string }>(
      "select id, tenant_id from conversations order by id limit 1",
    ),
  );
  const [thread] = rows;
  if (!thread) throw new Error("There is no conversation to look at.");
  const cookie = await signInVisitor(target, thread.tenant_id);
  const paths = [integrations, "/conversations", `/conversations/${thread.id}`];
  const visits = perSecond * scaled(options, 60, 1);
  const seen: [string, DurationSummary][] = [];
  for (const path of paths) {
    await visit(target, cookie, { path, perSecond, visits: scaled(options, 200, 5) });
    say(`${visits} visits to ${path} at ${perSecond}/s`);
    seen.push([path, await visit(target, cookie, { path, perSecond, visits })]);
  }
  return { seen, warm };
}

export const pages: Scenario = {
  name: "pages",
  about: `Pages as a signed-in admin's browser asks for them, each ${perSecond} times a second for 60 s, open loop, nothing else
going on. The baseline has no pages.`,
  async run(bench) {
    const { seen, warm } = await withTarget(bench, "product", (target, warmed) =>
      visitAll(bench, target, warmed),
    );
    const p95Ms = seen.find(([path]) => path === integrations)?.[1].p95Ms ?? Number.NaN;
    return {
      goals: [
        { what: "the Integrations page, answer p95", product: ms(p95Ms), goal: "≤ 30 ms", met: p95Ms <= 30 },
      ],
      table: {
        columns: ["page", "answers", "p50", "p95", "p99", "max"],
        rows: seen.map(([path, { count, p50Ms, p95Ms, p99Ms, maxMs }]) => [
          ...[path.replace(/\d+$/, ":id"), whole(count)],
          ...[p50Ms, p95Ms, p99Ms, maxMs].map(ms),
        ]),
      },
      costs: [],
      tallies: [warm.tally],
      notes: [],
    };
  },
};
