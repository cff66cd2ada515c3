import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { hashPassword } from "../../app/platform/passwords.server.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { runDoctor } from "../doctor.ts";
import { demoPassword, seedDemo } from "../seed.ts";
import type { Finding } from "./findings.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(() => database.empty("tenants", "users"));

/** What doctor says of demo accounts, with nothing set but the database. */
async function finding(isDev = false): Promise<Finding | undefined> {
  const report = await runDoctor({
    environment: "a test",
    variables: { DATABASE_URL: database.url },
    isDev,
    timeoutMs: 8_000,
    limitMs: 10_000,
  });
  expect(JSON.stringify(report)).not.toContain(demoPassword);
  return report.findings.find(({ subject }) => subject === "demo accounts");
}

async function staff(email: string, passwordHash: string): Promise<void> {
  await database.sql(
    "with u as (insert into users (email, password_hash) values ($1, $2) returning id) insert into platform_staff select id from u",
    [email, passwordHash],
  );
}

test("none: nothing to say", async () => {
  await staff("somebody@curbe.example", await hashPassword(randomBytes(9).toString("hex")));
  await staff("nobody@curbe.example", "no hash at all");
  expect(await finding()).toMatchObject({ status: "ok", says: expect.stringContaining("none") });
});

test("those of db:seed fail, each by its address, and the one that is staff as such", async () => {
  await seedDemo(database.url, { anywhere: true });
  const found = await finding();
  expect(found).toMatchObject({ status: "FAIL", toDo: expect.stringMatching(/user:disable.*user:password/) });
  expect(found?.says).toMatch(/^ana@luz\.example, /);
  for (const name of ["ana@luz", "leo@luz", "eva@norte", "max@norte"]) expect(found?.says).toContain(name);
  expect(found?.says).toContain("ops@curbe.example (staff) ");
});

test("one that is left fails, in whatever case its address stands; disabled or with another password it does not", async () => {
  await seedDemo(database.url, { anywhere: true });
  await database.sql("update users set disabled_at = now() where email <> 'ana@luz.example'");
  await database.sql("update users set email = 'Ana@Luz.Example' where email = 'ana@luz.example'");
  expect((await finding())?.says).toBe(
    "Ana@Luz.Example can be signed in to with the demo password, which is public",
  );
  await database.sql("update users set password_hash = $1", [await hashPassword("another than that")]);
  expect(await finding()).toMatchObject({
    status: "warn",
    says: expect.stringMatching(/^Ana@Luz\.Example: made by/),
  });
  await database.sql("update users set disabled_at = now()");
  expect(await finding()).toMatchObject({ status: "ok" });
});

test("staff of any address with that password fails", async () => {
  await staff("root@company.example", await hashPassword(demoPassword));
  expect((await finding())?.says).toMatch(/^root@company\.example \(staff\) can be signed in to/);
});

test("in the database of npm run dev they belong", async () => {
  await seedDemo(database.url, { anywhere: true });
  expect(await finding(true)).toMatchObject({ status: "ok" });
});
