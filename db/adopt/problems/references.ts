/** Rows that point nowhere or into another workspace, and words that nobody can place: what values alone do not show. */
import type pg from "pg";
import { directionWords } from "../older/message-words.ts";
import type { AdoptedName } from "../older/mission.ts";
import { type OldTable, quoted } from "../older/old-tables.ts";
import type { Problem } from "./problems.ts";

type Tables = Map<AdoptedName, OldTable>;

/** Compared as text, so that it works whatever the types are. */
const key = (ref: string) => `lower(nullif(btrim(${ref}::text), ''))`;

interface Reference {
  from: AdoptedName;
  column: string;
  to: AdoptedName;
  /** Where this column has a value, the other says nothing. */
  unless?: string;
  /** Then a row is made in place of the one that is not there. */
  mayDangle?: boolean;
  todo: string;
}

const tenantTodo = "Add the workspace to tenants, or delete these rows.";
const references: Reference[] = [
  { from: "channel_connections", column: "tenant_id", to: "tenants", todo: tenantTodo },
  { from: "contacts", column: "tenant_id", to: "tenants", todo: tenantTodo },
  { from: "conversations", column: "tenant_id", to: "tenants", todo: tenantTodo },
  { from: "messages", column: "tenant_id", to: "tenants", todo: tenantTodo },
  ...(["connection_id", "channel_connection_id"] as const).map(
    (column): Reference => ({
      from: "conversations",
      column,
      to: "channel_connections",
      todo: "Set it to null: the conversation then goes to a connection of its workspace.",
    }),
  ),
  {
    from: "conversations",
    column: "contact_id",
    to: "contacts",
    todo: "Set it to null: the conversation then gets a contact named Imported.",
  },
  {
    from: "messages",
    column: "conversation_id",
    to: "conversations",
    todo: "Set it to null: the message then goes to a conversation named Imported.",
  },
  ...(["connection_id", "channel_connection_id"] as const).map(
    (column): Reference => ({
      from: "messages",
      column,
      to: "channel_connections",
      unless: "conversation_id",
      todo: "Set it to null: the message then goes to a connection of its workspace.",
    }),
  ),
  {
    from: "messages",
    column: "contact_id",
    to: "contacts",
    unless: "conversation_id",
    mayDangle: true,
    todo: "",
  },
];

/** All rows of the tables that point nowhere, or to a row of another workspace. */
export async function findBrokenReferences(client: pg.Client, tables: Tables): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const reference of references) {
    const from = tables.get(reference.from);
    const to = tables.get(reference.to);
    if (!from?.columns.has(reference.column)) continue;
    // Without an older table of workspaces the rows themselves say which there are.
    if (!to && reference.to === "tenants") continue;
    if (!reference.mayDangle) problems.push(...(await dangling(client, from, to, reference)));
    if (to) problems.push(...(await acrossTenants(client, from, to, reference)));
  }
  problems.push(...(await tornApart(client, tables)));
  return problems;
}

/** True for a row of which the reference counts. */
function counts(from: OldTable, { unless }: Pick<Reference, "unless">): string {
  return unless && from.columns.has(unless) ? `${key(`o.${quoted(unless)}`)} is null` : "true";
}

/** Rows that name no workspace, and whose connection is of one and whose contact of another. */
async function tornApart(client: pg.Client, tables: Tables): Promise<Problem[]> {
  const [connections, contacts] = [tables.get("channel_connections"), tables.get("contacts")];
  if (!contacts?.columns.has("id") || !contacts.columns.has("tenant_id") || !connections) return [];
  const problems: Problem[] = [];
  for (const reference of references.filter(({ to }) => to === "channel_connections")) {
    const from = tables.get(reference.from);
    if (!from?.columns.has(reference.column) || !from.columns.has("contact_id")) continue;
    const ownTenant = from.columns.has("tenant_id") ? `${key("o.tenant_id")} is null` : "true";
    const rows = await count(
      client,
      `${quoted("public", from.name)} o
         join ${quoted("public", connections.name)} n on ${key("n.id")} = ${key(`o.${quoted(reference.column)}`)}
         join ${quoted("public", contacts.name)} c on ${key("c.id")} = ${key("o.contact_id")}
        where ${counts(from, reference)} and ${ownTenant} and ${key("n.tenant_id")} <> ${key("c.tenant_id")}`,
    );
    const what = "its connection is of one workspace and its contact of another";
    const todo = "Decide whose it is, and set one of them to null.";
    if (rows > 0) problems.push({ table: from.name, column: reference.column, rows, what, todo });
  }
  return problems;
}

async function dangling(
  client: pg.Client,
  from: OldTable,
  to: OldTable | undefined,
  reference: Reference,
): Promise<Problem[]> {
  const { column, todo } = reference;
  const target = to?.columns.has("id") ? to : undefined;
  const found = target
    ? `select from ${quoted("public", target.name)} t where ${key("t.id")} = ${key(`o.${quoted(column)}`)}`
    : "select where false";
  const rows = await count(
    client,
    `${quoted("public", from.name)} o where ${counts(from, reference)} and ${key(`o.${quoted(column)}`)} is not null and not exists (${found})`,
  );
  const what = target ? `there is no such row in ${target.name}` : "there is no table that it could point to";
  return rows === 0 ? [] : [{ table: from.name, column, rows, what, todo }];
}

async function acrossTenants(
  client: pg.Client,
  from: OldTable,
  to: OldTable,
  reference: Reference,
): Promise<Problem[]> {
  const { column } = reference;
  if (!from.columns.has("tenant_id") || !to.columns.has("tenant_id") || !to.columns.has("id")) return [];
  const rows = await count(
    client,
    `${quoted("public", from.name)} o join ${quoted("public", to.name)} t
         on ${key("t.id")} = ${key(`o.${quoted(column)}`)}
      where ${counts(from, reference)} and ${key("t.tenant_id")} <> ${key("o.tenant_id")}`,
  );
  const what = `it points to a row in ${to.name} of another workspace`;
  const todo = "Decide whose it is, and correct tenant_id or this column.";
  return rows === 0 ? [] : [{ table: from.name, column, rows, what, todo }];
}

const owners: Partial<Record<AdoptedName, string[]>> = {
  conversations: ["tenant_id", "connection_id", "channel_connection_id", "contact_id"],
  messages: ["tenant_id", "conversation_id", "connection_id", "channel_connection_id", "contact_id"],
};

/** Rows of which nothing says whose they are. */
export async function findUnowned(client: pg.Client, tables: Tables): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [name, columns] of Object.entries(owners)) {
    const table = tables.get(name as AdoptedName);
    if (!table) continue;
    const known = columns.filter((column) => table.columns.has(column));
    const nothing = known.map((column) => `${key(`o.${quoted(column)}`)} is null`);
    const where = ["true", ...nothing].join(" and ");
    const rows = await count(client, `${quoted("public", name)} o where ${where}`);
    const what = "nothing says whose these rows are";
    const todo = "Give them a value, or delete them.";
    if (rows > 0) problems.push({ table: name, column: "tenant_id", rows, what, todo });
  }
  return problems;
}

/** Values of `provider` that are another channel's, and directions that nobody knows, each named with its number. */
export async function findForeignWords(client: pg.Client, tables: Tables): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const table of tables.values()) {
    if (!table.columns.has("provider")) continue;
    const foreign = await wordsBeside(client, table, "provider", ["whatsapp", "meta_whatsapp"]);
    const what = "the provider is another than WhatsApp";
    problems.push(...asProblem(table, "provider", foreign, what, "Move these rows to a table of their own."));
  }
  const messages = tables.get("messages");
  if (messages?.columns.has("direction")) {
    const words = Object.values(directionWords).flat();
    const unknown = await wordsBeside(client, messages, "direction", words);
    const todo = "Set it to inbound or outbound.";
    problems.push(...asProblem(messages, "direction", unknown, "the direction is unknown", todo));
  }
  return problems;
}

interface Word {
  word: string;
  rows: number;
}

async function wordsBeside(
  client: pg.Client,
  table: OldTable,
  column: string,
  known: string[],
): Promise<Word[]> {
  const { rows } = await client.query<Word>(
    `select left(${key(`o.${quoted(column)}`)}, 40) as word, count(*)::int as rows
       from ${quoted("public", table.name)} o
      where ${key(`o.${quoted(column)}`)} <> all($1) group by 1 order by 2 desc, 1`,
    [known],
  );
  return rows;
}

function asProblem(table: OldTable, column: string, words: Word[], what: string, todo: string): Problem[] {
  if (words.length === 0) return [];
  const shown = words.slice(0, 10).map(({ word, rows }) => `${word} ${rows}`);
  const rows = words.reduce((sum, word) => sum + word.rows, 0);
  return [{ table: table.name, column, rows, what: `${what} (${shown.join(", ")})`, todo }];
}

async function count(client: pg.Client, from: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from ${from}`);
  return rows[0]?.count ?? 0;
}
