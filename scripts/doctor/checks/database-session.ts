/** A connection of its own for a check, and in plain words why there is none. */
import pg from "pg";
import { type DbRole, isDatabaseUnavailable, sqlState } from "../../../db/client.ts";
import { NotPossible, type Patient } from "../examine.ts";

/** The part of a connection that checks use. */
export interface Session {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** No connection, and why. */
export class DatabaseAway extends NotPossible {
  override name = "DatabaseAway";
  readonly why: string;
  readonly toDo: string;

  constructor({ why, toDo }: { why: string; toDo: string }) {
    super("there is no connection to the database");
    this.why = why;
    this.toDo = toDo;
  }
}

/** Connects as the login role, without start-up options. Throws `DatabaseAway`, or what `work` throws. */
export async function withSession<T>(
  url: string,
  { timeoutMs }: Patient,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "curbe-doctor",
    connectionTimeoutMillis: timeoutMs / 2,
    query_timeout: timeoutMs,
  });
  client.on("error", () => {});
  try {
    await client.connect().catch((error: unknown) => {
      throw new DatabaseAway(whyAway(error));
    });
    return await work(client);
  } finally {
    // A server that hangs does not answer the farewell either: nobody waits for it.
    void client.end().catch(() => {});
  }
}

/** Runs one query as a role of the product; nothing is written. */
export async function readAs<Row extends pg.QueryResultRow>(
  session: Session,
  role: DbRole,
  text: string,
): Promise<Row[]> {
  await session.query("begin read only");
  try {
    await session.query(`set local role ${role}`).catch(() => {
      throw new NotPossible(`cannot act as ${role}: see app roles`);
    });
    return (await session.query<Row>(text)).rows;
  } finally {
    await session.query("rollback");
  }
}

const byState: Record<string, { why: string; toDo: string }> = {
  "3D000": { why: "there is no database of that name", toDo: "create it, or correct DATABASE_URL" },
  "28P01": { why: "the password was refused", toDo: "correct user and password in DATABASE_URL" },
  "28000": {
    why: "this user may not come in from here",
    toDo: "correct DATABASE_URL, allow it in pg_hba.conf, or add ?sslmode=require where TLS is demanded",
  },
  "53300": { why: "it has no free connections", toDo: "raise max_connections or end what holds them" },
  "57P03": { why: "it is starting up or shutting down", toDo: "try again in a moment" },
};

function whyAway(error: unknown): { why: string; toDo: string } {
  const known = byState[sqlState(error) ?? ""];
  if (known) return known;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === "string" && /CERT|SIGN|TLS|SSL/.test(code)) {
    return {
      why: `its TLS certificate is not trusted (${code})`,
      toDo: "give its CA: ?sslrootcert=… in DATABASE_URL",
    };
  }
  if (error instanceof Error && /does not support SSL/.test(error.message)) {
    return { why: "it speaks no TLS", toDo: "take sslmode out of DATABASE_URL, or switch TLS on there" };
  }
  const silent = error instanceof Error && /timeout/i.test(error.message);
  if (silent) return { why: "no answer", toDo: "a firewall in between, or a server that hangs" };
  const why = isDatabaseUnavailable(error) || code ? "it cannot be reached" : "the connection failed";
  return { why, toDo: "is it running, and may this machine reach host and port of DATABASE_URL?" };
}
