/** What a run tells its operator: ids, names and numbers; no token, and no number that could be called. */
import type pg from "pg";
import type { TakenNumber } from "./connections/number-holders.ts";
import type { Say } from "./extras/extra-columns.ts";
import type { AdoptedConnection } from "./older/old-connection.ts";
import type { RelationElsewhere } from "./older/old-tables.ts";
import { quoted } from "./older/old-tables.ts";
import { countOf } from "./problems/problems.ts";
import { asOwner } from "./rows/rows.ts";

const causes = {
  incomplete: "lacks its account, its number or its token, and asks to be reconnected",
  number_taken: "lost its number to another workspace",
  token_unreadable:
    "has a token of an older encryption, which is left where it is, and asks to be reconnected",
  status_unknown: "had a status that nobody knows, which is kept in metadata.former_status",
};

/** A line for each connection that does not work as it is, by ids. */
export function tellConnections(rows: AdoptedConnection[], taken: TakenNumber[], sealed: number): string[] {
  const lines = rows.flatMap(({ id, tenantId, cause }) =>
    cause === null ? [] : [`Connection ${id} (workspace ${tenantId}) ${causes[cause]}.`],
  );
  for (const { keptBy, lostBy } of taken) {
    lines.push(
      `One number was held twice: connection ${keptBy.id} (workspace ${keptBy.tenantId}) keeps it, ` +
        `${lostBy.id} (workspace ${lostBy.tenantId}) remembers it in metadata.former_phone_number_id.`,
    );
  }
  const followed = rows.filter(({ status, metadata }) => status === "revoked" && metadata.superseded_by);
  for (const { id, metadata } of followed) {
    lines.push(`Connection ${id} is revoked: ${metadata.superseded_by} of its workspace has its number.`);
  }
  if (sealed > 0)
    lines.push(`${countOf(sealed, "token")} in plain text ${sealed === 1 ? "was" : "were"} sealed.`);
  const emptied = rows.reduce((sum, row) => sum + row.emptied.length, 0);
  if (emptied > 0)
    lines.push(
      `${countOf(emptied, "place")} of a token in plain text ${emptied === 1 ? "was" : "were"} emptied.`,
    );
  return lines;
}

/** What stands where nobody looks: most likely a copy, and perhaps what was meant. */
export function tellElsewhere(elsewhere: RelationElsewhere[]): string[] {
  const schemas = [...new Set(elsewhere.map(({ schema }) => schema))];
  return schemas.map((schema) => {
    const names = elsewhere.filter((one) => one.schema === schema).map(({ name }) => name);
    return `The schema ${schema} was not looked at: only tables in public are taken over (${names.join(", ")}).`;
  });
}

/** `tenants 2, messages 41`. */
export function tellCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, rows]) => `${name} ${rows}`).join(", ");
}

/** Of contacts whose numbers differed by spelling alone, how many became part of another. */
export function tellJoined(contacts: number | undefined): string {
  if (contacts === undefined)
    return "Contacts of one number in two spellings stay two: other tables point to them";
  return `One number in two spellings: ${countOf(contacts, "contact")} became part of another`;
}

/** What was made beside the older rows, so that each has its place. */
export function tellMade(made: Record<string, number>): string[] {
  const words: Record<string, string> = {
    tenants: "Workspaces made, of those that rows speak of",
    past: "Connections made that are over, for history without one",
    contacts: "Contacts made, for rows without one",
    conversations: "Conversations made, for messages without one",
    repeated: "Conversations with the contact and the connection of another, kept with a contact like it",
  };
  return Object.entries(made).flatMap(([name, count]) => (count > 0 ? [`${words[name]}: ${count}.`] : []));
}

/** What a token is not looked for in: the seal itself, and what our rows always have. */
const never = ["status", "access_token_enc", "created_at", "updated_at"];

/** What still looks like a token in plain text after those were sealed that somebody named: says each column of channel_connections that holds one, with its number of rows; a value never. */
export async function sayLeftTokens(client: pg.Client, say: Say): Promise<void> {
  await asOwner(client, async () => {
    const columns = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
        where attrelid = 'public.channel_connections'::regclass and attnum > 0 and not attisdropped
          and attname <> all($1) order by attnum`,
      [never],
    );
    for (const { name } of columns.rows) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int as count from public.channel_connections where ${quoted(name)}::text ~ '\\mEAA[A-Za-z0-9]{17,}'`,
      );
      const count = rows[0]?.count ?? 0;
      if (count > 0)
        say(
          `channel_connections.${name} still holds what looks like a token of Meta's in plain text (${countOf(count, "row")}): ` +
            "--token-column seals those of a column, anything else is emptied by hand",
        );
    }
  });
}
