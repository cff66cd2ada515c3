import { randomBytes } from "node:crypto";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { migrate } from "../migrate.ts";
import { administer } from "../testing/test-database.ts";
import { CannotAdoptError } from "./problems/problems.ts";
import { type OlderDatabase, olderDatabases } from "./testing/older-database.ts";
import { connections, insertConnection, luz, tenants } from "./testing/older-schema.ts";
import { pictureOf } from "./testing/picture.ts";

const createOlderDatabase = olderDatabases();

const schema = [
  tenants,
  "alter table tenants add column code serial; create index on tenants (code);",
  connections(", access_token text"),
  insertConnection(1, { access_token: "EAAGplainTokenOfMeta0123456789" }),
  insertConnection(2, { status: "connected" }),
  `create table messages (id serial primary key, tenant_id uuid, text text);
   insert into messages (tenant_id, text) values ('${luz}', 'Hola');
   create table users (id serial primary key, email text unique); insert into users (email) values ('ana@luz.example');
   create table sessions (sid text primary key, user_id int references users (id)); insert into sessions values ('s', 1);
   create table invoices (tenant_id uuid references tenants (id), sid text references sessions (sid));
   alter table tenants enable row level security, force row level security;`,
].join("\n");

test("a second run changes nothing", async () => {
  const older = await createOlderDatabase(schema);
  await older.adopt();
  const before = await pictureOf(older);
  expect(await older.adopt()).toEqual([]);
  expect(await pictureOf(older)).toEqual(before);
});

test("two processes at once take everything over once", async () => {
  const older = await createOlderDatabase(schema);
  const reports = await Promise.all([older.adopt(), older.adopt(), older.adopt()]);
  expect(reports.filter((report) => report.length > 0)).toHaveLength(1);
  expect(await older.sql("select count(*)::int from channel_connections")).toEqual([{ count: 2 }]);
  expect(await older.sql("select count(*)::int from number_claims")).toEqual([{ count: 2 }]);
});

test("a dry run says all of it and leaves the database as it was", async () => {
  const older = await createOlderDatabase(schema);
  const before = await pictureOf(older);
  const would = await older.adopt({ dryRun: true });
  expect(await pictureOf(older)).toEqual(before);
  expect(await older.adopt()).toEqual(would);
});

test("tables of our names that the mission does not describe are renamed, and what points to them follows", async () => {
  const older = await createOlderDatabase(schema);
  const report = await older.adopt();
  expect(report).toContain(
    "The table users is users_before_curbe now. Its people are not taken over: make them with npm run user:create.",
  );
  expect(report).toContain("The table sessions is sessions_before_curbe now.");
  expect(await older.sql("select email from users_before_curbe")).toEqual([{ email: "ana@luz.example" }]);
  expect(
    await older.sql("insert into users_before_curbe (email) values ('leo@luz.example') returning id"),
  ).toEqual([{ id: 2 }]);
  expect(await older.sql("select count(*)::int from users")).toEqual([{ count: 0 }]);
  const keys = await older.sql<{ key: string }>(
    `select pg_get_constraintdef(oid) as key from pg_constraint
      where contype = 'f' and conrelid in ('invoices'::regclass, 'sessions_before_curbe'::regclass) order by 1`,
  );
  expect(keys.map(({ key }) => key)).toEqual([
    "FOREIGN KEY (sid) REFERENCES sessions_before_curbe(sid)",
    "FOREIGN KEY (tenant_id) REFERENCES tenants(id)",
    "FOREIGN KEY (user_id) REFERENCES users_before_curbe(id)",
  ]);
});

test("nothing is left of the run but what it brought: no schema, no grant, no function", async () => {
  const older = await createOlderDatabase(schema);
  await older.adopt();
  expect(
    await older.sql(
      `select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
    ),
  ).toEqual([{ nspname: "app" }, { nspname: "graphile_worker" }, { nspname: "public" }]);
});

/** A login that may do what the README asks for, and no more. */
async function asPlainOwner(older: OlderDatabase, work: (url: string, login: string) => Promise<void>) {
  const login = `curbe_plain_${randomBytes(4).toString("hex")}`;
  const database = new URL(older.url).pathname.slice(1);
  const admin = inject("adminUrl");
  await administer(admin, `create role ${login} login createrole password 'plain'`);
  for (const role of [
    "app_owner",
    "app_jobs",
    "app_tenant",
    "app_ingest",
    "app_web",
    "app_operator",
    "app_clock",
  ])
    await administer(admin, `grant ${role} to ${login} with admin option`);
  await administer(admin, `alter database ${database} owner to ${login}`);
  const url = new URL(older.url);
  url.username = login;
  url.password = "plain";
  try {
    await work(url.href, login);
  } finally {
    await administer(older.url, `reassign owned by ${login} to current_user; drop owned by ${login}`);
    await administer(admin, `drop role ${login}`);
  }
}

test("a role that owns the tables and is no superuser takes them over, in spite of policies on them", async () => {
  const older = await createOlderDatabase("select 1");
  await asPlainOwner(older, async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(schema).finally(() => client.end());
    const report = await older.adopt({ as: url });
    expect(report[0]).toBe("Taken over: tenants 2, channel_connections 2, messages 1.");
    expect(await older.sql("select count(*)::int from tenants")).toEqual([{ count: 2 }]);
    expect(await older.sql("select distinct tableowner from pg_tables where tablename = 'tenants'")).toEqual([
      { tableowner: "app_owner" },
    ]);
    await migrate(url);
  });
});

test("tables of somebody whose tables we may not alter stop the run, with what to do", async () => {
  const older = await createOlderDatabase(`${schema} create table mine (id int);`);
  await asPlainOwner(older, async (url, login) => {
    await older.sql(`alter table messages owner to ${login}`);
    const failed = await older.adopt({ as: url }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(CannotAdoptError);
    const [first] = (failed as CannotAdoptError).problems;
    const [{ owner } = { owner: "" }] = await older.sql<{ owner: string }>(
      "select current_user::text as owner",
    );
    expect(first).toMatchObject({
      table: "tenants",
      what: `it belongs to ${owner}, and ${login} may not alter it`,
      todo: `alter table tenants owner to ${login}; or run as ${owner}.`,
    });
    const stuck = (failed as CannotAdoptError).problems.map(({ table }) => table);
    expect(stuck).toEqual(["tenants", "users", "sessions", "channel_connections"]);
  });
});
