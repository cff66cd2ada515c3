import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { connectWorkspace } from "#app/inbox/testing/test-workspaces.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { type MailCatcher, startMailCatcher } from "../scripts/dev/mail-catcher.ts";
import { killWorkers, startWorker, until, untilReady, workerEnvironment } from "./testing/test-worker.ts";

let database: TestDatabase;
let catcher: MailCatcher;
const mailEnv = () => ({
  SMTP_URL: catcher.smtpUrl,
  MAIL_FROM: "Curbe <no-reply@curbe.example>",
  APP_ORIGIN: "https://app.example.com",
});

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  catcher = await startMailCatcher();
});
afterAll(async () => {
  await catcher.stop();
  await database.drop();
});
beforeEach(async () => {
  const { tenantId } = await connectWorkspace(database, "106540352242922");
  await database.sql(
    `with u as (insert into users (email, password_hash) values ('ana@luz.example', 'none') returning id)
     insert into memberships (tenant_id, user_id, role) select $1, id, 'admin' from u`,
    [tenantId],
  );
});
afterEach(async () => {
  await killWorkers();
  catcher.forget();
  await database.empty("tenants", "users", "graphile_worker._private_jobs");
});

const lose = () =>
  database.sql(
    `update channel_connections set status = 'error', metadata = '{"error": {"code": "deauthorized", "at": "2026-11-23T08:00:00Z"}}'`,
  );
const states = () => database.sql("select state, reason from mail_outbox");
const untilNothingWaits = (said: () => string) =>
  until(
    "the mail is settled",
    async () => JSON.stringify(await states()).includes("waiting") === false,
    said,
  );

test("a worker sends what a lost connection asks for, and ends with 0 while its mail connection is open", async () => {
  const worker = await startWorker({ ...workerEnvironment(database.url), ...mailEnv() });
  await untilReady(worker);
  await lose();
  await untilNothingWaits(worker.said);
  expect(catcher.mails().map(({ to, text }) => [to, text.includes("took our access back")])).toEqual([
    [["ana@luz.example"], true],
  ]);
  worker.child.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
  expect(worker.said()).not.toContain("e-mails are off");
  expect(worker.said()).not.toContain("luz.example");
});

test("a worker without a mail server says so once, sends nothing and settles what was asked for", async () => {
  const worker = await startWorker(workerEnvironment(database.url));
  await untilReady(worker);
  await lose();
  await untilNothingWaits(worker.said);
  expect(await states()).toEqual([{ state: "not_sent", reason: "off" }]);
  expect(catcher.mails()).toEqual([]);
  expect(worker.said().match(/e-mails are off: SMTP_URL is not set/g)).toHaveLength(1);
});

test("a mail server that is away leaves the job to be tried again, with the kind of the error and nothing more", async () => {
  const gone = await startMailCatcher();
  await gone.stop();
  const worker = await startWorker({
    ...workerEnvironment(database.url),
    ...mailEnv(),
    SMTP_URL: gone.smtpUrl.replace("smtp://", "smtp://curbe:canary-password@"),
  });
  await untilReady(worker);
  await lose();
  const failed = () =>
    database.sql(
      "select last_error, run_at > now() as later from graphile_worker.jobs where last_error is not null",
    );
  await until("the job has failed", async () => (await failed()).length === 1, worker.said);
  expect(await failed()).toEqual([
    { last_error: expect.stringContaining("MailFailure ESOCKET"), later: true },
  ]);
  expect(await states()).toEqual([{ state: "waiting", reason: null }]);
  expect(worker.said()).not.toContain("canary-password");
});
