import { randomBytes, randomUUID } from "node:crypto";
import { sql } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { createDb, createPool, type Db, type DbRole, withTenant } from "./client.ts";
import { faultsOfLogin, type LoginVariable, loginRoles, makeLogins } from "./logins.ts";
import { listenForChanges } from "./queries/inbox/live.ts";
import { administer, createTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { isMigrated } from "./version.ts";

const prefix = `curbe_test_${randomBytes(4).toString("hex")}`;
const urls = {} as Record<LoginVariable, string>;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  for (const { variable, url } of await makeLogins(database.url, { prefix })) urls[variable] = url ?? "";
});
afterAll(async () => {
  await database.drop();
  for (const part of ["web", "operator", "worker"]) {
    await administer(inject("adminUrl"), `drop role if exists ${prefix}_${part}`);
  }
});

async function asLogin<T>(variable: LoginVariable, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: urls[variable] });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
function open(variable: LoginVariable, role: DbRole): Db {
  const pool = createPool({
    connectionString: urls[variable],
    role,
    applicationName: `curbe-test-${role}`,
    max: 2,
    statementTimeoutMs: 5_000,
    onError: () => {},
  });
  const db = createDb(pool);
  onTestFinished(() => db.destroy());
  return db;
}

const everyRole: DbRole[] = [
  ...(["app_owner", "app_web", "app_tenant", "app_ingest", "app_jobs", "app_operator", "app_clock"] as const),
];
const variables = Object.keys(loginRoles) as LoginVariable[];

describe.each(variables)("the login of %s", (variable) => {
  const within: Record<LoginVariable, DbRole[]> = {
    ...loginRoles,
    DATABASE_URL_WEB: ["app_web", "app_tenant"],
  };

  test.each(everyRole)("takes %s only if it needs it, from within a transaction too", async (role) => {
    const taken = await asLogin(variable, async (client) => {
      await client.query("begin");
      try {
        await client.query("select set_config('role', $1, true)", [role]);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: "42501" });
        return false;
      }
    });
    expect(taken).toBe(within[variable].includes(role));
  });

  test("has no right of its own, may make nothing and is nobody else", async () => {
    await asLogin(variable, async (client) => {
      for (const text of [
        "select from tenants",
        "select from users",
        "select from app.migrations",
        "select from webhook_deliveries",
        "select from graphile_worker._private_jobs",
        "select app.current_tenant()",
        "create table public.mine ()",
        "create schema mine",
        "create role mine",
        "create database mine",
        "grant app_owner to current_user",
        "set role postgres",
        "set session authorization postgres",
        "alter role app_web bypassrls",
        "copy (select 1) to program 'true'",
        "select pg_read_file('/etc/passwd')",
      ]) {
        const why = /permission denied|must be|must have admin option|is not permitted|only roles/i;
        await expect(client.query(text), text).rejects.toThrow(why);
      }
    });
  });

  test("serves every role of its process, and is without fault", async () => {
    for (const role of loginRoles[variable]) expect(await isMigrated(open(variable, role))).toBe(true);
    const name = new URL(urls[variable]).username;
    await asLogin(variable, async (client) =>
      expect(await faultsOfLogin(client, name, variable)).toEqual([]),
    );
  });
});

test("the web's login works within a workspace and listens; no statement of it reaches the owner", async () => {
  const [tenant] = await database.sql<{ id: string }>(
    "insert into tenants (name) values ('One') returning id",
  );
  const web = open("DATABASE_URL_WEB", "app_web");
  const seen = await withTenant(web, tenant?.id ?? "", (tdb) =>
    tdb.selectFrom("tenants").select("name").execute(),
  );
  expect(seen).toEqual([{ name: "One" }]);
  for (const role of ["app_owner", "app_jobs", "app_ingest", "app_operator", "app_clock"]) {
    const attempt = withTenant(web, randomUUID(), (tdb) =>
      sql`select set_config('role', ${role}, true)`.execute(tdb),
    );
    await expect(attempt, role).rejects.toThrow("permission denied to set role");
  }
  const listening = await listenForChanges(urls.DATABASE_URL_WEB, {
    onChange() {},
    onLost() {},
    onSessionEnded() {},
  });
  await listening.check();
  await listening.stop();
});

describe("making them again", () => {
  const alter = (statement: string) => database.sql(statement);

  test("keeps the passwords, and puts right what was altered", async () => {
    await alter(`alter role ${prefix}_web inherit`);
    await alter(`grant app_owner to ${prefix}_web`);
    await alter(`grant pg_read_all_data to ${prefix}_worker`);
    await alter(`revoke app_ingest from ${prefix}_worker`);
    const faults = (variable: LoginVariable, name: string) =>
      asLogin(variable, (client) => faultsOfLogin(client, name, variable));
    expect(await faults("DATABASE_URL_WEB", `${prefix}_web`)).toEqual([
      "is a member of app_owner",
      "has its roles' rights without taking one (INHERIT)",
    ]);
    expect(await faults("DATABASE_URL_WORKER", `${prefix}_worker`)).toEqual([
      "is a member of pg_read_all_data",
      "is no member of app_ingest",
    ]);
    const made = await makeLogins(database.url, { prefix });
    expect(made.map(({ url }) => url)).toEqual([undefined, undefined, undefined]);
    for (const variable of variables) {
      expect(await faults(variable, new URL(urls[variable]).username)).toEqual([]);
    }
  });

  test("gives new passwords only when asked, and then the old ones open nothing", async () => {
    const before = { ...urls };
    for (const { variable, url } of await makeLogins(database.url, { prefix, rotate: true })) {
      expect(url).not.toBe(before[variable]);
      urls[variable] = before[variable];
      await expect(asLogin(variable, async () => {})).rejects.toMatchObject({ code: "28P01" });
      urls[variable] = url ?? "";
      await asLogin(variable, async () => {});
    }
  });

  test("refuses a role of that name that is mightier, and changes nothing then", async () => {
    const mighty = `${prefix}x`;
    await alter(`create role ${mighty}_operator createrole`);
    onTestFinished(async () => void (await alter(`drop role ${mighty}_operator`)));
    await expect(makeLogins(database.url, { prefix: mighty })).rejects.toThrow(
      `${mighty}_operator is a superuser or may make roles`,
    );
    expect(
      await alter(`select rolname from pg_roles where rolname like '${mighty}%' and rolcanlogin`),
    ).toEqual([]);
  });

  test("works for a user who may make roles and is no superuser", async () => {
    const owner = `${prefix}_owner`;
    await alter(`create role ${owner} login createrole password 'owner-of-a-test'`);
    for (const role of everyRole) await alter(`grant ${role} to ${owner} with admin option`);
    const url = new URL(database.url);
    [url.username, url.password] = [owner, "owner-of-a-test"];
    onTestFinished(async () => {
      for (const part of ["web", "operator", "worker"]) await alter(`drop role if exists ${owner}_${part}`);
      await alter(`drop owned by ${owner}`);
      await alter(`drop role ${owner}`);
    });
    const made = await makeLogins(url.href, { prefix: owner });
    expect(made.map(({ name }) => name)).toEqual(
      ["web", "operator", "worker"].map((part) => `${owner}_${part}`),
    );
    const rotated = await makeLogins(url.href, { prefix: owner, rotate: true });
    expect(rotated.map((one) => Boolean(one.url))).toEqual([true, true, true]);
  });
});
