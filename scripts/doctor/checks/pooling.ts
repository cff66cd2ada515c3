/**
 * Whether sessions reach the database whole. Roles travel in the start-up packet and the worker listens: a pooler in
 * between must pool sessions.
 */
import { createPool, sqlState } from "../../../db/client.ts";
import { UnprovenConnectionError } from "../../../db/connection-proof.ts";
import { check, NotPossible } from "../examine.ts";
import { type Finding, fail, ok } from "../findings.ts";
import type { Session } from "./database-session.ts";
import { DatabaseAway, withSession } from "./database-session.ts";

const subject = "pooling";
const sessionMode = "set the pooler to pool_mode = session, or connect past it (often another port)";

/** Opens connections exactly as the web does. */
export const poolingCheck = check(subject, ["DATABASE_URL"], async (env, patient) => {
  const connectionString = env.DATABASE_URL_WEB ?? env.DATABASE_URL;
  const pool = createPool({
    connectionString,
    role: "app_web",
    applicationName: "curbe-doctor",
    max: 2,
    statementTimeoutMs: patient.timeoutMs,
    onError: () => {},
  });
  const open = async () => {
    const client = await pool.connect();
    return { session: client, close: () => client.release(true) };
  };
  try {
    // Without options first: what fails here as well has nothing to do with a pooler.
    await withSession(connectionString, patient, (session) => session.query("select 1"));
    return [await judgePooling(open)];
  } finally {
    void pool.end().catch(() => {});
  }
});

interface Opened {
  session: Session;
  close(): void;
}

/** Two connections side by side, each proved: they must not share one server process. */
export async function judgePooling(open: () => Promise<Opened>): Promise<Finding> {
  const opened: Opened[] = [];
  const next = async () => {
    const one = await open().catch(refused);
    if ("status" in one) return one;
    opened.push(one);
    return one;
  };
  try {
    const first = await next();
    if ("status" in first) return first;
    const alone = await first.session.query<{ pid: number }>("select pg_backend_pid() as pid");
    const second = await next();
    if ("status" in second) return second;
    const shared = await second.session.query<{ pid: number }>("select pg_backend_pid() as pid");
    if (shared.rows[0]?.pid === alone.rows[0]?.pid) {
      const says =
        "two connections share one server process: a pooler pools transactions, and LISTEN and locks get lost";
      return fail(subject, says, sessionMode);
    }
    return ok(subject, "sessions arrive whole, with their role");
  } finally {
    for (const { close } of opened) close();
  }
}

/** 08P01: "unsupported startup parameter", as PgBouncer says it. */
function refused(error: unknown): Finding {
  if (error instanceof UnprovenConnectionError) return fail(subject, error.message, sessionMode);
  const state = sqlState(error);
  if (state === "22023" || state === "42501") throw new NotPossible("cannot act as app_web: see app roles");
  if (state === "08P01") {
    const says =
      "something before the database refuses the start-up options that carry the role (PgBouncer does)";
    return fail(subject, says, sessionMode);
  }
  if (error instanceof DatabaseAway) throw error;
  const says =
    "a connection with start-up options fails, one without does not: a pooler, or no connection left";
  return fail(subject, says, sessionMode);
}
