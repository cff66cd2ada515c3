/** Functions with an owner's rights, called from within a workspace's transaction with another workspace's ids. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type Db, type DbRole, type TenantDb, withTenant } from "../client.ts";
import { enqueue, type JobName, jobCatalog } from "../jobs.ts";
import { keepLanguage } from "../queries/people/people.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";

const [own, other] = [randomUUID(), randomUUID()];
const theirs = { connection: randomUUID(), person: randomUUID(), number: "111222333", waba: "777" };
const ours = { connection: randomUUID(), number: "444555666" };

let database: TestDatabase;
let web: Db;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  web = database.as("app_web");
  await database.sql("insert into tenants (id, name) values ($1, 'Own'), ($2, 'Other')", [own, other]);
  await database.sql("insert into users (id, email, password_hash) values ($1, 'x@y.example', 'none')", [
    theirs.person,
  ]);
  await database.sql("insert into memberships values ($1, $2, 'admin')", [other, theirs.person]);
  await database.sql(
    `insert into channel_connections (id, tenant_id, provider, status, waba_id, phone_number_id)
     values ($1, $2, 'meta_whatsapp', 'active', '777', $3), ($4, $5, 'meta_whatsapp', 'active', '888', $6)`,
    [theirs.connection, other, theirs.number, ours.connection, own, ours.number],
  );
  await database.sql(
    `insert into number_claims (provider, phone_number_id, tenant_id, connection_id)
     values ('meta_whatsapp', $1, $2, $3), ('meta_whatsapp', $4, $5, $6)`,
    [theirs.number, other, theirs.connection, ours.number, own, ours.connection],
  );
});
afterAll(() => database.drop());
beforeEach(() => database.sql("delete from graphile_worker._private_jobs"));

const within = (text: string, tenantId = own) =>
  withTenant(web, tenantId, async (tdb) => (await sql.raw(text).execute(tdb)).rows);
const jobs = () =>
  database
    .sql<{ key: string }>("select key from graphile_worker._private_jobs order by id")
    .then((rows) => rows.map(({ key }) => key));

const aCheckOf = (connectionId: string, requestId: string) =>
  `'check_connection', '${JSON.stringify({ tenantId: other, connectionId, requestId })}'`;
/** Every field that any job's key is made of. */
const payloadOf = ({ connection, number }: { connection: string; number: string }) =>
  JSON.stringify({
    tenantId: other,
    connectionId: connection,
    teardownId: connection,
    mailId: connection,
    provider: "meta_whatsapp",
    phoneNumberId: number,
    afterItem: "0",
    deliveryId: "1",
    itemPath: "entry.0",
  });
const ofEachJob = Object.keys(jobCatalog).map((name) => ({ name }));

describe("outside of any workspace", () => {
  let tenant: Db;
  beforeAll(() => {
    tenant = database.as("app_tenant");
  });

  const calls = [
    `app.take_over_revoked_number('${theirs.number}')`,
    `app.ask_holder_for_number('meta_whatsapp', '${theirs.number}', 'r')`,
  ];
  test.each(calls)("%s is refused", async (call) => {
    await expect(sql.raw(`select ${call}`).execute(web)).rejects.toThrow("no workspace is named");
    expect(await jobs()).toEqual([]);
  });

  test.each(ofEachJob)("$name is not asked for in a workspace's role", async ({ name }) => {
    const asking = sql`select app.enqueue(${name}, ${payloadOf(theirs)}::jsonb)`.execute(tenant);
    await expect(asking).rejects.toThrow("no workspace is named");
    expect(await jobs()).toEqual([]);
  });
});

test("a job that another workspace waits for is neither replaced nor put off by naming its connection", async () => {
  await within(`select app.enqueue(${aCheckOf(theirs.connection, "theirs")})`, other);
  // Also names the other workspace.
  await within(`select app.enqueue(${aCheckOf(theirs.connection, "ours")}, interval '100 years')`);
  expect(await jobs()).toEqual([
    `check_connection:${other}:${theirs.connection}`,
    `check_connection:${own}:${theirs.connection}`,
  ]);
});

/** Which roles may ask for which jobs, whatever else they may do. */
const mayAsk: Partial<Record<DbRole, JobName[]>> = {
  app_tenant: [
    "subscribe_waba",
    "stop_deliveries",
    "register_number",
    "request_history",
    "check_connection",
    "replay_parked",
    "send_mail",
  ],
  app_web: ["process_deliveries"],
  app_ingest: ["process_deliveries", "apply_account_event", "replay_parked"],
  // The functions that do are its own.
  app_owner: [],
  app_jobs: [],
  app_operator: [],
  app_clock: [],
};

test.each(Object.keys(mayAsk) as DbRole[])("%s asks for its own jobs and for no other", async (role) => {
  const asked: string[] = [];
  const db = role === "app_tenant" ? web : database.as(role);
  for (const name of [...Object.keys(jobCatalog), "nothing", ""]) {
    const ask = (db: Db | TenantDb) =>
      sql`select app.enqueue(${name}, ${payloadOf(ours)}::jsonb)`.execute(db);
    const asking = role === "app_tenant" ? withTenant(db, own, ask) : ask(db);
    await asking.then(
      () => asked.push(name),
      (error) => expect(error).toMatchObject({ code: "42501" }),
    );
  }
  expect(asked).toEqual(mayAsk[role]);
  expect(await jobs()).toHaveLength(asked.length);
});

test("a workspace's role says which workspace asks, and nobody can say another", async () => {
  await within(`select app.enqueue(${aCheckOf(ours.connection, "r")})`);
  const [job] = await database.sql("select payload from graphile_worker._private_jobs");
  expect(job).toEqual({ payload: { tenantId: own, connectionId: ours.connection, requestId: "r" } });
});

test("a job without all of its key is refused", async () => {
  await expect(within(`select app.enqueue('check_connection', '{"requestId": "r"}')`)).rejects.toMatchObject({
    code: "22023",
  });
  await expect(within(`select app.enqueue('check_connection', '{"connectionId": null}')`)).rejects.toThrow(
    "key",
  );
  expect(await jobs()).toEqual([]);
});

test("what the database knows of a job is what the catalogue says", async () => {
  const known = await database.sql<{ task: string; key: string[] | null; roles: string[] }>(
    `select task, key, array(select role from app.job_rights r where r.task = j.task order by role) as roles
       from app.jobs j`,
  );
  const asked = Object.entries(jobCatalog).filter(([, job]) => !("at" in job));
  expect(known.map(({ task }) => task).sort()).toEqual(asked.map(([name]) => name).sort());
  for (const { task, key, roles } of known) {
    const { payload } = jobCatalog[task as JobName];
    for (const field of key ?? []) expect(Object.keys(payload.shape), task).toContain(field);
    expect(roles, task).not.toEqual([]);
    // What a workspace asks for is told apart by the workspace, or is about a number that nobody else holds.
    if (roles.includes("app_tenant") && task !== "replay_parked") expect(key, task).toContain("tenantId");
  }
});

test("a new job is a row for its key and one for each role that may ask for it", async () => {
  await database.sql("insert into app.jobs (task, key) values ('water_plants', '{tenantId,plantId}')");
  const ask = () => within(`select app.enqueue('water_plants', '{"plantId": "fern"}', interval '1 hour')`);
  await expect(ask()).rejects.toThrow("app_tenant asks for no water_plants");
  await database.sql("insert into app.job_rights (task, role) values ('water_plants', 'app_tenant')");
  try {
    await ask();
    await ask();
    expect(await jobs()).toEqual([`water_plants:${own}:fern`]);
  } finally {
    await database.sql("delete from app.job_rights where task = 'water_plants'");
    await database.sql("delete from app.jobs where task = 'water_plants'");
  }
});

test("what is parked is asked for by whoever holds the number, and by ingest", async () => {
  const asked = (number: string) => ({
    provider: "meta_whatsapp",
    phoneNumberId: number,
    afterItem: "0",
    requestId: "r",
  });
  const ask = (number: string) => withTenant(web, own, (tdb) => enqueue(tdb, "replay_parked", asked(number)));
  await expect(ask(theirs.number)).rejects.toThrow("another's number");
  expect(await jobs()).toEqual([]);
  await ask(ours.number);
  const ingest = database.as("app_ingest");
  await ingest.transaction().execute((trx) => enqueue(trx, "replay_parked", asked(theirs.number)));
  expect(await jobs()).toEqual([
    `replay_parked:meta_whatsapp:${ours.number}:0`,
    `replay_parked:meta_whatsapp:${theirs.number}:0`,
  ]);
});

test("a person's language is kept from within their workspaces only", async () => {
  const keep = (tenantId: string, language: string) =>
    withTenant(web, tenantId, (tdb) => keepLanguage(tdb, theirs.person, language, { onlyIfUnknown: false }));
  const kept = () => database.sql("select language from users where id = $1", [theirs.person]);
  await keep(other, "es");
  await keep(own, "en");
  expect(await kept()).toEqual([{ language: "es" }]);
  await sql`select app.keep_language(${theirs.person}::uuid, 'en', false)`.execute(web);
  expect(await kept()).toEqual([{ language: "es" }]);
});

test("whether a WABA is in use is told to a workspace that is leaving it, and to no other", async () => {
  const inUse = () => within("select app.waba_in_use('meta_whatsapp', '999') as answer");
  expect(await inUse()).toEqual([{ answer: true }]);
  await database.sql(
    "insert into connection_teardowns (tenant_id, connection_id, waba_id) values ($1, $2, '999')",
    [own, ours.connection],
  );
  expect(await inUse()).toEqual([{ answer: false }]);
});

describe("within a workspace's transaction", () => {
  const acrossWorkspaces = [
    "app.take_due_checks(1, interval '0')",
    "app.expire_number_choices()",
    "app.forget_outlived()",
    "app.forget_past_access()",
    "app.drop_deliveries(interval '9 days', 1)",
    `app.merge_contacts('${other}', 1, 2)`,
    "app.reopen_deliveries(array[1::bigint])",
    "app.replay_items('{}', 0, 1)",
    `app.enqueue_as('app_owner', 'send_mail', '${JSON.stringify({ tenantId: other, mailId: other })}')`,
    `app.holds_number('${other}', 'meta_whatsapp', '1')`,
    "app.login_candidate('x@y.example')",
    `app.open_session('\\x00', '${theirs.person}', '${other}', 'h', '{}', interval '1 day')`,
    "app.session_read('\\x00', interval '1 day')",
    "app.session_write('\\x00', '{}')",
    "app.session_delete('\\x00')",
    "app.deauthorize_meta_user('1', now(), 'r')",
    "app.delete_meta_user_data('1', '\\x00', now(), 'c', 'r')",
    "app.deletion_request('c')",
  ];
  test.each(acrossWorkspaces)("the web may not call %s", async (call) => {
    await expect(within(`select ${call}`)).rejects.toThrow(/permission denied/);
  });

  test("the web acts as app_tenant, and as itself again afterwards, whether it ends well or not", async () => {
    const role = async (db: Db | TenantDb) =>
      (await sql<{ role: string }>`select current_user as role`.execute(db)).rows[0]?.role;
    await web.connection().execute(async (one) => {
      expect(await withTenant(one, own, role)).toBe("app_tenant");
      expect(await role(one)).toBe("app_web");
      await expect(withTenant(one, own, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
      expect(await role(one)).toBe("app_web");
    });
  });

  test("a connection that is lost opens its own workspace's mail", async () => {
    await within(`update channel_connections set status = 'error' where id = '${ours.connection}'`);
    const mails = await database.sql<{ id: string; tenant_id: string }>(
      "select id, tenant_id from mail_outbox",
    );
    expect(mails).toEqual([{ id: expect.any(String), tenant_id: own }]);
    expect(await jobs()).toEqual([`send_mail:${own}:${mails[0]?.id}`]);
  });
});
