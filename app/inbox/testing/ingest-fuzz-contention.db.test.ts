/** Two workers' jobs that meet in the same people and messages, in clashing orders (R24 of the reliability scoreboard). */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import { processDeliveries } from "../ingest/ingest.server.ts";
import { connectWorkspace, deliverAll, inboxDeps } from "./test-workspaces.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  // Deadlocks show sooner; a DATABASE_URL that is no superuser's may not ask for it and waits the usual second.
  const name = new URL(database.url).pathname.slice(1);
  await database
    .sql(`alter database ${name} set deadlock_timeout = '10ms'`)
    .catch((error: { code?: string }) => expect(error.code).toBe("42501"));
  await connectWorkspace(database, meta.phoneNumberId);
});
afterAll(() => database.drop());

const jobs = 40;
const perJob = 10;
const people = 25;
const person = (n: number) => `34600000${String(n % people).padStart(3, "0")}`;

/** Two messages of two people, and the steps of two that other jobs speak of too; neighbours in opposite orders. */
function bodyAt(n: number) {
  const pair = [n, n * 7 + 3].map((k, at) => meta.textMessage(`wamid.in.${n}.${at}`, person(k)));
  const steps = [n % 60, (n * 11) % 60].map((k) =>
    meta.status(`wamid.out.${k}`, n % 2 ? "sent" : "read", meta.sentAt, { recipient_id: person(k) }),
  );
  return n % 2
    ? meta.bodyOf({ messages: pair, statuses: steps })
    : meta.bodyOf({ messages: pair.reverse(), statuses: steps.reverse() });
}

const count = async (what: string) =>
  (await database.sql<{ n: number }>(`select count(*)::int as n from ${what}`))[0]?.n;

test("R24 of 40 jobs of 10 deliveries over 25 new people in two workers none fails, and everything is there once", async () => {
  const ids = await deliverAll(
    database,
    Array.from({ length: jobs * perJob }, (_, n) => bodyAt(n)),
  );
  const queue = Array.from({ length: jobs }, (_, n) => ids.filter((_id, at) => at % jobs === n));
  const workers = [inboxDeps(database), inboxDeps(database)];
  const started = performance.now();
  const reports = await Promise.all(
    workers.flatMap((deps) =>
      // As many jobs at once as a worker has by default.
      Array.from({ length: 4 }, async () => {
        const own = [];
        for (let job = queue.shift(); job; job = queue.shift()) own.push(await processDeliveries(deps, job));
        return own;
      }),
    ),
  );
  const ms = performance.now() - started;
  const outcomes = reports.flat().flatMap((report) => report.outcomes);
  expect(outcomes).toEqual(Array(jobs * perJob).fill("processed"));
  expect(await count("messages where direction = 'inbound'")).toBe(2 * jobs * perJob);
  expect(await count("contacts")).toBe(people);
  expect(await count("conversations")).toBe(people);
  expect(await count("delivery_quarantine")).toBe(0);
  expect(await count("webhook_deliveries where processed_at is null")).toBe(0);
  expect(ms).toBeLessThan(10_000);
  console.log(`R24: ${jobs} jobs in ${ms.toFixed(0)} ms`);
});
