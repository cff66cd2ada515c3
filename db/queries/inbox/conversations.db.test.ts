/** What the inbox's queries read of large tables, as PostgreSQL counts it: never a table from end to end. */
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Db, type TenantDb, withTenant } from "../../client.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { listConversationRows } from "./conversations.ts";
import { findQuotedRows, findThreadRow, listLaterMarks, listMessageRows, markRead } from "./threads.ts";

// More than a search looks through before it turns to its index.
const perTenant = 2_500;
let database: TestDatabase;
let web: Db;
let tenantId: string;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  web = database.as("app_web");
  await database.sql("insert into tenants (name) values ('One'), ('Two')");
  await database.sql(
    "insert into channel_connections (tenant_id, provider, status) select id, 'meta_whatsapp', 'pending' from tenants",
  );
  await database.sql(
    `insert into contacts (tenant_id, provider, wa_id, profile_name)
     select t.id, 'meta_whatsapp', (34600000000 + n)::text, 'Persona ' || md5(n::text) || case n when 7 then ' Zubizarreta' else '' end
       from tenants t, generate_series(1, $1::int) n`,
    [perTenant],
  );
  // The first contact's conversation is the oldest.
  await database.sql(
    `insert into conversations (tenant_id, connection_id, contact_id, last_message_at, last_inbound_at)
     select p.tenant_id, c.id, p.id, x.at, x.at from contacts p join channel_connections c on c.tenant_id = p.tenant_id
      cross join lateral (select timestamptz '2026-01-01' + make_interval(mins => p.id::int) as at) x`,
  );
  await database.sql(
    `insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, occurred_at)
     select tenant_id, id, 'wamid.' || id || '.' || n, 'inbound', 'text', 'received', last_message_at - make_interval(secs => n)
       from conversations, generate_series(0, 2) n`,
  );
  await database.sql("analyze");
  const [one] = await database.sql<{ id: string }>("select id from tenants where name = 'One'");
  tenantId = one?.id ?? "";
});
afterAll(() => database.drop());

const tables = ["contacts", "conversations", "messages", "contacts_search_idx"] as const;
type Counts = Record<(typeof tables)[number], { scans: number; rows: number }>;

/** Scans of a table from end to end, or of an index, and rows that were fetched by one. Never falls within a session. */
async function counts(tdb: TenantDb): Promise<Counts> {
  const { rows } = await sql<{ name: keyof Counts; scans: string; rows: string }>`
    select c.relname as name, pg_stat_get_xact_numscans(c.oid) as scans,
           (select coalesce(sum(pg_stat_get_xact_tuples_fetched(i.indexrelid)), 0)
              from pg_index i where i.indrelid = c.oid) + pg_stat_get_xact_tuples_fetched(c.oid) as rows
      from pg_class c where c.oid = any(${[...tables]}::text[]::regclass[])`.execute(tdb);
  const read = rows.map(({ name, ...row }) => [name, { scans: Number(row.scans), rows: Number(row.rows) }]);
  return Object.fromEntries(read) as Counts;
}

/** What `work` answers, and what it read. */
async function reading<T>(work: (tdb: TenantDb) => Promise<T>) {
  return withTenant(web, tenantId, async (tdb) => {
    const before = await counts(tdb);
    const answer = await work(tdb);
    const after = await counts(tdb);
    const of = (what: "scans" | "rows") =>
      Object.fromEntries(tables.map((name) => [name, after[name][what] - before[name][what]]));
    const { contacts_search_idx: searches, ...fromEndToEnd } = of("scans");
    return { answer, read: of("rows"), searches, fromEndToEnd };
  });
}

const none = { contacts: 0, conversations: 0, messages: 0 };

describe("what is read", () => {
  const limit = 51;

  test("for the first page of conversations, and for one far down, is about a page", async () => {
    for (const after of [undefined, { at: "2026-01-01T12:00:00.000000Z", id: "1" }]) {
      const page = await reading((tdb) => listConversationRows(tdb, tenantId, { after, limit }));
      expect(page.answer).toHaveLength(limit);
      expect(page.answer[0]?.unread).toBe(3);
      expect(page.fromEndToEnd).toEqual(none);
      expect(page.read.conversations).toBeGreaterThanOrEqual(limit);
      expect(page.read.conversations).toBeLessThan(2 * limit);
      expect(page.read.contacts).toBeLessThan(2 * limit);
      expect(page.read.messages).toBeLessThan(6 * limit);
    }
  });

  test("for a search, found or not, is the newest 1,500 and what the index of grams names", async () => {
    for (const [terms, found] of [
      [["zubizarreta"], 1],
      [["34600000007"], 1],
      [["nobody"], 0],
      [["zubizarreta", "34600000008"], 0],
    ] as const) {
      const page = await reading((tdb) =>
        listConversationRows(tdb, tenantId, { after: undefined, limit, terms: [...terms] }),
      );
      expect(page.answer).toHaveLength(found);
      expect(page.fromEndToEnd).toEqual(none);
      expect(page.searches).toBe(1);
      expect(page.read.contacts).toBeLessThan(1_700);
      expect(page.read.conversations).toBeLessThan(3_300);
    }
  });

  test("for what is common among the newest is no more than these", async () => {
    const terms = ["persona"];
    const page = await reading((tdb) =>
      listConversationRows(tdb, tenantId, { after: undefined, limit, terms }),
    );
    expect(page.answer).toHaveLength(limit);
    expect(page).toMatchObject({ searches: 0, fromEndToEnd: none });
  });

  test("for a thread and what its messages speak of is that thread", async () => {
    const id =
      (await reading((tdb) => listConversationRows(tdb, tenantId, { after: undefined, limit: 1 }))).answer[0]
        ?.id ?? "";
    const marks = {
      types: ["reaction", "revoke"],
      deletion: { type: "revoke", idPath: ["revoke", "original_message_id"] },
      withinDays: 3,
    };
    const newest = { at: "2026-01-01T00:00:00.000000Z", id: "1" };
    const page = await reading(async (tdb) => {
      const row = await findThreadRow(tdb, tenantId, id);
      await listLaterMarks(tdb, tenantId, id, { newest, marks });
      await findQuotedRows(tdb, tenantId, id, { providerMessageIds: [`wamid.${id}.0`, "wamid.none"], marks });
      await markRead(tdb, tenantId, { id, upTo: row?.unread_up_to ?? "" });
      return listMessageRows(tdb, tenantId, id, { before: undefined, limit });
    });
    expect(page.answer).toHaveLength(3);
    expect(page.fromEndToEnd).toEqual(none);
    expect(page.read.messages).toBeLessThan(20);
    expect(page.read.conversations).toBeLessThan(10);
  });

  test("for a page in the middle of a long thread is about a page", async () => {
    const [long] = await database.sql<{ id: string }>(
      `with oldest as (select tenant_id, id from conversations where tenant_id = $1 order by id limit 1)
       insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, occurred_at, delivery_id)
       select tenant_id, id, 'wamid.long.' || n, 'inbound', 'text', 'received',
              timestamptz '2026-01-01' + make_interval(secs => (n / 4) * 200), n
         from oldest, generate_series(0, 2999) n returning conversation_id as id`,
      [tenantId],
    );
    await database.sql("analyze messages");
    const [middle] = await database.sql<{ at: string; deliveryId: string; id: string }>(
      `select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, delivery_id as "deliveryId", id
         from messages where provider_message_id = 'wamid.long.1501'`,
    );
    const page = await reading((tdb) =>
      listMessageRows(tdb, tenantId, long?.id ?? "", { before: middle, limit }),
    );
    const numbers = page.answer.map((row) => Number(row.provider_message_id.split(".").at(-1)));
    expect(numbers.slice(0, 6)).toEqual([1500, 1499, 1498, 1497, 1496, 1495]);
    expect(page.fromEndToEnd).toEqual(none);
    expect(page.read.messages).toBeLessThan(2 * limit);
  });
});
