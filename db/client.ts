/** Pools, roles and the tenant wall. Everything that reads or writes a tenant's rows goes through `withTenant`. */
import { Kysely, PostgresDialect, sql, type Transaction } from "kysely";
import pg from "pg";
import { proveConnection, UnprovenConnectionError } from "./connection-proof.ts";
import type { Schema } from "./schema.ts";
import { createTurns, type Turns } from "./turns.ts";

/** What a pool may do; the grants stand in the migrations. One DATABASE_URL serves all of them by SET ROLE. */
export type DbRole =
  | "app_owner"
  | "app_web"
  | "app_tenant"
  | "app_ingest"
  | "app_jobs"
  | "app_operator"
  | "app_clock";

export type Db = Kysely<Schema>;

declare const tenantBrand: unique symbol;
/** A transaction that sees one tenant's rows. Only `withTenant` makes one. */
export type TenantDb = Transaction<Schema> & { readonly [tenantBrand]: string };

export interface ConnectionOptions {
  connectionString: string;
  role: DbRole;
  applicationName: string;
  statementTimeoutMs: number;
  /** Further settings of PostgreSQL for every connection. */
  settings?: Record<string, string>;
}

export interface PoolOptions extends ConnectionOptions {
  max: number;
  /** Told of errors on idle connections; without a listener such an error would end the process. */
  onError: (error: Error) => void;
}

/**
 * A pool whose every connection starts in `role`, has proved it before anybody gets it, fails fast when the database is
 * away (2 s) and cannot be held by a forgotten statement or transaction. The role travels in the start-up packet, so
 * session pooling is required.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const { config, prove } = connectionOf(options);
  const pool = new pg.Pool({ ...config, max: options.max, onConnect: prove });
  pool.on("error", options.onError);
  pool.on("connect", (client) => client.on("error", options.onError));
  return pool;
}

/** One connection with the same promises; `connect` resolves when it has proved them. Each query is given 5 s. */
export function createClient(options: ConnectionOptions): { client: pg.Client; connect(): Promise<void> } {
  const { config, prove } = connectionOf(options);
  const client = new pg.Client({ ...config, query_timeout: 5_000 });
  return {
    client,
    async connect() {
      await client.connect();
      await prove(client);
    },
  };
}

function connectionOf(options: ConnectionOptions) {
  const settings = {
    statement_timeout: String(options.statementTimeoutMs),
    idle_in_transaction_session_timeout: "10000",
    ...options.settings,
  };
  const config: pg.ClientConfig = {
    connectionString: options.connectionString,
    connectionTimeoutMillis: 2_000,
    application_name: options.applicationName,
    keepAlive: true,
    options: [
      `-c role=${options.role}`,
      ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`),
      "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3",
    ].join(" "),
  };
  const prove = (client: pg.ClientBase) =>
    proveConnection(client, options.applicationName, { role: options.role, settings });
  return { config, prove };
}

export function createDb(pool: pg.Pool): Db {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
}

const shares = new WeakMap<Db, Turns>();

/**
 * From now on one tenant has no more than `atOnce` of the pool's connections; whatever else it asks for waits, so that the
 * others find some. A transaction of a tenant must not be waited for inside of another of the same.
 */
export function shareAmongTenants(db: Db, atOnce: number): void {
  shares.set(db, createTurns({ atOnce, mayWait: Number.POSITIVE_INFINITY }));
}

/**
 * Runs `work` in one transaction that sees and writes only `tenantId`'s rows, whatever its queries ask for
 * (row-level security, policy `tenant_wall`), as `app_tenant`: what the web may do before it knows a workspace, such as
 * looking up a sign-in, it may not do here. For roles that are members of it. Rolls back when `work` throws.
 */
export async function withTenant<T>(
  db: Db,
  tenantId: string,
  work: (tdb: TenantDb) => Promise<T>,
): Promise<T> {
  const endTurn = await shares.get(db)?.take(tenantId);
  try {
    return await db.transaction().execute(async (trx) => {
      await sql`select set_config('app.tenant_id', ${tenantId}, true), set_config('role', 'app_tenant', true)`.execute(
        trx,
      );
      return work(trx as TenantDb);
    });
  } finally {
    endTurn?.();
  }
}

/** SQLSTATE of a failed statement, or undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

const unavailableStates = new Set([
  "57P01",
  "57P02",
  "57P03",
  "53300",
  "08000",
  "08003",
  "08006",
  "08001",
  "08004",
]);
const unavailableErrnos = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** For readiness: why a question to the database failed. Never quotes the driver. */
export function whyUnavailable(error: unknown): string {
  if (error instanceof UnprovenConnectionError) return error.message;
  // At connecting: the tables that readiness asks for are granted to every role.
  if (sqlState(error) === "42501") return "the login may not act in its role";
  // A database that was never migrated lacks the table, and its cluster the role.
  if (["42P01", "22023"].includes(sqlState(error) ?? "")) return "not at this build's schema";
  return "database does not answer";
}

/** True when the database could not be reached or dropped us: the caller should answer 503 and nothing was decided. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isDatabaseUnavailable);
  if (error instanceof UnprovenConnectionError) return true;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === "string" && (unavailableStates.has(code) || unavailableErrnos.has(code))) return true;
  return (
    typeof message === "string" &&
    /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout/.test(
      message,
    )
  );
}
