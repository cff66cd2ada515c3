import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { verifyPassword } from "../../app/platform/passwords.server.ts";
import {
  administer,
  createTestDatabase,
  type TestDatabase,
  withDatabase,
} from "../../db/testing/test-database.ts";
import { demoPeople, seedDemo } from "../seed.ts";
import { runCommand } from "../testing/run-command.ts";
import { readArguments } from "./user-create.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(() => database.empty("tenants", "users"));

const password = "a long and odd one";

const run = async (args: string[], input = `${password}\n`, databaseUrl = database.url) =>
  (await runCommand("users/user-create.ts", args, databaseUrl, input)).said;

const ana = ["--workspace", "Panadería Sol", "--email", "Ana@Sol.example", "--role", "admin"];

describe("user:create", () => {
  test("makes the first workspace and its first person on an empty database, in production", async () => {
    expect(await run(ana)).toEqual({
      code: 0,
      err: "",
      out: 'Ana@Sol.example can sign in to "Panadería Sol" as admin.',
    });
    const rows = await database.sql<{ name: string; role: string; password_hash: string }>(
      `select t.name, m.role, u.password_hash from users u
         join memberships m on m.user_id = u.id join tenants t on t.id = m.tenant_id where u.email = 'Ana@Sol.example'`,
    );
    expect(rows).toMatchObject([{ name: "Panadería Sol", role: "admin" }]);
    expect(await verifyPassword(rows[0]?.password_hash, password)).toBe(true);
  });

  test("adds a person to a workspace that is there only when told so", async () => {
    await run(ana);
    const leo = ["--workspace", "Panadería Sol", "--email", "leo@sol.example", "--role", "member"];
    expect(await run(leo)).toMatchObject({ code: 1, err: expect.stringContaining("--existing") });
    expect(await run([...leo, "--existing"])).toMatchObject({ code: 0 });
    expect(await database.sql("select 1 from memberships")).toHaveLength(2);
    expect(await database.sql("select 1 from tenants")).toHaveLength(1);
  });

  test("marks a person as platform staff only when told so", async () => {
    await run(ana);
    expect(await database.sql("select 1 from platform_staff")).toEqual([]);
    const ops = ["--workspace", "Curbe", "--email", "ops@sol.example", "--role", "admin", "--staff"];
    expect((await run(ops)).out).toBe(
      'ops@sol.example can sign in to "Curbe" as admin, and is platform staff.',
    );
    expect(
      await database.sql("select u.email from platform_staff s join users u on u.id = s.user_id"),
    ).toEqual([{ email: "ops@sol.example" }]);
  });

  test("leaves nothing behind when the address is taken", async () => {
    await run(ana);
    const again = ["--workspace", "Another", "--email", "ana@sol.EXAMPLE", "--role", "admin"];
    expect(await run(again)).toMatchObject({ code: 1, err: "ana@sol.EXAMPLE has an account already." });
    expect(await database.sql("select name from tenants")).toEqual([{ name: "Panadería Sol" }]);
  });

  test.each([
    ["too short", "short\n"],
    ["one of the first to be tried", "password123\n"],
    ["not there", ""],
  ])("refuses a password that is %s, in one line that does not quote it", async (_what, input) => {
    const answer = await run(ana, input);
    expect(answer).toMatchObject({ code: 1, out: "" });
    expect(answer.err.split("\n")).toHaveLength(1);
    expect(answer.err).not.toMatch(/short\b|password123/);
    expect(await database.sql("select 1 from users")).toEqual([]);
  });

  test("says in one line when there is no such workspace, no tables, no database", async () => {
    const gone = await run([...ana, "--existing"]);
    expect(gone.err).toBe('There is no workspace "Panadería Sol": leave --existing out to make it.');
    const name = `curbe_test_bare_${process.pid}`;
    await administer(inject("adminUrl"), `create database ${name}`);
    const bare = await run(ana, undefined, withDatabase(inject("adminUrl"), name));
    await administer(inject("adminUrl"), `drop database ${name}`);
    expect(bare.err).toBe("This database has no tables yet: run npm run db:migrate first.");
    const away = await run(ana, undefined, "postgres://a:CANARY@127.0.0.1:1/x");
    expect(away.err).toBe("The database at DATABASE_URL cannot be reached.");
    expect((await run(ana, undefined, "")).err).toMatch(/^DATABASE_URL is required/);
  });

  test.each([
    [[]],
    [["--workspace", "X", "--email", "no-address", "--role", "admin"]],
    [["--workspace", "X", "--email", "a@b.example", "--role", "owner"]],
    [["--workspace", " ", "--email", "a@b.example", "--role", "admin"]],
    [["--workspace", "X\u001b[31m", "--email", "a@b.example", "--role", "admin"]],
    [["--workspace", "X", "--email", "a\u0000@b.example", "--role", "admin"]],
    [["--password", "in-the-history"]],
  ])("shows its usage for %j", (args) => {
    expect(() => readArguments(args)).toThrow(/^Usage: /);
  });
});

describe("db:seed", () => {
  test("run twice leaves the same people in the same workspaces, one with the flag, one of them staff", async () => {
    await seedDemo(database.url);
    const before = await database.sql("select * from users order by id");
    await seedDemo(database.url);
    expect(await database.sql("select * from users order by id")).toEqual(before);
    expect(before).toHaveLength(demoPeople.length);
    const flags = await database.sql(
      "select t.name, f.enabled from feature_flags f join tenants t on t.id = f.tenant_id order by t.name",
    );
    expect(flags).toEqual([
      { name: "Curbe", enabled: false },
      { name: "Panadería Luz", enabled: true },
      { name: "Taller Norte", enabled: false },
    ]);
    const staff = "select u.email from platform_staff s join users u on u.id = s.user_id";
    expect(await database.sql(staff)).toEqual([{ email: "ops@curbe.example" }]);
  });

  test("refuses a database that is not on this machine, before it connects, unless told that it may", async () => {
    const elsewhere = "postgres://curbe:canary@192.0.2.1:1/curbe?connect_timeout=1";
    await expect(seedDemo(elsewhere)).rejects.toThrow(/not on this machine.*say --demo/);
    // A name that is this machine's, which nobody can be sure of beforehand.
    const named = database.url.replace(/@[^/:]+/, "@localhost.");
    await expect(seedDemo(named)).rejects.toThrow(/not on this machine/);
    expect(await database.sql("select 1 from users")).toEqual([]);
    await seedDemo(`${database.url}?hostaddr=192.0.2.1`, { anywhere: true });
    expect(await database.sql("select 1 from users")).toHaveLength(demoPeople.length);
  });

  test("refuses in production", async () => {
    vi.stubEnv("NODE_ENV", "production");
    for (const options of [{}, { anywhere: true }])
      await expect(seedDemo(database.url, options)).rejects.toThrow(/not for production/);
    vi.unstubAllEnvs();
    expect(await database.sql("select 1 from users")).toEqual([]);
  });
});
