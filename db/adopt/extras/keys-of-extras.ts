/** Foreign keys on the new tables: those of extra columns, and those of other people's tables that point to ours now. */
import type pg from "pg";
import type { Findings } from "../adoption.ts";
import type { AdoptedName } from "../older/mission.ts";
import { quoted } from "../older/old-tables.ts";
import { keepIfHarmless } from "../problems/trial.ts";
import { asOwner, type ExtraColumn } from "../rows/rows.ts";
import type { Say } from "./extra-columns.ts";
import { type ForeignKey, type NewKey, pointToOurs, statementOf, tableOf } from "./foreign-keys.ts";

type Extras = Map<AdoptedName, ExtraColumn[]>;

/** Throws CannotAdoptError when a key of somebody else's table cannot point to ours; says which of our own are gone. */
export async function bringKeys(client: pg.Client, { keys, plans }: Findings, extras: Extras, say: Say) {
  const nameOf = (table: string, column: string) =>
    plans.get(table as AdoptedName)?.taken.has(column)
      ? column
      : (extras.get(table as AdoptedName)?.find(({ from }) => from === column)?.to ?? column);
  const renewed = keys.map(
    (key): NewKey => ({
      key,
      columns: key.isFromAdopted ? key.columns.map((column) => nameOf(key.from[1], column)) : key.columns,
      to: key.isToAdopted ? quoted("public", key.to[1]) : undefined,
      toColumns: key.isToAdopted ? key.toColumns.map((column) => nameOf(key.to[1], column)) : key.toColumns,
    }),
  );
  await lendReferences(client, renewed, async () => {
    for (const one of renewed.filter(({ key }) => key.isFromAdopted)) {
      const isTaken = (column: string) =>
        plans.get(one.key.from[1] as AdoptedName)?.taken.has(column) ?? false;
      if (one.key.columns.every(isTaken) && one.key.isToAdopted) continue;
      if (one.key.columns.some(isTaken) || isOurLink(one.key) || !(await keepOwn(client, one)))
        if (!isOurLink(one.key))
          say(`${one.key.from[1]}: the foreign key ${one.key.name} to ${one.key.to[1]} is gone`);
    }
    await pointToOurs(
      client,
      renewed.filter(({ key }) => !key.isFromAdopted),
    );
  });
}

/** What ours says by a key of its own. */
function isOurLink({ from, columns, isToAdopted }: ForeignKey): boolean {
  const links = ["messages.conversation_id", "conversations.contact_id", "conversations.connection_id"];
  return isToAdopted && columns.length === 1 && links.includes(`${from[1]}.${columns[0]}`);
}

async function keepOwn(client: pg.Client, one: NewKey): Promise<boolean> {
  const statement = await statementOf(client, one, quoted("public", one.key.from[1]));
  return keepIfHarmless(client, `set local role app_owner; ${statement}`);
}

/** A key needs leave of the owner of the table that it ends at: given for as long as they are made. */
async function lendReferences(client: pg.Client, keys: NewKey[], work: () => Promise<void>): Promise<void> {
  const { rows } = await client.query<{ user: string }>("select quote_ident(current_user) as user");
  const user = rows[0]?.user ?? "current_user";
  const wanted = [...new Set(keys.flatMap(({ to, key }) => (to && !key.isFromAdopted ? [to] : [])))];
  const ours: string[] = [];
  for (const table of wanted) if (!(await mayPointTo(client, table))) ours.push(table);
  const others = [...new Set(keys.flatMap(({ to, key }) => (to ? [] : [key.toOid])))];
  for (const table of ours)
    await asOwner(client, () => client.query(`grant references on ${table} to ${user}`));
  const lent: string[] = [];
  for (const oid of others) if (await lend(client, oid)) lent.push(oid);
  await work();
  for (const table of ours)
    await asOwner(client, () => client.query(`revoke references on ${table} from ${user}`));
  for (const oid of lent)
    await client.query(`revoke references on ${await tableOf(client, oid)} from app_owner`);
}

async function mayPointTo(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    "select has_table_privilege($1, 'references') as may",
    [table],
  );
  return rows[0]?.may ?? false;
}

async function lend(client: pg.Client, oid: string): Promise<boolean> {
  const { rows } = await client.query<{ needed: boolean }>(
    `select not has_table_privilege('app_owner', c.oid, 'references') and pg_has_role(c.relowner, 'usage') as needed
       from pg_class c where c.oid = $1::oid`,
    [oid],
  );
  if (!rows[0]?.needed) return false;
  await client.query(`grant references on ${await tableOf(client, oid)} to app_owner`);
  return true;
}
