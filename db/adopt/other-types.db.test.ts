import { expect, test } from "vitest";
import { olderDatabases } from "./testing/older-database.ts";
import { connection, luz, norte } from "./testing/older-schema.ts";

const createOlderDatabase = olderDatabases();

test("converts ids that are texts, enums, arrays, JSON in texts, and times as numbers, texts and without a zone", async () => {
  const older = await createOlderDatabase(
    `
    set timezone = 'America/Mexico_City';
    do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'America/Mexico_City'); end $$;
    create type connection_status as enum ('pending', 'active', 'error', 'revoked');
    create table tenants (id varchar(36) primary key, name varchar(80), created_at timestamp);
    create table channel_connections (
      id varchar(36) primary key, tenant_id varchar(36), provider varchar(20), status connection_status, waba_id bigint,
      phone_number_id numeric(20), phone_number_e164 varchar(20), display_name varchar(50), access_token_enc varchar(500),
      token_expires_at bigint, scopes text[], metadata text, created_at timestamp, updated_at text);
    create table oauth_states (
      id text, tenant_id text, provider varchar, nonce varchar(64), created_at integer, used_at bigint, expires_at date,
      metadata json);
    insert into tenants values (upper('${luz}'), 'Luz', '2025-01-01 12:00'), (' ${norte} '::varchar(38)::text, ' ', null);
    insert into channel_connections values
      ('${connection(1)}', '${luz}', 'WhatsApp', 'active', 900, 100, '525512345678', 'Luz',
       'v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA', 1893456000, '{a,b}', '{"note": 1}',
       '2025-01-01 12:00', '2025-02-01T10:00:00Z'),
      ('${connection(2)}', '${luz}', 'whatsapp', 'pending', null, null, null, null, null, 1893456000123, null, '', null,
       '1735689600');
    insert into oauth_states values
      ('bbbbbbb1-0000-4000-8000-000000000001', '${luz}', 'whatsapp', 'n', 1735689600, 1735689601000, '2025-01-02',
       '{"ip": "::1"}');`.replace("varchar(36) primary key, name", "varchar(40) primary key, name"),
  );
  const report = await older.adopt();
  expect(await older.sql("select id, name, created_at from tenants order by id")).toMatchObject([
    { id: luz, name: "Luz", created_at: new Date("2025-01-01T18:00Z") },
    { id: norte, name: "Imported 22222222" },
  ]);
  expect(await older.sql("select * from channel_connections order by id")).toMatchObject([
    {
      id: connection(1),
      tenant_id: luz,
      status: "active",
      waba_id: "900",
      phone_number_id: "100",
      phone_number_e164: "+525512345678",
      token_expires_at: new Date("2030-01-01Z"),
      scopes: ["a", "b"],
      metadata: { note: 1 },
      created_at: new Date("2025-01-01T18:00Z"),
      updated_at: new Date("2025-02-01T10:00Z"),
    },
    {
      id: connection(2),
      status: "pending",
      token_expires_at: new Date("2030-01-01T00:00:00.123Z"),
      metadata: {},
      created_at: new Date("2025-01-01Z"),
      updated_at: new Date("2025-01-01Z"),
    },
  ]);
  expect(await older.sql("select * from oauth_states")).toMatchObject([
    {
      nonce: "n",
      created_at: new Date("2025-01-01Z"),
      used_at: new Date("2025-01-01T00:00:01Z"),
      expires_at: new Date("2025-01-02T06:00Z"),
      metadata: { ip: "::1" },
    },
  ]);
  expect(report.join("\n")).toContain("taken as America/Mexico_City, the database's own: tenants.created_at");
});

test("takes over empty tables, and columns that are missing", async () => {
  const older = await createOlderDatabase(`
    create table tenants (id uuid primary key);
    create table channel_connections (id uuid primary key, tenant_id uuid);
    create table oauth_states (nonce text);
    create table conversations (id serial primary key);
    create table messages (id serial primary key);`);
  const report = await older.adopt();
  expect(report[0]).toBe(
    "Taken over: tenants 0, channel_connections 0, oauth_states 0, conversations 0, messages 0.",
  );
  expect(report).toHaveLength(1);
});

test("keeps every row where all that can be null is null", async () => {
  const older = await createOlderDatabase(`
    create table tenants (id uuid primary key, name text, created_at timestamptz);
    insert into tenants (id) values ('${luz}');
    create table channel_connections (id uuid, tenant_id uuid, provider text, status text, metadata jsonb, scopes jsonb);
    insert into channel_connections values ('${connection(1)}', '${luz}', null, null, 'null', '{"a": 1}'),
      ('${connection(2)}', '${luz}', null, null, '["x"]', null);
    create table oauth_states (id uuid, tenant_id uuid, nonce text, metadata jsonb);
    insert into oauth_states values ('${connection(3)}', '${luz}', 'n', null), ('${connection(4)}', '${luz}', 'n', '7'),
      ('${connection(5)}', '${luz}', null, null);`);
  await older.adopt();
  expect(await older.sql("select name, created_at <= now() as made from tenants")).toEqual([
    { name: "Imported 11111111", made: true },
  ]);
  const rows = await older.sql(
    "select status, provider, scopes, metadata - 'error' as metadata from channel_connections order by id",
  );
  expect(rows).toEqual([
    { status: "error", provider: "meta_whatsapp", scopes: [], metadata: { former_scopes: { a: 1 } } },
    { status: "error", provider: "meta_whatsapp", scopes: [], metadata: { former_metadata: ["x"] } },
  ]);
  const states = await older.sql<{ nonce: string }>("select nonce, metadata from oauth_states order by id");
  expect(states).toMatchObject([
    { nonce: "n", metadata: {} },
    { metadata: { former_metadata: 7, former_nonce: "n" } },
    { metadata: {} },
  ]);
  expect(new Set(states.map(({ nonce }) => nonce)).size).toBe(3);
});
