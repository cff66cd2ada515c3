import pg from "pg";
import { expect, test } from "vitest";
import { olderDatabases } from "../testing/older-database.ts";
import { connections, luz, tenants } from "../testing/older-schema.ts";
import type { CannotAdoptError } from "./problems.ts";

const createOlderDatabase = olderDatabases();
const problemsOf = (run: Promise<unknown>) => run.catch((error: CannotAdoptError) => error.problems);

test("names that the run needs and sequences that others count by stop the run; renamed, it goes on", async () => {
  const older = await createOlderDatabase(`${tenants}
    create sequence contacts_id_seq;
    create table contacts (id bigint primary key default nextval('contacts_id_seq'), tenant_id uuid, phone text);
    insert into contacts (tenant_id, phone) values ('${luz}', '5215511');
    create table messages (id serial primary key, tenant_id uuid, n serial);
    create table leads (id int default nextval('messages_id_seq'), n int default nextval('messages_n_seq'));
    create index channel_connections_tenant_provider_idx on leads (n);`);
  expect(await problemsOf(older.adopt())).toMatchObject([
    { table: "channel_connections_tenant_provider_idx", todo: expect.stringContaining("alter index") },
    { table: "contacts_id_seq", todo: expect.stringContaining("alter sequence contacts_id_seq rename") },
    {
      table: "leads",
      column: "id",
      what: "it counts by messages_id_seq, which belongs to messages.id and ends with it",
    },
  ]);
  await older.sql(`
    alter index channel_connections_tenant_provider_idx rename to leads_idx;
    alter sequence contacts_id_seq rename to contacts_number;
    create sequence leads_number; alter table leads alter id set default nextval('leads_number');`);
  await older.adopt();
  expect(await older.sql("insert into leads default values returning id, n")).toEqual([{ id: 1, n: 1 }]);
  expect(await older.sql("select wa_id, nextval('contacts_id_seq') as next from contacts")).toEqual([
    { wa_id: "5215511", next: "2" },
  ]);
});

test("a table that somebody else uses is named, with what to do", async () => {
  const older = await createOlderDatabase(tenants);
  const other = new pg.Client({ connectionString: older.url });
  await other.connect();
  try {
    await other.query("begin; select from tenants");
    expect(await problemsOf(older.adopt({ lockTimeoutMs: 50 }))).toMatchObject([
      { table: "tenants", todo: "Stop what uses the database, and run again." },
    ]);
  } finally {
    await other.end();
  }
});

test("says which publications, statistics and grants on columns an older table leaves behind", async () => {
  const older = await createOlderDatabase(`${tenants} ${connections()}
    create publication changes for table channel_connections;
    create statistics together on waba_id, status from channel_connections;
    grant select (display_name) on channel_connections to public;`);
  expect(await older.adopt()).toEqual(
    expect.arrayContaining([
      "channel_connections: its place in the publication changes is gone.",
      "channel_connections: the statistics together is gone.",
      "channel_connections: what everybody was granted on display_name is gone.",
    ]),
  );
});
