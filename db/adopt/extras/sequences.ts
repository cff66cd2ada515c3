/** Sequences that count for an extra column: they come along, and go on where they were. */
import type pg from "pg";
import { asideSchema, quoted } from "../older/old-tables.ts";
import { asOwner } from "../rows/rows.ts";
import { asideName } from "../set-aside.ts";

interface OwnedSequence {
  /** As SQL, where it stands now. */
  name: string;
  next: string;
}

/** One that has come along, and the column of ours that it counts for. */
export interface BroughtSequence extends OwnedSequence {
  table: string;
  column: string;
}

/** The sequence of an older table's column, moved to where ours are and owned as they are; undefined without one. */
export async function bringSequence(
  client: pg.Client,
  table: string,
  column: string,
): Promise<OwnedSequence | undefined> {
  const { rows } = await client.query<{ name: string; isTaken: boolean }>(
    `select c.relname as name, to_regclass('public.' || quote_ident(c.relname)) is not null as "isTaken"
       from pg_class c where c.oid = pg_get_serial_sequence($1, $2)::regclass`,
    [quoted(asideSchema, table), column],
  );
  const [found] = rows;
  if (!found) return undefined;
  const old = quoted(asideSchema, found.name);
  const next = await nextOf(client, old);
  const kept = found.isTaken ? asideName(found.name) : found.name;
  // A restart gives the sequence a new file: what is counted from here on is taken back with the transaction.
  await client.query(`
    alter sequence ${old} owned by none;
    alter sequence ${old} restart with ${next};
    ${found.isTaken ? `alter sequence ${old} rename to ${quoted(kept)};` : ""}
    alter sequence ${quoted(asideSchema, kept)} set schema public;
    alter sequence ${quoted("public", kept)} owner to app_owner`);
  await asOwner(client, () =>
    client.query(`grant usage on sequence ${quoted("public", kept)} to app_tenant, app_ingest`),
  );
  return { name: quoted("public", kept), next };
}

async function nextOf(client: pg.Client, sequence: string): Promise<string> {
  const { rows } = await client.query<{ next: string }>(
    `select (case when s.is_called then s.last_value + p.seqincrement else s.last_value end)::text as next
       from ${sequence} s join pg_sequence p on p.seqrelid = $1::regclass`,
    [sequence],
  );
  return rows[0]?.next ?? "1";
}

/** It belongs to its column again, and what trials counted is forgotten. */
export async function settleSequence(
  client: pg.Client,
  { name, next, table, column }: BroughtSequence,
): Promise<void> {
  const owner = quoted("public", table, column);
  await asOwner(client, () =>
    client.query(`alter sequence ${name} owned by ${owner}; alter sequence ${name} restart with ${next}`),
  );
}
