/**
 * README asks of DATABASE_URL for a role that may create roles and databases, and no more: what managed PostgreSQL gives.
 * On a server of its own, because there the roles of the product do not exist yet.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whyUnavailable } from "#db/client.ts";
import { makeLogins } from "#db/logins.ts";
import { migrate } from "#db/migrate.ts";
import { readMigrationFiles } from "#db/migration-files.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/testing/embedded-postgres.ts";
import { administer, withDatabase } from "#db/testing/test-database.ts";
import { isMigrated } from "#db/version.ts";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import {
  killWorkers,
  startWorker,
  untilReady,
  workerEnvironment,
} from "../../../worker/testing/test-worker.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { parseEnv } from "../../platform/env.server.ts";
import { webEnv } from "../env.server.ts";
import { createServices, provideServices, type Services } from "../services.server.ts";
import { openPages } from "./pages.ts";
import { get, openStage, origin, type Stage, signInAs } from "./stage.ts";

let folder: string;
let server: EmbeddedPostgres;
/** As the role. */
let plainUrl: string;
let stage: Stage | undefined;
let web: Services | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "curbe-plain-owner-"));
  server = await startEmbeddedPostgres({ dataDir: path.join(folder, "data"), settings: { fsync: "off" } });
  await administer(server.url, "create role plain login createrole createdb password 'plain-of-a-test'");
  const url = new URL(server.url);
  [url.username, url.password] = ["plain", "plain-of-a-test"];
  plainUrl = url.href;
});
afterAll(async () => {
  await killWorkers();
  await web?.close();
  await stage?.database.drop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
  if (server) await rm(path.dirname(server.dataDir), { recursive: true, force: true });
});

/** As whoever runs the server. */
async function lookInto(database: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: withDatabase(server.url, database) });
  await client.connect();
  return (await client.query(text).finally(() => client.end())).rows;
}

function startWeb(databaseUrl: string): Services {
  const own = {
    META_WEBHOOK_VERIFY_TOKEN: "a-word-of-ours",
    SESSION_SECRETS: randomBytes(32).toString("base64url"),
  };
  const env = parseEnv(webEnv, { ...workerEnvironment(databaseUrl), ...own, APP_ORIGIN: origin });
  const services = createServices(env, { info() {}, warn() {}, error() {} });
  provideServices(services);
  return services;
}

test("a role that may create roles and databases, and is no superuser, is enough for all of it", async () => {
  // db:migrate, before which the web says what is missing.
  await administer(plainUrl, "create database curbe");
  const migrated = withDatabase(plainUrl, "curbe");
  const early = startWeb(migrated);
  expect(await isMigrated(early.db).catch(whyUnavailable)).toBe("not at this build's schema");
  await early.close();
  expect(await migrate(migrated)).toEqual({ applied: (await readMigrationFiles()).map(({ name }) => name) });
  expect(await migrate(migrated)).toEqual({ applied: [] });

  // A copy of it with the demo people (db:seed), and logins (db:logins).
  stage = await openStage(plainUrl, "curbe");
  const { url } = stage.database;
  expect((await makeLogins(url)).every((login) => login.url)).toBe(true);
  const name = new URL(url).pathname.slice(1);
  await lookInto(
    name,
    `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id)
       values ('${demoWorkspaces.luz.id}', 'meta_whatsapp', 'active', '1', '${meta.phoneNumberId}') returning id, tenant_id)
     insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
     select 'meta_whatsapp', '${meta.phoneNumberId}', tenant_id, id, '2020-01-01' from c`,
  );

  // Web and worker: signed in, told of what arrives, and shown it; platform staff see their pages.
  web = startWeb(url);
  expect(await isMigrated(web.db)).toBe(true);
  const ask = await openPages();
  const [ana, ops] = [await signInAs("ana@luz.example"), await signInAs("ops@curbe.example")];
  const worker = await startWorker(workerEnvironment(url));
  await untilReady(worker);
  const heard = (await ask(get("/events", ana))).body?.getReader();
  const body = meta.bytes(
    meta.bodyOf({ contacts: meta.people, messages: [meta.textMessage("wamid.1", meta.waId, "¿Pan?")] }),
  );
  await web.webhooks.intake.accept({ provider: "meta_whatsapp", requestId: "r-1", body: Buffer.from(body) });
  for (let said = ""; !said.includes("data: conversations"); )
    said += new TextDecoder().decode((await heard?.read())?.value);
  await heard?.cancel();
  await expect.poll(async () => (await ask(get("/conversations", ana))).text()).toContain("¿Pan?");
  expect((await ask(get("/operations", ops))).status).toBe(200);

  const who = await lookInto(
    name,
    `select distinct usename from pg_stat_activity where datname = '${name}' and application_name ~ '^curbe-(web|worker|live|op)'`,
  );
  expect(who).toEqual([{ usename: "plain" }]);
  const [role] = await lookInto(name, "select rolsuper, rolbypassrls from pg_roles where rolname = 'plain'");
  expect(role).toEqual({ rolsuper: false, rolbypassrls: false });
  worker.child.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});
