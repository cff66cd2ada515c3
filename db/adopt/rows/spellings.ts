/** Contacts that an older program kept apart because it spelt one number in two ways: they become one, with their threads. */
import type pg from "pg";
import { asideSchema } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { places } from "./conversations.ts";
import { asOwner } from "./rows.ts";

/**
 * How many became part of another. Undefined when some were to, and stay as they are because tables of others point to
 * them.
 */
export async function joinSpellings(
  client: pg.Client,
  plans: ReadonlyMap<string, TablePlan>,
): Promise<number | undefined> {
  const pairs: string[] = [];
  if (plans.has("contacts")) {
    const table = `${asideSchema}.contact_places`;
    pairs.push(`
      select g.tenant_id, k.id as kept, g.id as gone
        from ${table} g join ${table} k on k.tenant_id = g.tenant_id and k.number_key = g.number_key and k.keeps
       where not g.keeps and g.wa_id <> k.wa_id`);
  }
  if (plans.has("conversations")) {
    pairs.push(`select tenant_id, twin as kept, contact_id as gone from ${places} where twin is not null`);
  }
  if (pairs.length === 0) return 0;
  await client.query("savepoint spellings");
  try {
    const { rowCount } = await asOwner(client, () =>
      client.query(
        `select app.merge_contacts(tenant_id, kept, gone) from (${pairs.join(" union ")}) p order by gone`,
      ),
    );
    await client.query(
      "set constraints all immediate; set constraints all deferred; release savepoint spellings",
    );
    return rowCount ?? 0;
  } catch (error) {
    await client.query("rollback to savepoint spellings; reset role; release savepoint spellings");
    if ((error as { code?: string }).code !== "23503") throw error;
    return undefined;
  }
}
