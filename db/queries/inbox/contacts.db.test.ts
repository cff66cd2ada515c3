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
  userId,
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
  const find = (waId: string | null, userId: string | null) =>
    db.transaction().execute((trx) => findContacts(trx, [{ tenantId, provider, waId, userId }]));
  expect(await find("7", null)).toMatchObject([{ id, kind: "waId", formerId: "7" }]);
  expect(await find(null, "7")).toEqual([]);
  expect(
    await db
      .transaction()
      .execute((trx) => findContacts(trx, [{ tenantId: randomUUID(), provider, waId: "7", userId: null }])),
  ).toEqual([]);
});
