import { expect, test } from "vitest";
import { olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, luz, norte, tenants } from "../testing/older-schema.ts";

const createOlderDatabase = olderDatabases();

/** Of people who know nothing of ours: tables that point in, and columns that ours does not have. */
const withNeighbours = [
  tenants,
  `create type plan as enum ('free', 'pro');
   create domain short_text as text check (value is not null and length(value) < 20);
   create table people (id serial primary key, name text);
   insert into people (name) values ('Ana'), ('Leo');
   create table users (id int primary key references people (id), email text);
   insert into users values (1, 'ana@luz.example');
   alter table tenants
     add column seats int not null default 3 check (seats > 0), add column plan plan not null default 'free',
     add column "Odd ""name"" é" text, add column code serial, add column nickname short_text default 'x',
     add column slug text not null default 'none', add column owner_id int references users (id) on delete set null,
     add column name_length int generated always as (length(name)) stored,
     add column rank int generated always as identity, add column tags text[] default '{}',
     add column needed text check (needed is not null) default 'here';
   update tenants set slug = id::text, owner_id = 1, "Odd ""name"" é" = 'odd';
   create unique index tenants_slug_key on tenants (slug);
   create index on tenants ("Odd ""name"" é");
   create index on tenants (name);
   create unique index on tenants (nickname, rank) nulls not distinct;
   alter table tenants add constraint tenants_code_key unique (code);`,
  connections(", created_by int references people (id), replaces uuid references channel_connections (id)"),
  insertConnection(1, { created_by: "2" }),
  insertConnection(2, { tenant_id: norte, replaces: connection(1) }),
  `create schema billing;
   create table billing.invoices (
     id serial primary key, tenant_id uuid not null references tenants (id) on update cascade on delete cascade,
     code int references tenants (code), connection_id uuid,
     constraint "of connection" foreign key (connection_id) references channel_connections (id)
       on delete set null deferrable initially deferred);
   alter table billing.invoices add constraint later foreign key (tenant_id) references tenants (id) not valid;
   insert into billing.invoices (tenant_id, code, connection_id) values ('${luz}', 1, '${connection(1)}');
   create function public.noted() returns trigger language plpgsql as $$ begin return new; end $$;
   create trigger note before insert on tenants for each row execute function noted();
   create policy anyone on tenants using (true);
   alter table tenants enable row level security, force row level security;
   grant select on tenants to public;`,
].join("\n");

test("brings columns that are none of ours along, and the rules that concern only them", async () => {
  const older = await createOlderDatabase(withNeighbours);
  const before = await older.sql("select * from tenants order by id");
  const report = (await older.adopt()).join("\n");
  const after = await older.sql("select * from tenants order by id");
  for (const [at, row] of before.entries()) expect(after[at]).toMatchObject(row);
  const definitions = await older.sql<{ name: string; type: string; default: string | null }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, pg_get_expr(d.adbin, d.adrelid) as default
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = 'tenants'::regclass and a.attnum > 3 and not a.attisdropped order by a.attname`,
  );
  expect(definitions).toEqual(
    expect.arrayContaining([
      { name: "seats", type: "integer", default: "3" },
      { name: "plan", type: "plan", default: "'free'::plan" },
      { name: 'Odd "name" é', type: "text", default: null },
      { name: "code", type: "integer", default: "nextval('tenants_code_seq'::regclass)" },
      { name: "nickname", type: "short_text", default: "'x'::text" },
      { name: "slug", type: "text", default: "'none'::text" },
      { name: "name_length", type: "integer", default: "length(name)" },
      { name: "tags", type: "text[]", default: "'{}'::text[]" },
    ]),
  );
  const indexes = await older.sql<{ name: string }>(
    "select indexname as name from pg_indexes where tablename = 'tenants' order by 1",
  );
  expect(indexes.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tenants_Odd "name" é_idx', "tenants_code_key", "tenants_pkey"]),
  );
  const gone = [
    "the index tenants_slug_key",
    "the trigger note",
    "the policy anyone",
    "what everybody was granted",
  ];
  for (const said of gone) expect(report).toContain(`tenants: ${said}`);
  expect(report).toContain("tenants.seats may be null now");
  const [made] = await older.sql<{ code: number; rank: number; seats: number; name_length: number }>(
    "insert into tenants (name) values ('New') returning code, rank, seats, name_length",
  );
  expect(made).toEqual({ code: 3, rank: 3, seats: 3, name_length: 3 });
});

test("points other people's foreign keys to ours, and keeps those of extra columns", async () => {
  const older = await createOlderDatabase(withNeighbours);
  const report = await older.adopt();
  const keys = await older.sql<{ key: string }>(
    `select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) as key from pg_constraint
      where contype = 'f' and (conrelid = 'billing.invoices'::regclass
         or conname in ('tenants_owner_id_fkey', 'channel_connections_created_by_fkey', 'channel_connections_replaces_fkey'))
      order by conrelid::regclass::text, conname`,
  );
  expect(keys.map(({ key }) => key)).toEqual([
    "billing.invoices invoices_code_fkey FOREIGN KEY (code) REFERENCES tenants(code)",
    "billing.invoices invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id) ON UPDATE CASCADE ON DELETE CASCADE",
    "billing.invoices later FOREIGN KEY (tenant_id) REFERENCES tenants(id) NOT VALID",
    "billing.invoices of connection FOREIGN KEY (connection_id) REFERENCES channel_connections(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED",
    "channel_connections channel_connections_created_by_fkey FOREIGN KEY (created_by) REFERENCES people(id)",
    "channel_connections channel_connections_replaces_fkey FOREIGN KEY (replaces) REFERENCES channel_connections(id)",
    "tenants tenants_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users_before_curbe(id) ON DELETE SET NULL",
  ]);
  expect(report.join("\n")).toContain("users is users_before_curbe now");
  expect(await older.sql("select replaces from channel_connections order by id")).toEqual([
    { replaces: null },
    { replaces: connection(1) },
  ]);
  const lent = await older.sql(
    `select from pg_class c cross join aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
      where c.relname in ('people', 'users_before_curbe') and r.rolname = 'app_owner'`,
  );
  expect(lent).toEqual([]);
});

test("keeps a column of another meaning under another name", async () => {
  const older = await createOlderDatabase(`${tenants}
    create table contacts (id serial primary key, tenant_id uuid, wa_id text, user_id int, username bytea);
    insert into contacts (tenant_id, wa_id, user_id, username) values ('${luz}', '+52 1 55', 7, '\\x01');`);
  const report = await older.adopt();
  expect(await older.sql("select * from contacts")).toMatchObject([
    {
      wa_id: "52155",
      user_id: null,
      user_id_before_curbe: 7,
      username: null,
      username_before_curbe: Buffer.from([1]),
    },
  ]);
  expect(report).toContain("contacts.user_id is kept as user_id_before_curbe: ours has that name.");
});

test("keeps a unique rule of theirs on a table of many rows, whose ids go on after the last", async () => {
  const older = await createOlderDatabase(`${tenants}
    create table messages (id uuid primary key default gen_random_uuid(), tenant_id uuid, text text, ref serial unique);
    insert into messages (tenant_id, text) select '${luz}', n from generate_series(1, 300) n;`);
  await older.adopt();
  expect(
    await older.sql(
      `select nextval('messages_id_seq')::int as id, nextval('messages_ref_seq')::int as ref,
              to_regclass('messages_ref_key') is not null as rule`,
    ),
  ).toEqual([{ id: 301, ref: 301, rule: true }]);
});
