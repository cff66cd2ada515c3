/**
 * Roles and time limits travel in the start-up options of a connection, which a pooler may drop without a word: queries
 * would then run as the login itself. So each new connection shows what it is before anybody gets to use it.
 */
import type pg from "pg";

/** A connection that is not what it was asked to be. It has been closed. */
export class UnprovenConnectionError extends Error {
  override name = "UnprovenConnectionError";
}

/** What PostgreSQL must say of a new connection: its role, and settings by name, as pg_settings writes them. */
export interface StartState {
  role: string;
  settings: Record<string, string>;
}

const rememberedMs = 30_000;
const faults = new Map<string, { reason: string; atMs: number }>();

/**
 * Asks the server, in one round trip of at most 2 s. Rejects with `UnprovenConnectionError` when something of `wanted`
 * did not arrive, and remembers it under `connectionName` until a connection of that name proves itself.
 */
export async function proveConnection(
  client: pg.ClientBase,
  connectionName: string,
  wanted: StartState,
): Promise<void> {
  const ask = {
    text: `select current_user::text as role,
                  (select jsonb_object_agg(name, setting) from pg_settings where name = any($1)) as settings`,
    values: [Object.keys(wanted.settings)],
    query_timeout: 2_000,
  };
  const { rows } = await client.query<StartState>(ask);
  const reason = difference(rows[0], wanted);
  if (reason === undefined) {
    faults.delete(connectionName);
    return;
  }
  faults.set(connectionName, { reason, atMs: performance.now() });
  throw new UnprovenConnectionError(reason);
}

/** Why a connection of this process, opened in the last 30 s, could not be used: the process is not ready then. */
export function connectionFault(): string | undefined {
  const since = performance.now() - rememberedMs;
  return [...faults.values()].find(({ atMs }) => atMs > since)?.reason;
}

function difference(found: StartState | undefined, wanted: StartState): string | undefined {
  if (found?.role !== wanted.role) {
    return `connections do not come up as ${wanted.role}: a pooler drops start-up options`;
  }
  const lost = Object.entries(wanted.settings).find(([name, value]) => found.settings?.[name] !== value);
  return lost && `connections come up without their ${lost[0]}: a pooler drops start-up options`;
}
