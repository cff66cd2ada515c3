import { expect, test } from "vitest";
import { type OlderDatabase, olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, luz, norte, tenants } from "../testing/older-schema.ts";
import { CannotAdoptError } from "./problems.ts";

const createOlderDatabase = olderDatabases();

async function problemsOf(older: OlderDatabase): Promise<CannotAdoptError> {
  const failed = await older.adopt().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(CannotAdoptError);
  // Nothing of ours was made, and nothing of theirs is gone.
  expect(await older.sql("select to_regclass('app.migrations') as made")).toEqual([{ made: null }]);
  return failed as CannotAdoptError;
}

test("everything that is in the way is named at once: table, column, rows, and what to do", async () => {
  const older = await createOlderDatabase(`
    create table tenants (id text primary key, name text);
    insert into tenants values ('${luz}', 'Luz'), ('acme', 'Acme'), ('${norte}', 'Norte');
    create table channel_connections (id serial primary key, tenant_id text, provider text, status text,
      metadata text, token_expires_at text, created_at boolean);
    insert into channel_connections (tenant_id, provider, metadata, token_expires_at) values
      ('${luz}', 'Instagram', '{"a":', 'soon'), (null, 'telegram', null, null), ('${luz}', 'instagram', '{}', '2025-01-01');
    create view contacts as select 1 as id;
    create table conversations (id int primary key, tenant_id uuid) partition by range (id);
    create table messages (id int, tenant_id uuid, direction text);
    insert into messages values (1, '${luz}', 'sideways'), (2, null, 'in');
    create table users (id int); create table users_before_curbe (id int);`);
  const { problems, message } = await problemsOf(older);
  expect(problems).toEqual([
    expect.objectContaining({ table: "contacts", what: "it is a view and not a table" }),
    expect.objectContaining({ table: "conversations", what: "it is a partitioned table and not a table" }),
    expect.objectContaining({ table: "users_before_curbe", todo: "Rename it." }),
    expect.objectContaining({ table: "tenants", column: "id", rows: 1, what: "the value is not a uuid" }),
    expect.objectContaining({
      table: "channel_connections",
      column: "id",
      rows: 3,
      what: "it is integer and has to be a uuid",
    }),
    expect.objectContaining({
      table: "channel_connections",
      column: "created_at",
      what: "it is boolean and has to be a point in time",
    }),
    expect.objectContaining({ table: "channel_connections", column: "tenant_id", rows: 1 }),
    expect.objectContaining({
      table: "channel_connections",
      column: "token_expires_at",
      rows: 1,
      what: "the value is not a point in time",
    }),
    expect.objectContaining({
      table: "channel_connections",
      column: "metadata",
      rows: 1,
      what: "the value is not JSON",
    }),
    expect.objectContaining({
      table: "channel_connections",
      column: "provider",
      rows: 3,
      what: "the provider is another than WhatsApp (instagram 2, telegram 1)",
    }),
    expect.objectContaining({
      table: "messages",
      column: "direction",
      rows: 1,
      what: "the direction is unknown (sideways 1)",
    }),
    expect.objectContaining({
      table: "messages",
      column: "tenant_id",
      rows: 1,
      what: "nothing says whose these rows are",
    }),
  ]);
  expect(message).toContain("Nothing was changed");
  expect(message).toContain("- tenants.id, 1 row: the value is not a uuid. Correct these values.");
});

test("a conversation or a message of another channel stops the run; of ours, and of none, it is taken over", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, {}),
      `create table conversations (id int, tenant_id uuid, provider text);
       create table messages (id int, tenant_id uuid, conversation_id int, provider text, text text);
       insert into conversations values (1, '${luz}', 'instagram'), (2, '${luz}', 'WhatsApp'), (3, '${luz}', null);
       insert into messages values (1, '${luz}', 1, 'instagram', 'Ciao'), (2, '${luz}', 2, 'meta_whatsapp', 'Hola'),
         (3, '${luz}', 3, ' ', 'Hola');`,
    ].join("\n"),
  );
  const { problems } = await problemsOf(older);
  expect(problems.map(({ table, column, rows, what }) => `${table}.${column} ${rows} ${what}`)).toEqual([
    "conversations.provider 1 the provider is another than WhatsApp (instagram 1)",
    "messages.provider 1 the provider is another than WhatsApp (instagram 1)",
  ]);
  await older.sql("delete from messages where id = 1; delete from conversations where id = 1");
  await older.adopt();
  expect(await older.sql("select id, conversation_id, provider from messages order by id")).toEqual([
    { id: "2", conversation_id: "2", provider: "meta_whatsapp" },
    { id: "3", conversation_id: "3", provider: " " },
  ]);
});

test("rows that point nowhere or into another workspace stop the run", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections().replace(" references tenants (id)", ""),
      insertConnection(1, {}),
      insertConnection(2, { tenant_id: "33333333-3333-4333-8333-333333333333" }),
      `create table conversations (id int, tenant_id uuid, connection_id uuid, contact_id int);
       create table messages (id int, tenant_id uuid, conversation_id int);
       insert into conversations values (1, '${norte}', '${connection(1)}', null), (2, '${luz}', '${connection(9)}', 4);
       insert into messages values (1, '${luz}', 1), (2, '${luz}', 7);`,
    ].join("\n"),
  );
  const { problems } = await problemsOf(older);
  expect(problems.map(({ table, column, rows, what }) => `${table}.${column} ${rows} ${what}`)).toEqual([
    "channel_connections.tenant_id 1 there is no such row in tenants",
    "conversations.connection_id 1 there is no such row in channel_connections",
    "conversations.connection_id 1 it points to a row in channel_connections of another workspace",
    "conversations.contact_id 1 there is no table that it could point to",
    "messages.conversation_id 1 there is no such row in conversations",
    "messages.conversation_id 1 it points to a row in conversations of another workspace",
  ]);
});

test("what is made of a table, or points to it and cannot be changed, stops the run", async () => {
  const older = await createOlderDatabase(
    [
      tenants.replace("id uuid", "id varchar(36)"),
      connections().replaceAll("tenant_id uuid", "tenant_id varchar(36)"),
      `create view open_connections as select * from channel_connections;
       create materialized view names as select name from tenants;
       create function first_tenant() returns tenants language sql as 'select * from tenants limit 1';
       create table logs (line text); create rule note as on insert to logs do also select id from tenants;
       create table invoices (tenant_id varchar(36) references tenants (id));
       create table parents (like tenants); alter table tenants inherit parents;`,
    ].join("\n"),
  );
  const { problems } = await problemsOf(older);
  expect(problems.map(({ table, what }) => `${table}: ${what}`)).toEqual([
    "tenants: it inherits from a table, or another inherits from it",
    "channel_connections: view open_connections is made of it",
  ]);
  await older.sql("alter table tenants no inherit parents");
  const again = await problemsOf(older);
  expect(again.problems.map(({ table, column, what }) => `${table} ${column ?? ""}: ${what}`)).toEqual([
    "channel_connections : view open_connections is made of it",
    "tenants : function first_tenant() is made of it",
    "tenants : materialized view names is made of it",
    "tenants : table logs is made of it",
    "public.invoices tenant_id: it points to tenants.id, which becomes a uuid",
  ]);
});

test("a foreign key that rows do not satisfy any more stops the run", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections().replace("phone_number_id text", "phone_number_id text unique"),
      insertConnection(1, { phone_number_id: " 7 " }),
      "create table calls (number text references channel_connections (phone_number_id)); insert into calls values (' 7 ');",
    ].join("\n"),
  );
  const { problems } = await problemsOf(older);
  expect(problems).toMatchObject([
    { table: "public.calls", column: "number", todo: "Drop the foreign key, or correct these rows." },
  ]);
});

test("a table of our name in another schema of the search_path stops the run; elsewhere it is said", async () => {
  const older = await createOlderDatabase(`
    create schema curbe; create table curbe.tenants (id uuid primary key, name text);
    do $$ begin execute format('alter database %I set search_path = curbe, public', current_database()); end $$;`);
  const { problems } = await problemsOf(older);
  expect(problems).toMatchObject([
    {
      table: "curbe.tenants",
      todo: expect.stringContaining('alter table "curbe"."tenants" set schema public'),
    },
  ]);
  await older.sql(
    "do $$ begin execute format('alter database %I reset search_path', current_database()); end $$",
  );
  expect(await older.adopt()).toEqual([
    "The schema curbe was not looked at: only tables in public are taken over (tenants).",
  ]);
});

test("a message without a conversation whose connection or contact is another workspace's stops the run", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, {}),
      `create table contacts (id int, tenant_id uuid); insert into contacts values (1, '${norte}');
       create table conversations (id int, tenant_id uuid, connection_id uuid, contact_id int);
       insert into conversations values (1, '${luz}', null, null), (2, null, '${connection(1)}', 1);
       create table messages (id int, tenant_id uuid, conversation_id int, connection_id text, contact_id int);
       insert into messages values
         (1, '${norte}', null, '${connection(1)}', null), (2, '${luz}', null, null, 1), (3, '${luz}', null, '7', 9),
         (4, null, null, '${connection(1)}', 1), (5, '${luz}', 1, '7', 1);`,
    ].join("\n"),
  );
  const { problems } = await problemsOf(older);
  expect(problems.map(({ table, column, rows, what }) => `${table}.${column} ${rows} ${what}`)).toEqual([
    "messages.connection_id 1 there is no such row in channel_connections",
    "messages.connection_id 1 it points to a row in channel_connections of another workspace",
    "messages.contact_id 1 it points to a row in contacts of another workspace",
    "conversations.connection_id 1 its connection is of one workspace and its contact of another",
    "messages.connection_id 1 its connection is of one workspace and its contact of another",
  ]);
  // What has a conversation is its conversation's, whatever else it says.
  await older.sql("delete from messages where id in (1, 2, 3, 4); delete from conversations where id = 2");
  await older.adopt();
  expect(await older.sql("select id, tenant_id, conversation_id from messages")).toEqual([
    { id: "5", tenant_id: luz, conversation_id: "1" },
  ]);
});
