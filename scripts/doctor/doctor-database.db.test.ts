import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { createTokenVault } from "../../app/integrations/crypto.server.ts";
import { Secret } from "../../app/platform/secret.server.ts";
import { makeLogins } from "../../db/logins.ts";
import { latestMigration } from "../../db/schema-level.ts";
import { startPooler } from "../../db/testing/pooler.ts";
import {
  administer,
  createTestDatabase,
  type TestDatabase,
  withDatabase,
} from "../../db/testing/test-database.ts";
import { asText } from "./findings.ts";
import { poolerWithoutOptions } from "./testing/stand-ins.ts";
import {
  expectFaults,
  expectNoSecret,
  faults,
  goodWorld,
  newKey,
  secrets,
  type World,
} from "./testing/world.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  await database.sql(`alter database ${new URL(database.url).pathname.slice(1)} set synchronous_commit = on`);
});
afterAll(() => database.drop());

async function connectionWith(sealedBy: (place: { tenantId: string; rowId: string }) => string) {
  const [tenant] = await database.sql<{ id: string }>("insert into tenants (name) values ('T') returning id");
  const [row] = await database.sql<{ id: string }>(
    "insert into channel_connections (tenant_id, provider, status) values ($1, 'meta_whatsapp', 'pending') returning id",
    [tenant?.id],
  );
  if (!tenant || !row) throw new Error("nothing was inserted");
  const sealed = sealedBy({ tenantId: tenant.id, rowId: row.id });
  await database.sql("update channel_connections set access_token_enc = $1 where id = $2", [sealed, row.id]);
  onTestFinished(() =>
    database.sql("delete from channel_connections where id = $1", [row.id]).then(() => {}),
  );
}

const sealedUnder = (key: string) => (place: { tenantId: string; rowId: string }) =>
  createTokenVault({ primary: key }).encryptToken(new Secret("canary-token"), {
    table: "channel_connections",
    column: "access_token_enc",
    ...place,
  });

/** Undone when the test is over. */
async function altered(change: string, undo: string) {
  await database.sql(change);
  onTestFinished(() => database.sql(undo).then(() => {}));
}

describe("doctor, on the database and its keys", () => {
  test("finds nothing when everything is as it should be, and says what it saw", async () => {
    await connectionWith(sealedUnder(secrets.TOKEN_ENCRYPTION_KEY_BASE64));
    await connectionWith(sealedUnder(secrets.TOKEN_ENCRYPTION_PREVIOUS_KEYS_BASE64));
    const { examine } = await goodWorld(database.url);
    const report = await examine();
    expect(faults(report)).toEqual([]);
    expect(report.findings.map(({ subject }) => subject)).toEqual([
      "environment",
      "database",
      "durability",
      "letters",
      "clock: database",
      "app roles",
      "pooling",
      "migrations",
      "tenant walls",
      "sealed tokens",
      "session secrets",
      "demo accounts",
      "Graph host",
      "API version",
      "clock: Meta",
      "app id and secret",
      "config id",
      "web",
      "proxy hops",
      "redirect URI",
      "webhook handshake",
      "webhook at Meta",
      "webhook fields",
      "e-mail",
    ]);
    const sealed = report.findings.find(({ subject }) => subject === "sealed tokens");
    expect(sealed?.says).toMatch(/^1 under the primary key, 1 under previous ones/);
    expect(asText(report)).not.toContain(new URL(database.url).password || "canary");
    expectNoSecret(report);
  });

  const breakages: [string, (world: World) => unknown, RegExp[]][] = [
    [
      "a database that is not there",
      ({ variables }) =>
        Object.assign(variables, { DATABASE_URL: withDatabase(database.url, "curbe_no_such") }),
      [
        /^FAIL database: .*database curbe_no_such: there is no database/,
        /^skip app roles/,
        /^skip pooling/,
        /^skip migr/,
        /^skip seal/,
        /^skip demo accounts/,
      ],
    ],
    [
      "a database that nobody serves",
      ({ variables }) => Object.assign(variables, { DATABASE_URL: "postgres://u:canary@127.0.0.1:1/curbe" }),
      [
        /^FAIL database: 127\.0\.0\.1, database curbe: it cannot be reached/,
        /^skip/,
        /^skip/,
        /^skip/,
        /^skip/,
        /^skip/,
      ],
    ],
    [
      "a pooler that refuses start-up options",
      async ({ variables }) =>
        Object.assign(variables, { DATABASE_URL: await poolerWithoutOptions(database.url) }),
      [/^FAIL pooling: .*PgBouncer.*→ .*session/],
    ],
    [
      "a pooler that drops start-up options",
      async ({ variables }) => {
        const pooler = await startPooler(database.url);
        onTestFinished(() => pooler.stop());
        variables.DATABASE_URL = pooler.url;
      },
      [/^FAIL pooling: connections do not come up as app_web: a pooler drops.*→ .*session/],
    ],
    [
      "tokens under a key that is lost",
      () => connectionWith(sealedUnder(newKey())),
      [/^FAIL sealed tokens: 1 in channel_connections\.access_token_enc under a key that is not here/],
    ],
    [
      "a token that nobody sealed",
      () => connectionWith(() => "canary-in-the-clear"),
      [/^FAIL sealed tokens: .*not in our sealed form/],
    ],
    [
      "commits that a crash may undo",
      async () => {
        const name = new URL(database.url).pathname.slice(1);
        await altered(
          `alter database ${name} set synchronous_commit = off`,
          `alter database ${name} set synchronous_commit = on`,
        );
      },
      [/^FAIL durability: .*synchronous_commit/],
    ],
    [
      "a table without its wall",
      () =>
        altered(
          "alter table contacts no force row level security",
          "alter table contacts force row level security",
        ),
      [/^FAIL tenant walls: contacts: row-level security is not forced/],
    ],
    [
      "migrations that are behind",
      async () => {
        const [row] = await database.sql<{ name: string; digest: string }>(
          `delete from app.migrations where name = '${latestMigration}' returning name, digest`,
        );
        onTestFinished(async () => {
          await database.sql("insert into app.migrations (name, digest) values ($1, $2)", [
            row?.name,
            row?.digest,
          ]);
        });
      },
      [/^FAIL migrations: .*this build needs .*→ npm run db:migrate/],
    ],
    [
      "a schema that another state of the files made",
      () =>
        altered(
          `update app.migrations set digest = 'x' || digest where name like '0002%'`,
          `update app.migrations set digest = substr(digest, 2) where name like '0002%'`,
        ),
      [/^FAIL migrations: from 0002\w* on this database was made by another state of db\/migrations/],
    ],
    [
      "migrations that are ahead",
      () =>
        altered(
          "insert into app.migrations (name, digest) values ('9999_later', 'x')",
          "delete from app.migrations where name = '9999_later'",
        ),
      [/^warn migrations: at 9999_later, ahead of this build/],
    ],
  ];

  test.each(breakages)("tells %s, and no secret", async (_what, break_, expected) => {
    const world = await goodWorld(database.url);
    await break_(world);
    expectFaults(await world.examine(), expected);
  });

  test("tells a user who may not act as our roles, and what then cannot be looked at", async () => {
    const role = `curbe_doctor_${randomBytes(4).toString("hex")}`;
    await administer(inject("adminUrl"), `create role ${role} login password 'canary-role'`);
    onTestFinished(() => administer(inject("adminUrl"), `drop role ${role}`));
    const world = await goodWorld(database.url);
    const url = new URL(database.url);
    url.username = role;
    url.password = "canary-role";
    world.variables.DATABASE_URL = url.href;
    const report = await world.examine();
    const found = faults(report);
    expect(found[0]).toMatch(
      /^FAIL app roles: .*may not SET ROLE to app_owner, app_web.*→ .*GRANT app_owner/,
    );
    expect(found.slice(1).map((line) => line.split(" ")[0])).toEqual(Array(found.length - 1).fill("skip"));
    expect(found.length).toBeGreaterThan(2);
    expectNoSecret(report);
  });

  describe("logins of their own", () => {
    const prefix = `curbe_doctor_${randomBytes(4).toString("hex")}`;
    const logins: Record<string, string> = {};
    beforeAll(async () => {
      for (const { variable, url } of await makeLogins(database.url, { prefix }))
        logins[variable] = url ?? "";
    });
    afterAll(async () => {
      for (const part of ["web", "operator", "worker"]) {
        await database.sql(`drop owned by ${prefix}_${part}`);
        await database.sql(`drop role ${prefix}_${part}`);
      }
    });
    const examined = async (changed: Record<string, string | undefined> = {}) => {
      const world = await goodWorld(database.url);
      Object.assign(world.variables, logins, { DATABASE_URL: undefined }, changed);
      return world.examine();
    };
    const roles = async (changed?: Record<string, string | undefined>) => {
      const { findings } = await examined(changed);
      return findings
        .filter(({ subject }) => subject === "app roles")
        .map(({ status, says }) => `${status} ${says}`);
    };

    test("are told to be in force, with the owner's beside them or without", async () => {
      const inForce = [
        "ok web, operators' pages and worker have logins of their own, which reach no other role",
      ];
      expect(await roles()).toEqual(inForce);
      expect(await roles({ DATABASE_URL: database.url })).toEqual(inForce);
      const report = await examined();
      expect(faults(report).filter((line) => !line.startsWith("skip"))).toEqual([]);
      expectNoSecret(report);
      for (const url of Object.values(logins)) expect(asText(report)).not.toContain(new URL(url).password);
    });

    test("are told from the one of DATABASE_URL, and from some of each", async () => {
      const none = { DATABASE_URL_WEB: "", DATABASE_URL_OPERATOR: "", DATABASE_URL_WORKER: "" };
      expect(await roles({ ...none, DATABASE_URL: database.url })).toEqual([
        "ok DATABASE_URL may act as all 7, in web and worker too; npm run db:logins makes separate logins",
      ]);
      expect(await roles({ DATABASE_URL: database.url, DATABASE_URL_WORKER: "" })).toEqual([
        expect.stringMatching(/^warn only 2 of .* are set; the rest comes in as DATABASE_URL, the owner$/),
      ]);
      const lacking = await examined({ DATABASE_URL_WORKER: "" });
      expect(faults(lacking)[0]).toMatch(/^FAIL DATABASE_URL_WORKER: is required and not set \(worker\)/);
    });

    test("that reach too much, too little, or are exchanged are named", async () => {
      await database.sql(`grant app_owner to ${prefix}_web`);
      await database.sql(`revoke app_clock from ${prefix}_worker`);
      onTestFinished(async () => void (await makeLogins(database.url, { prefix })));
      expect(await roles()).toEqual([
        "FAIL the user of DATABASE_URL_WEB is a member of app_owner",
        "FAIL the user of DATABASE_URL_WORKER is no member of app_clock",
      ]);
      const exchanged = await roles({ DATABASE_URL_OPERATOR: logins.DATABASE_URL_WORKER });
      expect(exchanged).toContainEqual(expect.stringMatching(/OPERATOR is a member of app_ingest, app_jobs/));
      const shut = await roles({
        DATABASE_URL_OPERATOR: (logins.DATABASE_URL_OPERATOR ?? "").replace(/:[^:@]+@/, ":canary@"),
      });
      expect(shut).toContainEqual("FAIL DATABASE_URL_OPERATOR: the password was refused");
    });
  });

  /** One that was never migrated, of whatever kind; what is wrong with it. */
  async function faultsOfAnother(kind = "") {
    const name = `curbe_test_doctor_${randomBytes(4).toString("hex")}`;
    await administer(inject("adminUrl"), `create database ${name} ${kind}`);
    onTestFinished(() => administer(inject("adminUrl"), `drop database ${name} with (force)`));
    const world = await goodWorld(database.url);
    world.variables.DATABASE_URL = withDatabase(inject("adminUrl"), name);
    return faults(await world.examine());
  }

  test("tells an empty database to be migrated", async () => {
    const found = await faultsOfAnother();
    expect(found).toContainEqual(
      expect.stringMatching(/^FAIL migrations: .*none of our tables.*npm run db:migrate/),
    );
    expect(found).toContainEqual(expect.stringMatching(/^skip sealed tokens/));
    expect(found.filter((line) => line.includes("letters"))).toEqual([]);
  });

  test.each([
    ["of locale C", "locale 'C'", /^warn letters: .*ASCII only.*→ .*UTF8/],
    ["without an encoding", "encoding 'SQL_ASCII' locale 'C'", /^FAIL letters: .*not in UTF-8.*→ .*UTF8/],
  ])("tells a database %s which letters it lacks", async (_what, kind, expected) => {
    const found = await faultsOfAnother(`template template0 locale_provider libc ${kind}`);
    expect(found).toContainEqual(expect.stringMatching(expected));
  });
});
