/** What the functions of accounts hold by themselves, whoever asks and whatever was looked at before. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Db } from "../../client.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { armPasswordReset, findWaitingAccountMail, settleAccountMail } from "../mail/account-mails.ts";
import * as passwords from "./passwords.ts";
import { tellSignInFailures } from "./people.ts";
import { findSession, insertSession } from "./sessions.ts";

let database: TestDatabase;
let web: Db;
let jobs: Db;
const tenantId = randomUUID();
const userId = randomUUID();
const email = "ana@example.test";
const day = 86_400;
const hash = (token: string) => createHash("sha256").update(token).digest();

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  web = database.as("app_web");
  jobs = database.as("app_jobs");
  await database.sql("insert into tenants (id, name) values ($1, 'x')", [tenantId]);
});
afterAll(() => database.drop());
beforeEach(async () => {
  for (const table of ["sessions", "account_mails", "password_resets", "memberships", "users"])
    await database.sql(`delete from ${table}`);
  await database.sql("insert into users (id, email, password_hash) values ($1, $2, 'old')", [userId, email]);
  await database.sql("insert into memberships values ($1, $2, 'member')", [tenantId, userId]);
});

const begin = (token: string, checkedPasswordHash = "old") =>
  insertSession(web, hash(token), {
    userId,
    tenantId,
    checkedPasswordHash,
    data: {},
    lifetimeSeconds: 30 * day,
  });
const change = (token: string) =>
  passwords.changePassword(web, {
    sessionHash: hash(token),
    checkedPasswordHash: "old",
    newPasswordHash: "new",
    newSessionHash: hash("next"),
  });
const sessions = async () => (await database.sql("select from sessions")).length;
const setSession = (token: string, columns: string) =>
  database.sql(`update sessions set ${columns} where token_hash = $1`, [hash(token)]);

describe("a session that is over, and still in the table", () => {
  beforeEach(async () => {
    await begin("over");
    await begin("live");
    await setSession("over", "expires_at = now() - interval '1 second'");
  });

  test("neither shows nor changes its person's password, and ends no other", async () => {
    expect(await passwords.findOwnPasswordHash(web, hash("over"))).toBeUndefined();
    expect(await change("over")).toBe(false);
    await passwords.endOtherSessions(web, hash("over"));
    expect(await sessions()).toBe(2);
    expect(await passwords.findOwnPasswordHash(web, hash("live"))).toBe("old");
  });

  test("is not counted among the others, nor is one that was not seen for a week", async () => {
    await begin("seen");
    const others = () => passwords.countOtherSessions(web, hash("live"), 7 * day);
    expect(await others()).toBe(1);
    await setSession("seen", "last_seen_at = now() - interval '8 days'");
    expect(await others()).toBe(0);
  });
});

test("a session begins for a member who is enabled and has the password that was checked", async () => {
  expect(await begin("another password", "older")).toBe(false);
  await database.sql("update users set disabled_at = now()");
  expect(await begin("disabled")).toBe(false);
  await database.sql("update users set disabled_at = null");
  await database.sql("delete from memberships");
  expect(await begin("no member")).toBe(false);
  expect(await sessions()).toBe(0);
});

test("whoever is disabled has no session and no link to a new one, also once they are enabled again", async () => {
  await begin("token");
  await passwords.requestPasswordReset(web, email);
  const [{ id = "" } = {}] = await database.sql<{ id: string }>("select id from account_mails");
  expect(await armPasswordReset(jobs, id, hash("link"))).toBe(true);
  await database.sql("update users set disabled_at = now()");
  expect((await findWaitingAccountMail(jobs, id))?.isOver).toBe(true);
  await database.sql("update users set disabled_at = null");
  expect(await findSession(web, hash("token"), day)).toBeUndefined();
  expect(await passwords.findPasswordReset(web, hash("link"))).toBeUndefined();
  expect(await passwords.redeemPasswordReset(web, hash("link"), "new")).toBeUndefined();
});

test("a mail about failed sign-ins is over once its person is disabled", async () => {
  await tellSignInFailures(web, userId);
  const [{ id = "" } = {}] = await database.sql<{ id: string }>("select id from account_mails");
  expect((await findWaitingAccountMail(jobs, id))?.isOver).toBe(false);
  await database.sql("update users set disabled_at = now()");
  expect((await findWaitingAccountMail(jobs, id))?.isOver).toBe(true);
});

describe("a mail that is settled", () => {
  test("arms no link any more, and stays as it was settled", async () => {
    await passwords.requestPasswordReset(web, email);
    const [{ id = "" } = {}] = await database.sql<{ id: string }>("select id from account_mails");
    await settleAccountMail(jobs, id, "refused");
    expect(await armPasswordReset(jobs, id, hash("link"))).toBe(false);
    await settleAccountMail(jobs, id, null);
    expect(await database.sql("select state, reason from account_mails")).toEqual([
      { state: "not_sent", reason: "refused" },
    ]);
  });
});

describe("failed sign-ins", () => {
  const told = async () => (await database.sql("select from account_mails")).length;

  test("are told once in a day", async () => {
    for (let n = 0; n < 3; n++) await tellSignInFailures(web, userId);
    expect(await told()).toBe(1);
    await database.sql("update account_mails set created_at = now() - interval '23 hours'");
    await tellSignInFailures(web, userId);
    expect(await told()).toBe(1);
    await database.sql("update account_mails set created_at = now() - interval '25 hours'");
    await tellSignInFailures(web, userId);
    expect(await told()).toBe(2);
  });

  test("are told to nobody who is disabled", async () => {
    await database.sql("update users set disabled_at = now()");
    await tellSignInFailures(web, userId);
    expect(await told()).toBe(0);
  });
});
