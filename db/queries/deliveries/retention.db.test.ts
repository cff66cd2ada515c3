import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { forgetOutlived } from "./retention.ts";

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

test("sessions past their end go; mails and requests about accounts go after a month", async () => {
  const { sql } = database;
  const [tenant, user] = [randomUUID(), randomUUID()];
  await sql("insert into tenants (id, name) values ($1, 'Two')", [tenant]);
  await sql("insert into users (id, email, password_hash) values ($1, 'two@example.test', 'none')", [user]);
  await sql("insert into memberships values ($1, $2, 'member')", [tenant, user]);
  const begin = (ends: string) =>
    sql(
      `insert into sessions (token_hash, user_id, tenant_id, data, expires_at)
       values (sha256(convert_to($3, 'UTF8')), $1, $2, '{}', now() + $3::interval) returning id`,
      [user, tenant, ends],
    );
  await begin("-1 minute");
  const [lives] = await begin("1 minute");
  for (const age of ["31 days", "29 days"]) {
    await sql(
      `with r as (insert into password_resets (user_id, requested_at) values ($1, now() - $2::interval) returning id, requested_at)
       insert into account_mails (user_id, kind, reset_id, created_at) select $1, 'password_reset', id, requested_at from r`,
      [user, age],
    );
    await sql(
      "insert into account_mails (user_id, kind, created_at) values ($1, 'password_changed', now() - $2::interval)",
      [user, age],
    );
  }
  expect(await forgetOutlived(database.as("app_clock"))).toBe(4);
  expect(await sql("select id from sessions")).toEqual([lives]);
  expect(
    await sql(
      "select kind, extract(day from now() - created_at)::int as days from account_mails order by kind",
    ),
  ).toEqual([
    { kind: "password_changed", days: 29 },
    { kind: "password_reset", days: 29 },
  ]);
  expect(await sql("select count(*)::int as n from password_resets")).toEqual([{ n: 1 }]);
});
