/** A number's latest message is found however loud the workspace's other numbers are. */
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { withTenant } from "../../client.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { latestMessagesOf } from "./number-facts.ts";

let database: TestDatabase;
let tenantId: string;
let number: Record<"loud" | "quiet" | "silent", string>;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  const [tenant] = await database.sql<{ id: string }>(
    "insert into tenants (name) values ('One') returning id",
  );
  tenantId = tenant?.id ?? "";
  const ids = await database.sql<{ id: string }>(
    `insert into channel_connections (tenant_id, provider, status)
     select $1, 'meta_whatsapp', 'pending' from generate_series(1, 3) returning id`,
    [tenantId],
  );
  const [loud = "", quiet = "", silent = ""] = ids.map(({ id }) => id);
  number = { loud, quiet, silent };
  await database.sql(
    `with contact as (
       insert into contacts (tenant_id, provider, wa_id)
       select $1, 'meta_whatsapp', (34600000000 + n)::text from generate_series(1, 10003) n returning id, tenant_id)
     insert into conversations (tenant_id, connection_id, contact_id, last_message_at)
     select tenant_id, case when id <= 2 then $3::uuid else $2::uuid end, id,
            timestamptz '2026-01-01' + make_interval(mins => id::int) from contact`,
    [tenantId, loud, quiet],
  );
  await database.sql(
    `insert into number_claims (provider, phone_number_id, tenant_id, connection_id, first_event_at)
     values ('meta_whatsapp', '1', $1, $2, now()), ('meta_whatsapp', '2', $1, $3, now()), ('meta_whatsapp', '3', $1, $4, null)`,
    [tenantId, loud, quiet, silent],
  );
  await database.sql("analyze");
});
afterAll(() => database.drop());

test("behind ten thousand livelier conversations, and only who has none is left out", async () => {
  const found = await withTenant(database.as("app_web"), tenantId, (tdb) =>
    latestMessagesOf(tdb, tenantId, "meta_whatsapp", undefined),
  );
  expect([...found.keys()].sort()).toEqual([number.loud, number.quiet].sort());
  expect(found.get(number.quiet)?.at).toEqual(new Date("2026-01-01T00:02:00Z"));
  expect(found.get(number.loud)?.at).toEqual(new Date(Date.UTC(2026, 0, 1) + 10_003 * 60_000));
});

test("a loud number's own is found at its first conversation", async () => {
  const read = await withTenant(database.as("app_web"), tenantId, async (tdb) => {
    const rowsRead = async () => {
      const { rows } = await sql<{ n: string }>`
        select sum(pg_stat_get_xact_tuples_fetched(c)) as n
          from (select 'conversations'::regclass::oid as c union all
                select indexrelid from pg_index where indrelid = 'conversations'::regclass) tables`.execute(
        tdb,
      );
      return Number(rows[0]?.n);
    };
    const before = await rowsRead();
    const found = await latestMessagesOf(tdb, tenantId, "meta_whatsapp", number.loud);
    expect([...found.keys()]).toEqual([number.loud]);
    return (await rowsRead()) - before;
  });
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(10);
});
