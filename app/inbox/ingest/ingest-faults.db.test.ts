import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { createDb, createPool, withTenant } from "#db/client.ts";
import { byTier } from "#db/testing/tier.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { inboxDeps } from "../testing/test-workspaces.ts";
import { DeliveriesHeld, type InboxDeps, processDeliveries } from "./ingest.server.ts";

const { inbox, sql, deliverAll, processIds, process, count } = inboxStage();

beforeAll(async () => {
  // Stands for a value that nobody foresaw: the reader takes it and the database does not.
  await sql(`create function poison() returns trigger language plpgsql as $$
    begin
      if new.body = 'poison' then raise exception 'refused: %', new.body using errcode = '22023'; end if;
      return new;
    end $$`);
  await sql("create trigger poison before insert on messages for each row execute function poison()");
});

const text = (id: string, body = "x", from = meta.waId) => meta.textMessage(id, from, body);

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const start = Date.now(); Date.now() - start < 10_000; ) if (await condition()) return;
  throw new Error("Waited in vain");
}

/** As a worker would: a few at a time, so that none waits in vain for a connection of the pool. */
async function inLanes<T>(lanes: number, tasks: (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const queue = tasks.entries();
  const lane = async () => {
    for (const [n, task] of queue) results[n] = await task();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

describe("an item that the database refuses", () => {
  test("is set aside alone, and everything else of its job is stored", async () => {
    const ids = await deliverAll([
      meta.bodyOf({ messages: [text("wamid.1"), text("wamid.2")] }),
      meta.bodyOf({
        messages: [text("wamid.3"), text("wamid.4", "poison"), text("wamid.5")],
        statuses: [meta.status("wamid.6", "sent")],
      }),
      meta.bodyOf({ messages: [text("wamid.7")] }),
    ]);
    const report = await processIds(ids);
    expect(report).toEqual({ outcomes: ["processed", "quarantined", "processed"], quarantined: ["failed"] });
    const stored = await sql("select provider_message_id as id from messages order by 1");
    expect(stored.map(({ id }) => id)).toEqual([1, 2, 3, 5, 6, 7].map((n) => `wamid.${n}`));
    expect(await sql("select delivery_id, item_path, detail from delivery_quarantine")).toEqual([
      { delivery_id: "2", item_path: "entry.0.changes.0.messages.1", detail: "22023" },
    ]);
    expect(JSON.stringify(inbox.deps.lines)).not.toContain("poison");
  });

  test("only because somebody else was faster is stored in a second try, alone", async () => {
    // A key is taken as often as the whole job is tried, and once more for the item by itself.
    await sql("create sequence tries");
    await sql(`create function taken_at_first() returns trigger language plpgsql as $$
      begin
        if nextval('tries') <= 6 then raise exception 'taken' using errcode = '23505'; end if;
        return new;
      end $$`);
    await sql("grant usage on sequence tries to public");
    await sql(
      "create trigger taken_at_first before insert on messages for each row execute function taken_at_first()",
    );
    try {
      const report = await process(meta.bodyOf({ messages: [text("wamid.1")] }));
      expect(report).toEqual({ outcomes: ["processed"], quarantined: [] });
      expect(await sql("select last_value::int as tries from tries")).toEqual([{ tries: 7 }]);
    } finally {
      await sql("drop trigger taken_at_first on messages");
    }
  });

  // Of a thousand, as they come by HTTP, it is R14's.
  const many = byTier(200, 1_000);
  test(`seven times in ${many} leaves all others`, async () => {
    const poisoned = new Set([0, 28, 57, many / 2, many / 2 + 1, many - 2, many - 1]);
    const messages = Array.from({ length: many }, (_, n) =>
      text(`wamid.${n}`, poisoned.has(n) ? "poison" : "x", `34${n % 30}`),
    );
    const ids = await deliverAll([meta.bodyOf({ messages })]);
    expect((await processIds(ids)).quarantined).toEqual(Array(7).fill("failed"));
    expect([await count("messages"), await count("delivery_quarantine")]).toEqual([many - 7, 7]);
  });
});

describe("a reader that breaks its promise and throws", () => {
  test("costs its own delivery only", async () => {
    const ids = await deliverAll([meta.bodyOf({ messages: [text("wamid.1")] }), { object: "boom" }]);
    const whatsapp = inbox.deps.readers.meta_whatsapp;
    if (!whatsapp) throw new Error("no reader");
    const read = (body: Uint8Array) => {
      if (Buffer.from(body).includes("boom")) throw new TypeError("boom");
      return whatsapp.read(body);
    };
    const report = await processDeliveries(
      { ...inbox.deps, readers: { meta_whatsapp: { ...whatsapp, read } } },
      ids,
    );
    expect(report.outcomes).toEqual(["processed", "quarantined"]);
  });
});

describe("a database that is away, or not as this build expects it", () => {
  test("makes the call throw and decides nothing", async () => {
    const ids = await deliverAll([meta.bodyOf({ messages: [text("wamid.1")] })]);
    const away: InboxDeps = { ...inbox.deps, db: unreachable() };
    await expect(processDeliveries(away, ids)).rejects.toThrow();
    const wrongRole: InboxDeps = { ...inbox.deps, db: inbox.database.as("app_jobs") };
    await expect(processDeliveries(wrongRole, ids)).rejects.toThrow(/permission denied/);
    expect(await sql("select processed_at from webhook_deliveries")).toEqual([{ processed_at: null }]);
    expect(await count("delivery_quarantine")).toBe(0);
  });

  function unreachable() {
    const url = new URL(inbox.database.url);
    url.port = "1";
    return createDb(
      createPool({
        connectionString: url.href,
        role: "app_ingest",
        applicationName: "away",
        max: 1,
        statementTimeoutMs: 1_000,
        onError: () => {},
      }),
    );
  }
});

describe("two processors", () => {
  test("given the same deliveries store each message once and close each delivery once", async () => {
    const bodies = Array.from({ length: 60 }, (_, n) =>
      meta.bodyOf({
        messages: [text(`wamid.${n}`, "x", `34${n % 7}`), text(`wamid.${n - 1}`, "x", `34${n % 5}`)],
        statuses: [meta.status(`wamid.out.${n % 20}`, "sent"), meta.status(`wamid.out.${n % 11}`, "read")],
      }),
    );
    const ids = await deliverAll(bodies);
    const other = inboxDeps(inbox.database);
    const reports = await inLanes(
      12,
      ids.flatMap((id, n) => [
        () => processIds([id, ids[(n * 7) % ids.length] ?? id]),
        () => processDeliveries(other, [ids[(n * 3) % ids.length] ?? id, id]),
      ]),
    );
    expect(reports.flatMap(({ outcomes }) => outcomes)).toEqual(Array(60).fill("processed"));
    expect(await count("messages where direction = 'inbound'")).toBe(61);
    expect(await count("messages where direction = 'outbound'")).toBe(20);
    expect(await count("delivery_quarantine")).toBe(0);
  });

  test("never both believe that the other one does it", async () => {
    const ids = await deliverAll([meta.bodyOf({ messages: [text("wamid.1")] })]);
    const release = await withOpenTransaction(
      `select from webhook_deliveries where id = ${ids[0]} for update`,
    );
    await expect(processIds(ids)).rejects.toThrow(DeliveriesHeld);
    const waiting = processIds(ids);
    await release();
    expect((await waiting).outcomes).toEqual(["processed"]);
  });

  async function withOpenTransaction(
    statement: string,
    ending: "commit" | "rollback" = "rollback",
  ): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: inbox.database.url });
    await client.connect();
    await client.query(`begin; ${statement}`);
    return async () => {
      await client.query(ending);
      await client.end();
    };
  }

  test("that bring 200 first messages of one contact make one conversation", async () => {
    // Deadlocks show sooner; a DATABASE_URL that is no superuser's may not ask for it and waits the usual second.
    await sql(
      `alter database ${new URL(inbox.database.url).pathname.slice(1)} set deadlock_timeout = '10ms'`,
    ).catch((error: { code?: string }) => expect(error.code).toBe("42501"));
    const bodies = Array.from({ length: 200 }, (_, n) =>
      meta.bodyOf({ contacts: n % 2 ? meta.people : [], messages: [text(`wamid.${n}`)] }),
    );
    const ids = await deliverAll(bodies);
    const processors = [inboxDeps(inbox.database), inboxDeps(inbox.database)];
    const reports = await inLanes(
      14,
      ids.map((id, n) => () => processDeliveries(processors[n % 2] ?? inbox.deps, [id])),
    );
    expect(reports.flatMap(({ outcomes }) => outcomes)).toEqual(Array(200).fill("processed"));
    expect([await count("contacts"), await count("conversations"), await count("messages")]).toEqual([
      1, 1, 200,
    ]);
    expect(await sql("select wa_id, user_id, profile_name from contacts")).toEqual([
      { wa_id: meta.waId, user_id: meta.userId, profile_name: "Ana 🌻" },
    ]);
  });

  test("that bring one message for two workspaces at once leave it with the first", async () => {
    const value = { messages: [text("wamid.Y")], statuses: [meta.status("wamid.X", "read")] };
    const ids = await deliverAll([meta.bodyOf(value)]);
    const release = await withOpenTransaction(
      `insert into contacts (tenant_id, provider, wa_id) values ('${inbox.norte.tenantId}', 'meta_whatsapp', '1');
       insert into conversations (tenant_id, connection_id, contact_id)
         values ('${inbox.norte.tenantId}', '${inbox.norte.connectionId}', 1);
       insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, occurred_at)
         values ('${inbox.norte.tenantId}', 1, 'wamid.X', 'outbound', 'unknown', 'sent', now())`,
      "commit",
    );
    const report = processIds(ids);
    const waiting = `pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await until(async () => (await count(waiting)) === 1);
    await release();
    expect(await report).toEqual({ outcomes: ["quarantined"], quarantined: ["conflict"] });
    expect(await sql("select tenant_id, status from messages order by provider_message_id")).toEqual([
      { tenant_id: inbox.norte.tenantId, status: "sent" },
      { tenant_id: inbox.luz.tenantId, status: "received" },
    ]);
  });

  test("that meet in a deadlock try again, and nothing is set aside", async () => {
    // A sequence is not rolled back: the first three transactions fail as PostgreSQL would let them.
    await sql("create sequence meetings");
    await sql(`create function meet() returns trigger language plpgsql as $$ begin
      if nextval('meetings') <= 3 then raise exception 'deadlock' using errcode = '40P01'; end if;
      return null; end $$`);
    await sql("grant usage on sequence meetings to app_ingest");
    await sql("create trigger meet after insert on messages for each statement execute function meet()");
    const ids = await deliverAll([meta.bodyOf({ messages: [text("wamid.1")] })]);
    expect(await processIds(ids)).toEqual({ outcomes: ["processed"], quarantined: [] });
    await sql("drop trigger meet on messages");
    expect(await count("messages")).toBe(1);
  });

  test("that fill in the same contact from both sides end with one person told from another", async () => {
    const from = (id: string, ids: Record<string, string>) => ({
      ...meta.textMessage(id),
      from: undefined,
      ...ids,
    });
    const ways: Record<string, string>[] = [
      { from: "34600" },
      { from_user_id: "ES.1" },
      { from: "34600", from_user_id: "ES.1" },
    ];
    const bodies = Array.from({ length: 90 }, (_, n) =>
      meta.bodyOf({ messages: [from(`wamid.${n}`, { ...ways[n % 3] })] }),
    );
    const ids = await deliverAll(bodies);
    // A number and a user id come apart and are two people, until somebody names both.
    for (const id of ids.splice(0, 2)) await processIds([id]);
    expect(await count("contacts")).toBe(2);
    const reports = await inLanes(
      7,
      ids.map((id) => () => processIds([id])),
    );
    expect(reports.flatMap(({ outcomes }) => outcomes)).toEqual(Array(88).fill("processed"));
    expect(await sql("select wa_id, user_id from contacts")).toEqual([{ wa_id: "34600", user_id: "ES.1" }]);
    expect([await count("conversations"), await count("messages")]).toEqual([1, 90]);
  });
});

describe("what ingest stores", () => {
  test("is seen by its own workspace only", async () => {
    await process(meta.bodyOf({ messages: [text("wamid.1")] }));
    const seen = (tenantId: string) =>
      withTenant(inbox.database.as("app_tenant"), tenantId, (tdb) =>
        tdb.selectFrom("messages").select("provider_message_id").execute(),
      );
    expect(await seen(inbox.luz.tenantId)).toEqual([{ provider_message_id: "wamid.1" }]);
    expect(await seen(inbox.norte.tenantId)).toEqual([]);
  });
});
