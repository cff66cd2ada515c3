/** Telling open pages that something changed: by NOTIFY, in the transaction of the change, and the one who listens. */
import { sql, type Transaction } from "kysely";
import { createClient } from "../../client.ts";
import type { Schema } from "../../schema.ts";

/** What a page may show: conversations with their messages, or connections with their steps and events. */
export type ChangeTopic = "conversations" | "connections";

/** A notification must be shorter than 8,000 bytes; an id and a space are 37. */
const idsOfOneNotification = 200;

/**
 * Tells open pages of these workspaces, at this transaction's commit and not without it. As few notifications as
 * possible, with one statement: the commits of all that notify wait for each other. Nothing happens for no tenants.
 */
export async function tellConversations(
  trx: Transaction<Schema>,
  tenantIds: Iterable<string>,
): Promise<void> {
  const ids = [...new Set(tenantIds)];
  if (ids.length === 0) return;
  const payloads: string[] = [];
  for (let from = 0; from < ids.length; from += idsOfOneNotification) {
    payloads.push(`conversations ${ids.slice(from, from + idsOfOneNotification).join(" ")}`);
  }
  // Every batch pays for this: what has no table and no grouping is planned in no time.
  await sql`select ${sql.join(payloads.map((payload) => sql`pg_notify('live', ${payload})`))}`.execute(trx);
}

export interface ChangeListener {
  onChange(topic: ChangeTopic, tenantIds: string[]): void;
  /** The row's id of a session that is over, whatever ended it: see `tell_session_ended`. */
  onSessionEnded(sessionId: string): void;
  /** The connection is gone, and so is what was told since. Called once. */
  onLost(error?: Error): void;
}

export interface Listening {
  /** Rejects when the server does not answer within 5 s: nobody may be there any more. */
  check(): Promise<void>;
  /** Ends the connection; `onLost` is not called then. */
  stop(): Promise<void>;
}

/** Listens on a connection of its own, as app_web. Whatever is committed after it resolves is told. */
export async function listenForChanges(
  connectionString: string,
  { onChange, onSessionEnded, onLost }: ChangeListener,
): Promise<Listening> {
  const { client, connect } = createClient({
    connectionString,
    role: "app_web",
    applicationName: "curbe-live",
    statementTimeoutMs: 5_000,
  });
  // While it is being opened, the caller is told by the promise.
  let open = false;
  const lost = (error?: Error) => {
    if (!open) return;
    open = false;
    onLost(error);
  };
  client.on("error", lost);
  client.on("end", () => lost());
  client.on("notification", ({ payload = "" }) => {
    const [topic, ...ids] = payload.split(" ");
    if (topic === "conversations" || topic === "connections") onChange(topic, ids);
    if (topic === "session_ended") ids.forEach(onSessionEnded);
  });
  const stop = async () => {
    open = false;
    await client.end().catch(() => {});
  };
  try {
    await connect();
    await client.query("listen live");
    open = true;
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, check: async () => void (await client.query("select 1")) };
}
