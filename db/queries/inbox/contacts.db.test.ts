import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { fillInContacts, findContacts, type StoredContact } from "./contacts.ts";

let database: TestDatabase;
let db: ReturnType<TestDatabase["as"]>;
const tenantId = randomUUID();
const provider = "meta_whatsapp";
const at = new Date("2026-01-01T00:00:00Z");

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  db = database.as("app_ingest");
  await database.sql("insert into tenants (id, name) values ($1, 'x')", [tenantId]);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql("delete from conversation_aliases");
  await database.sql("delete from conversations");
  await database.sql("delete from contact_aliases");
  await database.sql("delete from contacts");
});

async function stored(waId: string | null, userId: string | null): Promise<string> {
  const [row] = await database.sql<{ id: string }>(
    `insert into contacts (tenant_id, provider, wa_id, user_id, updated_at)
     values ($1, $2, $3, $4, $5) returning id`,
    [tenantId, provider, waId, userId, at],
  );
  return row?.id ?? "";
}
const asked = (id: string, waId: string | null, userId: string | null): StoredContact => ({
  id,
  tenantId,
  provider,
  waId,
  numberKey: waId,
  userId,
  groupId: null,
  username: null,
  profileName: null,
  seenAt: at,
  waIdAt: at,
  userIdAt: at,
});
const fillIn = (...contacts: StoredContact[]) =>
  db.transaction().execute((trx) => fillInContacts(trx, contacts));

describe("filling in what a contact lacks", () => {
  test("gives it the id, and says that it is as it was known", async () => {
    const id = await stored("1", null);
    expect(await fillIn(asked(id, "1", "U1"))).toBe(true);
    expect(await database.sql("select wa_id, user_id from contacts")).toEqual([
      { wa_id: "1", user_id: "U1" },
    ]);
  });

  test("replaces no id that it was given meanwhile, and says so", async () => {
    const id = await stored("1", "U2");
    expect(await fillIn(asked(id, "1", "U1"))).toBe(false);
    expect(await database.sql("select wa_id, user_id from contacts")).toEqual([
      { wa_id: "1", user_id: "U2" },
    ]);
  });

  test("keeps the business's own name for them that was told last, whoever writes last", async () => {
    const id = await stored("1", null);
    const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
    const name = (savedName: string | null, savedNameAt: Date) => ({
      ...asked(id, "1", null),
      savedName,
      savedNameAt,
    });
    await fillIn(name("Second", later(2)));
    await fillIn(name("First", later(1)));
    await fillIn(asked(id, "1", null));
    await fillIn(name(null, later(2)));
    expect(await database.sql("select saved_name, saved_name_at from contacts")).toEqual([
      { saved_name: "Second", saved_name_at: later(2) },
    ]);
  });

  test("says so when one of several became part of another meanwhile", async () => {
    const id = await stored("1", null);
    expect(await fillIn(asked(id, "1", "U1"), asked("999999", "2", null))).toBe(false);
  });
});

test("a former id is one of its kind: a number leads to nobody by a user's id of the same letters", async () => {
  const id = await stored("2", null);
  await database.sql(
    `insert into contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
     values ($1, $2, 'waId', '7', $3, now())`,
    [tenantId, provider, id],
  );
  const find = (waId: string | null, userId: string | null) => findNamed({ waId, userId });
  expect((await find("7", null)).contacts).toMatchObject([{ id, kind: "waId", formerId: "7" }]);
  expect((await find(null, "7")).contacts).toEqual([]);
  expect((await findNamed({ tenantId: randomUUID(), waId: "7" })).contacts).toEqual([]);
});

function findNamed(ids: { tenantId?: string; waId?: string | null; userId?: string | null }) {
  const names = { tenantId, provider, waId: null, userId: null, groupId: null, ...ids };
  return db.transaction().execute((trx) => findContacts(trx, [names]));
}

test("spellings of one line have one key, and two lines have two", async () => {
  const lines: Record<string, string[]> = {
    "525587654321": [
      "525587654321",
      "5215587654321",
      "+52 1 55 8765-4321",
      "+525587654321",
      "0052 1 55 8765 4321",
    ],
    "5511987654321": ["5511987654321", "551187654321", "+55 (11) 98765-4321", "55 11 8765 4321"],
    // A landline has no ninth digit, and what has one is another line.
    "551133334444": ["551133334444"],
    "5511933334444": ["5511933334444"],
    "5491123456789": ["5491123456789", "+54 9 11 2345-6789", "\u202a+5491123456789\u202c"],
    "541123456789": ["541123456789"],
    "16505551234": ["16505551234", "+1 (650) 555-1234", "1.650.555.1234"],
    // No area of Brazil has a 0, and Mexico's numbers have ten digits.
    "551087654321": ["551087654321"],
    "52155876543210": ["52155876543210"],
    "US.134912": ["US.134912"],
    "+": ["+"],
    "12x": ["12x"],
  };
  const asked = Object.entries(lines).flatMap(([key, said]) => said.map((wa) => ({ wa, key })));
  const made = await database.sql<{ wa: string; key: string }>(
    "select wa, app.number_key(wa) as key from unnest($1::text[]) with ordinality as t (wa, n) order by n",
    [asked.map(({ wa }) => wa)],
  );
  expect(made).toEqual(asked);
});

test("a number is found in every spelling, and its key is told with it", async () => {
  const id = await stored("5215587654321", null);
  const found = await findNamed({ waId: "+52 55 8765 4321" });
  expect(found.contacts).toMatchObject([{ id, waId: "5215587654321", numberKey: "525587654321" }]);
  expect([...found.keys]).toEqual([["+52 55 8765 4321", "525587654321"]]);
  await expect(stored("525587654321", null)).rejects.toThrow(/contacts_number_key/);
});

test("two conversations that become one are unread from where either was, and have its later and earlier times", async () => {
  interface Times {
    inbound: number | null;
    read: number | null;
  }
  const hours = [null, 1, 2, 3];
  const states: Times[] = hours.flatMap((inbound) => hours.map((read) => ({ inbound, read })));
  const pairs = states.flatMap((kept) => states.map((gone): [Times, Times] => [kept, gone]));
  const isUnread = ({ inbound, read }: Times) => inbound !== null && inbound > (read ?? 0);
  const latest = (...times: (number | null)[]) => Math.max(...times.map((time) => time ?? 0)) || null;
  const readUpTo = (both: Times[]) =>
    both.some(isUnread)
      ? Math.min(...both.filter(isUnread).map(({ read }) => read ?? 0)) || null
      : latest(...both.map(({ read }) => read));

  await database.sql(
    `with connection as (
       insert into channel_connections (tenant_id, provider, status) values ($1, $2, 'pending') returning id),
     contact as (
       insert into contacts (tenant_id, provider, wa_id, profile_name)
       select $1, $2, n::text, n::text from generate_series(1, $3::int) n returning id, profile_name)
     insert into conversations (tenant_id, connection_id, contact_id, created_at, last_message_at, last_inbound_at, read_up_to)
     select $1, connection.id, contact.id, $4::timestamptz - make_interval(hours => n),
            $4::timestamptz + make_interval(hours => n), $4::timestamptz + make_interval(hours => (s ->> 'inbound')::int),
            $4::timestamptz + make_interval(hours => (s ->> 'read')::int)
       from connection, contact, cast(profile_name as int) n, cast($5::json -> (n - 1) as json) s`,
    [tenantId, provider, pairs.length * 2, at, JSON.stringify(pairs.flat())],
  );
  const merged = await database.sql(
    `with people as (select id, profile_name::int as n from contacts)
     select app.merge_contacts($1, k.id, g.id) from people k join people g on g.n = k.n + 1 and k.n % 2 = 1`,
    [tenantId],
  );
  expect(merged).toHaveLength(pairs.length);
  const hoursOf = (column: string) => `round(extract(epoch from ${column} - $1::timestamptz) / 3600)::int`;
  const rows = await database.sql(
    `select ${hoursOf("v.last_inbound_at")} as inbound, ${hoursOf("v.read_up_to")} as read,
            ${hoursOf("v.last_message_at")} as last, ${hoursOf("v.created_at")} as created
       from conversations v join contacts c on c.id = v.contact_id order by c.profile_name::int`,
    [at],
  );
  expect(rows).toEqual(
    pairs.map(([kept, gone], n) => ({
      inbound: latest(kept.inbound, gone.inbound),
      read: readUpTo([kept, gone]),
      last: 2 * n + 2,
      created: -(2 * n + 2),
    })),
  );
});
