/** What still looks like a token in plain text after those were sealed that somebody named. */
import type pg from "pg";
import type { Say } from "../extras/extra-columns.ts";
import { quoted } from "../older/old-tables.ts";
import { asOwner } from "../rows/rows.ts";
import { countOf } from "./problems.ts";

const ours = ["status", "access_token_enc", "created_at", "updated_at"];

/** Says each column of channel_connections that holds one, with its number of rows; a value never. */
export async function sayLeftTokens(client: pg.Client, say: Say): Promise<void> {
  await asOwner(client, async () => {
    const columns = await client.query<{ name: string }>(
      `select attname as name from pg_attribute
        where attrelid = 'public.channel_connections'::regclass and attnum > 0 and not attisdropped
          and attname <> all($1) order by attnum`,
      [ours],
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
