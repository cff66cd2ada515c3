/** Two people of a workspace whose connection is lost, and what is sent to them of it. For tests. */
import { afterAll, afterEach, beforeAll, beforeEach, inject } from "vitest";
import { withTenant } from "../../../db/client.ts";
import { markBroken, markMended } from "../../../db/queries/connections/connections.ts";
import type { ConnectionErrorCode } from "../../../db/queries/connections/error-codes.ts";
import { createTestDatabase, type TestDatabase } from "../../../db/testing/test-database.ts";
import { type MailDeps, sendMail } from "../send.server.ts";
import { mailServer, origin } from "./mail-server.ts";

interface Job {
  payload: { tenantId: string; mailId: string };
  waits: number;
}

export interface Workspace {
  tenantId: string;
  id: string;
}

/** Opens a database for the file; before each test there is `luz` with its admin Ana. */
export function incidentMails() {
  // Filled by the hooks, before any test looks.
  const on = {} as { database: TestDatabase; deps: MailDeps; luz: Workspace };
  const mails = mailServer();
  const { server, log } = mails;
  beforeAll(async () => {
    on.database = await createTestDatabase(inject("adminUrl"), inject("template"));
    on.deps = { db: on.database.as("app_tenant"), log, outgoing: { post: server.post, origin } };
  });
  afterAll(() => on.database.drop());
  beforeEach(async () => {
    on.luz = await workspace("Panadería Luz", "+525512345678");
    await person(on.luz, "ana@luz.example");
  });
  afterEach(() => on.database.empty("tenants", "users", "graphile_worker._private_jobs"));
  const sql: TestDatabase["sql"] = (text, values) => on.database.sql(text, values);

  async function workspace(name: string, e164: string): Promise<Workspace> {
    const [made] = await sql<Workspace>(
      `with t as (insert into tenants (name) values ($1) returning id)
       insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, phone_number_e164,
                                        display_name, access_token_enc)
       select id, 'meta_whatsapp', 'active', '1', $2, $2, 'Tienda', 'sealed' from t returning tenant_id as "tenantId", id`,
      [name, e164],
    );
    if (!made) throw new Error("no workspace");
    return made;
  }

  async function person(
    { tenantId }: Workspace,
    email: string,
    { role = "admin", language = null as string | null, disabled = false } = {},
  ): Promise<void> {
    await sql(
      `with u as (insert into users (email, password_hash, language, disabled_at)
                  values ($2, 'none', $3, case when $4::boolean then now() end) returning id)
       insert into memberships (tenant_id, user_id, role) select $1, id, $5 from u`,
      [tenantId, email, language, disabled, role],
    );
  }

  let moment = Date.parse("2026-11-23T08:00:00Z");
  const lose = (at: Workspace, code: ConnectionErrorCode = "token_rejected") => {
    moment += 60_000;
    const row = { tenant_id: at.tenantId, id: at.id, access_token_enc: "sealed" };
    const error = { code, at: new Date(moment).toISOString() };
    return withTenant(on.deps.db, at.tenantId, (tdb) => markBroken(tdb, row, error));
  };
  const mend = (at: Workspace) =>
    withTenant(on.deps.db, at.tenantId, (tdb) => markMended(tdb, at.tenantId, at.id, ["token_rejected"]));

  const jobs = () =>
    sql<Job>(
      `select j.payload, extract(epoch from j.run_at - j.created_at)::int as waits from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'send_mail' order by j.id`,
    );
  const outbox = () =>
    sql("select kind, state, reason, over_at is not null as over from mail_outbox order by created_at");
  /** Runs each job that was asked for so far, as the worker would. */
  async function run(with_: Partial<MailDeps> = {}, lastAttempt = false): Promise<void> {
    for (const { payload } of await jobs())
      await sendMail({ ...on.deps, ...with_ }, { ...payload, lastAttempt });
  }
  const arrivals = () =>
    server.catcher
      .mails()
      .flatMap(({ to }) => to)
      .sort();
  return { ...mails, on, sql, workspace, person, lose, mend, jobs, outbox, run, arrivals };
}
