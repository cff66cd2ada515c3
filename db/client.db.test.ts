/** However much one tenant asks for at once, the others find connections in the pool. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { shareAmongTenants, withTenant } from "./client.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

test("twenty long readings of one tenant take no more than its share of eight connections", async () => {
  const db = database.as("app_web");
  shareAmongTenants(db, 3);
  const [greedy, other] = [randomUUID(), randomUUID()];
  let end = () => {};
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  let begun = 0;
  const readings = Array.from({ length: 20 }, () =>
    withTenant(db, greedy, async (tdb) => {
      begun++;
      await sql`select 1`.execute(tdb);
      await held;
    }),
  );
  await expect.poll(() => begun).toBe(3);
  // Answered while the others' transactions are open.
  for (let n = 0; n < 10; n++) await withTenant(db, other, (tdb) => sql`select 1`.execute(tdb));
  expect(begun).toBe(3);
  end();
  await Promise.all(readings);
  expect(begun).toBe(20);
});

test("one that fails gives its connection back", async () => {
  const db = database.as("app_web");
  shareAmongTenants(db, 1);
  const tenant = randomUUID();
  await expect(withTenant(db, tenant, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  await withTenant(db, tenant, (tdb) => sql`select 1`.execute(tdb));
});
