/** What ingest is tested on: a database of the file's own, two workspaces with a number each, the worker's part over it. */
import { afterAll, beforeAll, beforeEach, inject } from "vitest";
import { phoneNumberId } from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { type IngestReport, processDeliveries } from "../ingest/ingest.server.ts";
import {
  connectWorkspace,
  inboxDeps,
  deliverAll as storeAll,
  deliver as storeOne,
  type Workspace,
} from "./test-workspaces.ts";

export const luzNumber = phoneNumberId;
export const norteNumber = "777000111222333";

/** Opens the database for the file; before each test it is empty but for `luz` and `norte` (not even they where `connected` is false). */
export function inboxStage({ connected = true } = {}) {
  // Filled by the hooks, before any test looks.
  const inbox = {} as {
    database: TestDatabase;
    deps: ReturnType<typeof inboxDeps>;
    luz: Workspace;
    norte: Workspace;
  };
  beforeAll(async () => {
    inbox.database = await createTestDatabase(inject("adminUrl"), inject("template"));
    inbox.deps = inboxDeps(inbox.database);
  });
  afterAll(() => inbox.database.drop());
  beforeEach(startAfresh);

  async function startAfresh(): Promise<void> {
    await inbox.database.empty("tenants", "webhook_deliveries");
    inbox.deps.lines.length = 0;
    if (!connected) return;
    inbox.luz = await connectWorkspace(inbox.database, luzNumber);
    inbox.norte = await connectWorkspace(inbox.database, norteNumber);
  }

  const sql: TestDatabase["sql"] = (text, values) => inbox.database.sql(text, values);
  const deliver = (body: unknown, receivedAt?: string) => storeOne(inbox.database, body, receivedAt);
  const deliverAll = (bodies: unknown[], receivedAt?: string[]) =>
    storeAll(inbox.database, bodies, receivedAt);
  const processIds = (ids: string[]): Promise<IngestReport> => processDeliveries(inbox.deps, ids);
  /** Stores the bodies and processes them in one job. */
  const process = async (...bodies: unknown[]): Promise<IngestReport> => processIds(await deliverAll(bodies));
  /** How many rows there are of a table, or of a table and its condition. */
  const count = async (rows: string): Promise<number> =>
    (await sql<{ n: number }>(`select count(*)::int as n from ${rows}`))[0]?.n ?? Number.NaN;
  const messages = () => sql("select * from messages order by provider_message_id");
  const quarantined = () => sql("select * from delivery_quarantine order by id");

  return { inbox, startAfresh, sql, deliver, deliverAll, processIds, process, count, messages, quarantined };
}
