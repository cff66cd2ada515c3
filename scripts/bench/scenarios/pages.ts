import { withClient } from "../cluster.ts";
import { ms, whole } from "../format.ts";
import type { DurationSummary } from "../measures/histogram.ts";
import { scaled } from "../options.ts";
import { type Bench, type Scenario, withTarget } from "../scenario.ts";
import type { Target } from "../targets.ts";
import { fillInbox } from "../world/fill.ts";
import { signInVisitor, visit } from "../world/visitor.ts";

const integrations = "/settings/integrations";
const inbox = "/conversations";

interface Looked {
  name: string;
  path: string;
  perSecond: number;
}

async function looksOf({ options }: Bench, { databaseUrl }: Target) {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ id: string; tenantId: string }>(
      `select id, tenant_id as "tenantId" from conversations order by id limit 1`,
    );
    const [thread] = rows;
    if (!thread) throw new Error("There is no conversation to look at.");
    await fillInbox(databaseUrl, thread.tenantId, scaled(options, 100_000, 200));
    const middle = await client.query<{ cursor: string }>(
      `select to_char(last_message_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '_' || id as cursor
         from conversations where tenant_id = $1
        order by last_message_at offset (select count(*) / 2 from conversations where tenant_id = $1) limit 1`,
      [thread.tenantId],
    );
    const after = new URLSearchParams({ after: middle.rows[0]?.cursor ?? "" });
    const looks: Looked[] = [
      { name: "Integrations", path: integrations, perSecond: 50 },
      { name: "conversations", path: inbox, perSecond: 50 },
      { name: "conversations, from the middle", path: `${inbox}?${after}`, perSecond: 50 },
      { name: "conversation", path: `${inbox}/${thread.id}`, perSecond: 50 },
      { name: "search for the oldest", path: `${inbox}?q=zubizarreta`, perSecond: 10 },
      { name: "search for nobody", path: `${inbox}?q=nobody+of+that+name`, perSecond: 10 },
    ];
    return { looks, tenantId: thread.tenantId };
  });
}

async function visitAll(bench: Bench, ...[target, warm]: Parameters<Parameters<typeof withTarget>[2]>) {
  const { options, say } = bench;
  const { looks, tenantId } = await looksOf(bench, target);
  const cookie = await signInVisitor(target, tenantId);
  const seen: [Looked, DurationSummary][] = [];
  for (const look of looks) {
    const { name, path, perSecond } = look;
    const visits = scaled(options, perSecond * 60, perSecond);
    await visit(target, cookie, { path, perSecond, visits: scaled(options, perSecond * 4, 5) });
    say(`${visits} visits at ${perSecond}/s: ${name}`);
    seen.push([look, await visit(target, cookie, { path, perSecond, visits })]);
  }
  return { seen, warm };
}

export const pages: Scenario = {
  name: "pages",
  about: `Pages as a signed-in admin's browser asks for them, each for 60 s, open loop, nothing else going on. The workspace
has 100,000 conversations; the one that is searched for is the oldest. The baseline has no pages.`,
  async run(bench) {
    const { seen, warm } = await withTarget(bench, "product", (target, warmed) =>
      visitAll(bench, target, warmed),
    );
    const p95Ms = seen.find(([{ path }]) => path === integrations)?.[1].p95Ms ?? Number.NaN;
    return {
      goals: [
        { what: "the Integrations page, answer p95", product: ms(p95Ms), goal: "≤ 30 ms", met: p95Ms <= 30 },
      ],
      table: {
        columns: ["page", "asked for", "answers", "p50", "p95", "p99", "max"],
        rows: seen.map(([{ name, perSecond }, { count, p50Ms, p95Ms, p99Ms, maxMs }]) => [
          name,
          `${perSecond}/s`,
          whole(count),
          ...[p50Ms, p95Ms, p99Ms, maxMs].map(ms),
        ]),
      },
      costs: [],
      tallies: [warm.tally],
      notes: [],
    };
  },
};
