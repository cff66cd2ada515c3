/** The rows of the older tables into ours, with what belongs to them, and the older tables' end. */
import type pg from "pg";
import type { Findings } from "./adoption.ts";
import { extrasWithoutTokens, insertConnections, settleAround } from "./connections/connections.ts";
import { addExtras, continueIdentities, findExtras, type Say } from "./extras/extra-columns.ts";
import { bringChecks, bringIndexes, sayWhatIsGone } from "./extras/extra-rules.ts";
import { bringKeys } from "./extras/keys-of-extras.ts";
import { type BroughtSequence, settleSequence } from "./extras/sequences.ts";
import { lacksZone } from "./older/conversions.ts";
import { type AdoptedName, adoptedNames, rules } from "./older/mission.ts";
import type { AdoptedConnection } from "./older/old-connection.ts";
import { asideSchema, quoted } from "./older/old-tables.ts";
import type { TablePlan } from "./plan.ts";
import { countOf } from "./problems/problems.ts";
import { keepIfHarmless } from "./problems/trial.ts";
import { sayLeftTokens, tellConnections, tellCounts, tellJoined, tellMade } from "./report.ts";
import { insertContacts } from "./rows/contacts.ts";
import { finishConversations, insertConversations, placeConversations } from "./rows/conversations.ts";
import { insertMessages, placeMessages } from "./rows/messages.ts";
import { asOwner, continueIds, type ExtraColumn } from "./rows/rows.ts";
import { joinSpellings } from "./rows/spellings.ts";
import { insertStates } from "./rows/states.ts";
import { hasLongNames, insertTenants, makeTenants } from "./rows/tenants.ts";

export type Work = Findings & { sealedRows: AdoptedConnection[]; sealedCount: number };
type Extras = Map<AdoptedName, ExtraColumn[]>;

/** Returns what was done, a sentence each. Throws, and the transaction with it, when a row would be lost. */
export async function bringOver(client: pg.Client, work: Work): Promise<string[]> {
  const said: string[] = [];
  const say: Say = (line) => void said.push(`${line}.`);
  await requireWritable(client);
  const all: Extras = new Map();
  const written: Extras = new Map();
  const brought: BroughtSequence[] = [];
  for (const [name, plan] of work.plans) {
    const extras = await findExtras(client, plan, await keptTwice(client, plan, work));
    all.set(name, extras);
    written.set(name, await addExtras(client, plan, extras, brought, say));
  }
  const { counts, made } = await bringRows(client, work, written);
  if (work.plans.has("channel_connections")) await sayLeftTokens(client, say);
  await goOnCounting(client, work, all);
  await requireWritable(client);
  for (const [name, plan] of work.plans) {
    const extras = all.get(name) ?? [];
    await bringIndexes(client, plan, extras, say);
    await bringChecks(client, plan, extras, say);
    await sayWhatIsGone(client, plan, say);
  }
  await bringKeys(client, work, all, say);
  for (const sequence of brought) await settleSequence(client, sequence);
  await goOnCounting(client, work, all);
  await requireEveryRow(client, work, counts);
  const joined = await joinSpellings(client, work.plans);
  if (joined !== 0) say(tellJoined(joined));
  await dropAside(client, work);
  return [
    `Taken over: ${tellCounts(counts)}.`,
    ...tellConnections(work.sealedRows, work.connections.taken, work.sealedCount),
    ...tellMade(made),
    ...(await tellZone(client, work)),
    ...said,
  ];
}

/** Columns that are taken over and whose older value is kept beside it all the same. */
async function keptTwice(client: pg.Client, plan: TablePlan, { sealedRows }: Work): Promise<string[]> {
  if (plan.name === "tenants" && (await hasLongNames(client, plan))) return ["name"];
  const keepsCiphertext = sealedRows.some((row) => row.keepsOldCiphertext);
  return plan.name === "channel_connections" && keepsCiphertext ? ["access_token_enc"] : [];
}

async function bringRows(client: pg.Client, work: Work, written: Extras) {
  const { plans, keys, connections, sealedRows } = work;
  const counts = new Map<AdoptedName, number>();
  const made: Record<string, number> = {};
  const note = (more: Record<string, number>) => {
    for (const [name, count] of Object.entries(more)) made[name] = (made[name] ?? 0) + count;
  };
  const bring = async (
    name: AdoptedName,
    insert: (plan: TablePlan, extras: ExtraColumn[]) => Promise<number>,
  ) => {
    const plan = plans.get(name);
    if (plan) counts.set(name, await insert(plan, written.get(name) ?? []));
  };
  await bring("tenants", (plan, extras) => insertTenants(client, plan, extras));
  if (!plans.has("tenants")) note({ tenants: await makeTenants(client, [...plans.values()], keys) });
  await bring("channel_connections", (plan, extras) =>
    insertConnections(client, plan, sealedRows, extrasWithoutTokens(plan, extras, connections.tokens)),
  );
  await settleAround(client);
  await bring("oauth_states", (plan, extras) => insertStates(client, plan, extras));
  await bring("contacts", (plan, extras) => insertContacts(client, plan, extras));
  const hasContacts = plans.has("contacts");
  await bring("conversations", async (plan, extras) => {
    note(await placeConversations(client, plan, hasContacts));
    return insertConversations(client, plan, extras);
  });
  await bring("messages", async (plan, extras) => {
    note(await placeMessages(client, plan, { hasConversations: plans.has("conversations"), hasContacts }));
    return insertMessages(client, plan, extras);
  });
  await finishConversations(client);
  return { counts, made };
}

/** What is tried below is worth nothing where the product could not write anyway. */
async function requireWritable(client: pg.Client): Promise<void> {
  if (!(await keepIfHarmless(client, "select 1")))
    throw new Error("The new tables refuse the product's own rows: nothing was changed.");
}

/** After the rows, so that trials find free ids, and after the trials, so that what they counted is forgotten. */
async function goOnCounting(client: pg.Client, { plans }: Work, all: Extras): Promise<void> {
  for (const [name, plan] of plans) await continueIdentities(client, plan, all.get(name) ?? []);
  for (const table of ["contacts", "conversations", "messages"]) await continueIds(client, table);
}

/** As many as there were, and all of them in ours. */
async function requireEveryRow(client: pg.Client, { plans }: Work, counts: Map<AdoptedName, number>) {
  for (const [name, { table }] of plans) {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from ${quoted("public", name)}`,
    );
    const before = table.rows;
    const after = rows[0]?.count ?? 0;
    if (counts.get(name) === before && after >= before) continue;
    const lost = countOf(before, "row");
    throw new Error(
      `${name} had ${lost}, and ${counts.get(name) ?? 0} were taken over: nothing was changed.`,
    );
  }
}

async function dropAside(client: pg.Client, { plans }: Work): Promise<void> {
  const tables = [...plans.keys()].map((name) => quoted(asideSchema, name));
  await client.query(`drop table ${tables.join(", ")}`);
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = $1::regnamespace and relkind = 'r'",
    [asideSchema],
  );
  if (rows.length > 0) {
    const places = rows.map(({ name }) => quoted(asideSchema, name)).join(", ");
    await asOwner(client, () => client.query(`drop table ${places}`));
  }
  await client.query(`drop schema ${asideSchema}`);
}

/** Which zone was taken for times that name none, where there are any. */
async function tellZone(client: pg.Client, { plans }: Work): Promise<string[]> {
  const columns = adoptedNames.flatMap((name) => {
    const plan = plans.get(name);
    if (!plan) return [];
    return [...plan.taken.keys()]
      .filter(
        (column) => rules[name][column]?.kind === "time" && lacksZone(plan.table.columns.get(column) ?? none),
      )
      .map((column) => `${name}.${column}`);
  });
  if (columns.length === 0) return [];
  const { rows } = await client.query<{ zone: string }>("select current_setting('TimeZone') as zone");
  return [
    `Times that name no zone were taken as ${rows[0]?.zone}, the database's own: ${columns.join(", ")}. ` +
      "PGOPTIONS='-c TimeZone=…' takes them as another's.",
  ];
}

const none = {
  name: "",
  type: "",
  base: "",
  isNotNull: false,
  refusesNull: false,
  identity: "",
  isGenerated: false,
} as const;
