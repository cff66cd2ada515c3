import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { forgetOutlived } from "./queries/retention.ts";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());

test("states a month after they ended and deletion requests after three years go, the others stay", async () => {
  const [tenant, user] = [randomUUID(), randomUUID()];
  await database.sql("insert into tenants (id, name) values ($1, 'One')", [tenant]);
  await database.sql("insert into users (id, email, password_hash) values ($1, 'one@example.test', 'none')", [
    user,
  ]);
  await database.sql("insert into memberships values ($1, $2, 'member')", [tenant, user]);
  for (const [nonce, age] of [
    ["old", "31 days"],
    ["recent", "29 days"],
  ]) {
    await database.sql(
      `insert into oauth_states (tenant_id, user_id, session_id, provider, nonce, expires_at)
       values ($1, $2, gen_random_uuid(), 'meta_whatsapp', $3, now() - $4::interval)`,
      [tenant, user, nonce, age],
    );
  }
  for (const [code, age] of [
    ["a".repeat(32), "3 years 1 day"],
    ["b".repeat(32), "2 years"],
  ]) {
    await database.sql(
      `insert into deletion_requests
         (confirmation_code, meta_user_digest, requested_at, completed_at, connections_cleared, tokens_destroyed)
       values ($1::text, sha256(convert_to($1::text, 'UTF8')), now() - $2::interval, now() - $2::interval, 0, 0)`,
      [code, age],
    );
  }
  expect(await forgetOutlived(database.as("app_clock"))).toBe(2);
  expect(await database.sql("select nonce from oauth_states")).toEqual([{ nonce: "recent" }]);
  expect(await database.sql("select confirmation_code as code from deletion_requests")).toEqual([
    { code: "b".repeat(32) },
  ]);
});
