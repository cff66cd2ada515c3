/** Putting what stands under our names out of the way, before ours are made. */
import type pg from "pg";
import { asideSchema, type OldRelation, type OldTable, quoted } from "./older/old-tables.ts";

const suffix = "_before_curbe";

/** A name that is ours with the mark of an earlier time, within PostgreSQL's 63 bytes. */
export function asideName(name: string): string {
  const room = 63 - suffix.length;
  return `${Buffer.from(name)
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD+$/, "")}${suffix}`;
}

/** Moves tables with their rows, indexes and sequences into a schema of their own, readable for the owner of ours. */
export async function moveAside(client: pg.Client, tables: OldTable[]): Promise<void> {
  await client.query(
    `create schema ${asideSchema}; grant usage, create on schema ${asideSchema} to app_owner`,
  );
  for (const { name } of tables) {
    await client.query(`alter table ${quoted("public", name)} set schema ${asideSchema}`);
    await client.query(`grant select on ${quoted(asideSchema, name)} to app_owner`);
  }
}

/** A table that only shares its name with one of ours stays where it is, with its indexes and sequences, renamed. */
export async function renameAside(client: pg.Client, { oid, name }: OldRelation): Promise<void> {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `select c.relname as name, c.relkind as kind from pg_class c
      where c.oid in (select indexrelid from pg_index where indrelid = $1::oid
                       union select objid from pg_depend
                        where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass
                          and refobjid = $1::oid and deptype in ('a', 'i'))
        and c.relkind in ('i', 'S')`,
    [oid],
  );
  for (const part of rows) {
    const what = part.kind === "S" ? "sequence" : "index";
    await client.query(
      `alter ${what} ${quoted("public", part.name)} rename to ${quoted(asideName(part.name))}`,
    );
  }
  await client.query(`alter table ${quoted("public", name)} rename to ${quoted(asideName(name))}`);
}
