/** What holds on the PostgreSQL that we carry holds on the oldest one that we support, where Debian has put it. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, createPool, withTenant } from "./client.ts";
import { faultsOfLogin, makeLogins } from "./logins.ts";
import { migrate } from "./migrate.ts";
import {
  debianPostgres15,
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "./testing/embedded-postgres.ts";
import { readWalls, reviewedWalls } from "./walls/walls.ts";

describe.skipIf(!existsSync(debianPostgres15))("on PostgreSQL 15", () => {
  let server: EmbeddedPostgres;
  let folder: string;
  let admin: pg.Client;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "curbe-pg15-"));
    server = await startEmbeddedPostgres({
      dataDir: path.join(folder, "data"),
      native: debianPostgres15,
      settings: { fsync: "off" },
    });
    await migrate(server.url);
    admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    const { rows } = await admin.query<{ server_version: string }>("show server_version");
    expect(rows[0]?.server_version).toMatch(/^15\./);
  });
  afterAll(async () => {
    await admin?.end();
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
    if (server) await rm(path.dirname(server.dataDir), { recursive: true, force: true });
  });

  test("migrations run a second time apply nothing", async () => {
    expect(await migrate(server.url)).toEqual({ applied: [] });
  });

  test("the walls are those that were reviewed", async () => {
    expect(await readWalls((text) => admin.query(text))).toEqual(await reviewedWalls());
  });

  test("each login reaches the roles that it needs and no other, made once and put right again", async () => {
    const made = await makeLogins(server.url);
    await admin.query("grant app_owner to curbe_web; alter role curbe_worker inherit");
    const again = await makeLogins(server.url);
    expect(again.map(({ url }) => url)).toEqual([undefined, undefined, undefined]);
    for (const { name, variable } of made) expect(await faultsOfLogin(admin, name, variable)).toEqual([]);

    const [{ url = "" } = {}] = made;
    const pool = createPool({
      connectionString: url,
      role: "app_web",
      applicationName: "curbe-test-15",
      max: 1,
      statementTimeoutMs: 5_000,
      onError: () => {},
    });
    const db = createDb(pool);
    const { rows } = await admin.query<{ id: string }>(
      "insert into tenants (name) values ('One') returning id",
    );
    const tenantId = rows[0]?.id ?? "";
    const names = await withTenant(db, tenantId, (tdb) => tdb.selectFrom("tenants").select("name").execute());
    expect(names).toEqual([{ name: "One" }]);
    const client = await pool.connect();
    for (const role of ["app_owner", "app_jobs", "app_ingest", "app_operator", "app_clock", "postgres"]) {
      await client.query("begin");
      await expect(client.query("select set_config('role', $1, true)", [role]), role).rejects.toThrow(
        "permission denied to set role",
      );
      await client.query("rollback");
    }
    client.release();
    await db.destroy();
  });

  test("a user who may make roles and is no superuser makes the logins", async () => {
    await admin.query("create role operator login createrole password 'operator-of-a-test'");
    await admin.query(
      "grant app_owner, app_web, app_tenant, app_ingest, app_jobs, app_operator, app_clock to operator",
    );
    const url = new URL(server.url);
    [url.username, url.password] = ["operator", "operator-of-a-test"];
    const made = await makeLogins(url.href, { prefix: "theirs" });
    expect(made.every(({ url }) => url !== undefined)).toBe(true);
    expect((await makeLogins(url.href, { prefix: "theirs", rotate: true })).every(({ url }) => url)).toBe(
      true,
    );
  });
});
