import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { verifyPassword } from "../../app/platform/passwords.server.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { demoPeople, seedDemo } from "../seed.ts";
import { runCommand } from "../testing/run-command.ts";
import { readArguments as readDisableArguments } from "./user-disable.ts";
import { readArguments as readPasswordArguments } from "./user-password.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "users");
  await seedDemo(database.url);
});

const ana = demoPeople[0]?.id ?? "";
const password = "a long and odd one";

const run = async (name: "user-password" | "user-disable", args: string[], input = "") =>
  (await runCommand(`users/${name}.ts`, args, database.url, input)).said;

async function begin(sessions: number, userId = ana) {
  await database.sql(
    `insert into sessions (token_hash, tenant_id, user_id, expires_at)
     select sha256(($1::text || n)::bytea), tenant_id, user_id, now() + interval '1 day'
       from memberships, generate_series(1, $2) n where user_id = $1::uuid`,
    [userId, sessions],
  );
}
const sessionsOf = async (userId: string) =>
  (await database.sql("select from sessions where user_id = $1", [userId])).length;
const requestReset = () => database.sql("select app.request_password_reset('ana@luz.example')");
const openResets = async () =>
  (await database.sql("select from password_resets where ended_at is null")).length;
const storedPassword = async () =>
  (await database.sql<{ hash: string }>("select password_hash as hash from users where id = $1", [ana]))[0]
    ?.hash;

describe("user:password", () => {
  test("sets the password of whoever has the address in any case, and ends sessions and mailed links", async () => {
    await begin(3);
    await begin(1, demoPeople[1]?.id);
    await requestReset();
    expect(await run("user-password", ["--email", "ANA@Luz.example"], `${password}\n`)).toEqual({
      code: 0,
      err: "",
      out: "ana@luz.example has a new password; sessions ended: 3.",
    });
    expect(await verifyPassword(await storedPassword(), password)).toBe(true);
    expect([await sessionsOf(ana), await sessionsOf(demoPeople[1]?.id ?? ""), await openResets()]).toEqual([
      0, 1, 0,
    ]);
    const told = "select kind from account_mails where kind = 'password_changed'";
    expect(await database.sql(told)).toHaveLength(1);
  });

  test.each([
    ["is too short", "short\n", /at least 8/],
    ["is one of the first to be tried", "password123\n", /first that anybody/],
    ["is not there", "", /standard input/],
  ])("changes nothing when the password %s, and does not quote it", async (_what, input, why) => {
    await begin(1);
    const before = await storedPassword();
    const answer = await run("user-password", ["--email", "ana@luz.example"], input);
    expect(answer).toMatchObject({ code: 1, out: "", err: expect.stringMatching(why) });
    expect(answer.err).not.toMatch(/short\b|password123/);
    expect([await storedPassword(), await sessionsOf(ana)]).toEqual([before, 1]);
  });

  test("says so when nobody has the address", async () => {
    const answer = await run("user-password", ["--email", "nobody@luz.example"], `${password}\n`);
    expect(answer).toEqual({ code: 1, out: "", err: "Nobody has the address nobody@luz.example." });
  });

  test.each([[[]], [["--email", "no-address"]], [["--password", "in-the-history"]]])(
    "shows its usage for %j",
    (args) => {
      expect(() => readPasswordArguments(args)).toThrow(/^Usage: /);
    },
  );
});

describe("user:disable", () => {
  test("ends what the person has open, and lets them in again when told so", async () => {
    await begin(2);
    await requestReset();
    const email = ["--email", "ana@luz.example"];
    expect((await run("user-disable", email)).out).toBe(
      "ana@luz.example can no longer sign in; sessions ended: 2.",
    );
    expect([await sessionsOf(ana), await openResets()]).toEqual([0, 0]);
    expect(await database.sql("select * from app.login_candidate('ana@luz.example')")).toEqual([]);
    await requestReset();
    expect(await openResets()).toBe(0);
    expect((await run("user-disable", email)).out).toMatch(/disabled already/);
    expect((await run("user-disable", [...email, "--enable"])).out).toBe(
      "ana@luz.example can sign in again.",
    );
    expect(await database.sql("select user_id from app.login_candidate('ana@luz.example')")).toEqual([
      { user_id: ana },
    ]);
    expect((await run("user-disable", [...email, "--enable"])).out).toMatch(/enabled already/);
  });

  test("says so when nobody has the address", async () => {
    const answer = await run("user-disable", ["--email", "nobody@luz.example"]);
    expect(answer).toEqual({ code: 1, out: "", err: "Nobody has the address nobody@luz.example." });
  });

  test.each([[[]], [["--email", " "]], [["--email", "a@b.example", "--delete"]]])(
    "shows its usage for %j",
    (args) => {
      expect(() => readDisableArguments(args)).toThrow(/^Usage: /);
    },
  );
});
