/** Tables made empty, in a millisecond or three; `truncate … restart identity cascade` takes fifty. */

/**
 * Deletes whatever workspaces get by connecting and by receiving, in one message; people stay, and ids go on. Each table
 * comes before those that it refers to. In place of `truncate`, which takes a lock and a new file of each table however
 * little there is in it.
 */
export const deleteOfWorkspaces = [
  "delivery_quarantine",
  "messages",
  "conversation_aliases",
  "conversations",
  "contact_aliases",
  "contacts",
  "webhook_deliveries",
  "number_registrations",
  "connection_health",
  "connection_teardowns",
  "connection_events",
  "number_claims",
  "oauth_states",
  "mail_recipients",
  "mail_outbox",
  "channel_connections",
  "registration_tries",
]
  .map((table) => `delete from ${table}`)
  .join("; ");

type Ask = <Row>(text: string, values?: unknown[]) => Promise<Row[]>;

/** The statements for a set of tables; which tables refer to which does not change while tests run. */
export type EmptyTables = (...tables: string[]) => Promise<void>;

/**
 * Empties tables and all that refer to them, and has their ids begin again. Truncating locks whole tables, gives each a new
 * file, and meets a running product in a deadlock; deleting does neither. As a superuser no trigger sees it, as none sees a
 * truncate; somebody else's DATABASE_URL may not ask for that and truncates.
 */
export function createEmptyTables(ask: Ask): EmptyTables {
  const statements = new Map<string, Promise<string>>();
  return async (...tables) => {
    const key = tables.join();
    const known = statements.get(key) ?? deletesOf(ask, tables);
    statements.set(key, known);
    await ask(await known).catch(async (error: { code?: string }) => {
      const mayNotSet = "42501";
      if (error.code !== mayNotSet) throw error;
      await ask(`truncate ${tables.join(", ")} restart identity cascade`);
    });
  };
}

async function deletesOf(ask: Ask, tables: string[]): Promise<string> {
  const rows = await ask<{ statement: string }>(
    `with recursive reached (oid) as (
       select unnest($1::text[])::regclass::oid
       union select c.conrelid from pg_constraint c join reached r on c.confrelid = r.oid where c.contype = 'f'
     )
     select format('delete from %s', oid::regclass) as statement from reached
     union all
     select format('select setval(%L, %s, false)', s.seqrelid::regclass, s.seqstart)
       from reached r join pg_depend d on d.refobjid = r.oid and d.refclassid = 'pg_class'::regclass
        and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
       join pg_sequence s on s.seqrelid = d.objid`,
    [tables],
  );
  // Several statements in one message are one transaction.
  return ["set local session_replication_role = replica", ...rows.map(({ statement }) => statement)].join(
    "; ",
  );
}
