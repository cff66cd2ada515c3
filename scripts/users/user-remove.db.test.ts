import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { widenProvider } from "../../db/testing/second-provider.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { runCommand } from "../testing/run-command.ts";
import { createUser } from "./user-create.ts";
import { readArguments } from "./user-remove.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  // One open attempt for each person and channel: two of one person are of two channels.
  await widenProvider(database, "another");
});
afterAll(() => database.drop());

const sun = { workspace: "Panadería Sol", existing: false, staff: false };
const password = "a long and odd one";
const ana = "ana@sol.example";
const leo = "leo@sol.example";

beforeEach(async () => {
  await database.empty("tenants", "users");
  await createUser(database.url, { ...sun, email: ana, role: "admin" }, password);
  await createUser(database.url, { ...sun, email: leo, role: "member", existing: true }, password);
});

const run = async (args: string[]) => (await runCommand("users/user-remove.ts", args, database.url)).said;

const remove = (email: string, workspace = sun.workspace) =>
  run(["--workspace", workspace, "--email", email]);

/** Two sessions, a sign-in at Meta that is under way and one that is over, a grant that waits, an attempt that failed. */
async function work(email: string): Promise<void> {
  const [member] = await database.sql<{ tenant_id: string; user_id: string }>(
    "select m.* from memberships m join users u on u.id = m.user_id where u.email = $1",
    [email],
  );
  const ids = [member?.tenant_id, member?.user_id];
  await database.sql(
    `insert into sessions (token_hash, tenant_id, user_id, expires_at)
     select sha256(convert_to($2::text || n, 'UTF8')), $1::uuid, $2::uuid, now() + interval '1 day'
       from generate_series(1, 2) n`,
    ids,
  );
  await database.sql(
    `insert into oauth_states (tenant_id, user_id, session_id, provider, nonce, used_at)
     values ($1::uuid, $2::uuid, gen_random_uuid(), 'meta_whatsapp', gen_random_uuid(), null),
            ($1::uuid, $2::uuid, gen_random_uuid(), 'meta_whatsapp', gen_random_uuid(), now())`,
    ids,
  );
  await database.sql(
    `insert into channel_connections (tenant_id, provider, status, attempted_by, access_token_enc)
     values ($1::uuid, 'meta_whatsapp', 'pending', $2::uuid, 'v1.sealed'), ($1::uuid, 'another', 'error', $2::uuid, null)`,
    ids,
  );
}

const leftOf = (email: string) =>
  database.sql(
    `select (select count(*)::int from memberships m where m.user_id = u.id) as memberships,
            (select count(*)::int from sessions s where s.user_id = u.id) as sessions,
            (select count(*)::int from oauth_states o where o.user_id = u.id) as states,
            (select count(*)::int from channel_connections c
              where c.attempted_by = u.id and c.access_token_enc is not null) as grants
       from users u where u.email = $1`,
    [email],
  );

describe("user:remove", () => {
  test("ends the membership and what stands on it, says what that was, and leaves colleagues alone", async () => {
    for (const email of [ana, leo]) await work(email);
    const before = await leftOf(ana);
    expect(await remove("Leo@SOL.example")).toEqual({
      code: 0,
      err: "",
      out:
        'Leo@SOL.example is no longer a member of "Panadería Sol". Ended with it: 2 sessions, ' +
        "1 sign-in at Meta under way, 1 grant that waited for a number.",
    });
    expect(await leftOf(leo)).toEqual([{ memberships: 0, sessions: 0, states: 0, grants: 0 }]);
    expect(await leftOf(ana)).toEqual(before);
    expect(before).toEqual([{ memberships: 1, sessions: 2, states: 2, grants: 1 }]);
  });

  test("said again changes nothing, and says so", async () => {
    await remove(leo);
    const said = {
      code: 0,
      err: "",
      out: `${leo} is no member of "Panadería Sol": there was nothing to end.`,
    };
    expect(await remove(leo)).toEqual(said);
  });

  test("warns when nobody is left who would be told of an incident", async () => {
    const { code, out } = await remove(ana);
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(2);
    expect(out).toContain("has no admin now");
  });

  test("refuses what somebody has mistyped", async () => {
    expect(await remove("loe@sol.example")).toEqual({
      code: 1,
      out: "",
      err: "Nobody has the address loe@sol.example.",
    });
    expect(await remove(leo, "Panadería Luna")).toEqual({
      code: 1,
      out: "",
      err: 'There is no workspace "Panadería Luna".',
    });
    expect(await database.sql("select from memberships")).toHaveLength(2);
  });

  test("of workspaces with one name takes that of the person, or the one whose id is given", async () => {
    const [other] = await database.sql<{ id: string }>(
      "insert into tenants (name) values ('panadería sol') returning id",
    );
    await database.sql("insert into memberships select $1, id, 'member' from users where email = $2", [
      other?.id,
      ana,
    ]);
    expect((await remove(leo)).code).toBe(0);
    const refused = await remove(ana);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(other?.id ?? "none") });
    expect((await remove(ana, other?.id)).code).toBe(0);
    expect(await leftOf(ana)).toMatchObject([{ memberships: 1 }]);
  });

  test("leaves the way back open: user:create --existing, with a new password", async () => {
    await remove(leo);
    const back = { ...sun, email: leo, role: "member", existing: true } as const;
    await createUser(database.url, back, "another odd password");
    expect(await leftOf(leo)).toMatchObject([{ memberships: 1 }]);
    // Whoever is a member somewhere is not taken over by it.
    await expect(createUser(database.url, back, "a third odd password")).rejects.toThrow(
      "has an account already",
    );
  });

  test("nobody but the owner may end a membership", async () => {
    for (const role of ["app_web", "app_tenant", "app_ingest", "app_jobs", "app_operator", "app_clock"])
      expect(
        await database.sql(
          `select has_table_privilege($1, 'memberships', 'delete')
               or has_function_privilege($1, 'app.end_attempts(uuid, uuid)', 'execute') as may`,
          [role],
        ),
      ).toEqual([{ may: false }]);
  });

  test.each([
    [[]],
    [["--workspace", "X"]],
    [["--email", "a@b.example"]],
    [["--workspace", "X", "--email", "nobody"]],
    [["--workspace", "X", "--email", "a@b.example", "--all"]],
  ])("shows its usage for %j", (args) => {
    expect(() => readArguments(args)).toThrow(/^Usage: /);
  });
});
