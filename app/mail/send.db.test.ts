import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { withTenant } from "../../db/client.ts";
import { markBroken, markMended, revokeConnection } from "../../db/queries/connections/connections.ts";
import type { ConnectionErrorCode } from "../../db/queries/connections/error-codes.ts";
import { findWaitingMail, openRecipients } from "../../db/queries/mail/outbox.ts";
import { createTestDatabase, type TestDatabase } from "../../db/testing/test-database.ts";
import { type MailCatcher, startMailCatcher } from "../../scripts/dev/mail-catcher.ts";
import type { LogFields } from "../platform/log.server.ts";
import { Secret } from "../platform/secret.server.ts";
import { createSmtpPost, MailFailure, type Post } from "./post.server.ts";
import { type MailDeps, sendMail } from "./send.server.ts";

let database: TestDatabase;
let catcher: MailCatcher;
let post: Post;
let deps: MailDeps;
let luz: Workspace;
const logged: { message: string; fields: LogFields | undefined }[] = [];
const verdicts: Record<string, number> = {};
const origin = "https://app.example.com";

interface Workspace {
  tenantId: string;
  id: string;
}

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  catcher = await startMailCatcher({ verdict: (address) => verdicts[address] });
  post = createSmtpPost({ url: new Secret(catcher.smtpUrl), from: "Curbe <no-reply@curbe.example>" });
  const write = (message: string, fields?: LogFields) => void logged.push({ message, fields });
  const log = { info: write, warn: write, error: write };
  deps = { db: database.as("app_tenant"), log, outgoing: { post, origin } };
});
afterAll(async () => {
  post.close();
  await catcher.stop();
  await database.drop();
});
beforeEach(async () => {
  luz = await workspace("Panadería Luz", "+525512345678");
  await person(luz, "ana@luz.example");
});
afterEach(async () => {
  catcher.forget();
  logged.length = 0;
  for (const address of Object.keys(verdicts)) delete verdicts[address];
  await database.empty("tenants", "users", "graphile_worker._private_jobs");
});

async function workspace(name: string, e164: string): Promise<Workspace> {
  const [made] = await database.sql<Workspace>(
    `with t as (insert into tenants (name) values ($1) returning id)
     insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, phone_number_e164,
                                      display_name, access_token_enc)
     select id, 'meta_whatsapp', 'active', '1', $2, $2, 'Tienda', 'sealed' from t returning tenant_id as "tenantId", id`,
    [name, e164],
  );
  if (!made) throw new Error("no workspace");
  return made;
}

async function person(
  { tenantId }: Workspace,
  email: string,
  { role = "admin", language = null as string | null, disabled = false } = {},
): Promise<void> {
  await database.sql(
    `with u as (insert into users (email, password_hash, language, disabled_at)
                values ($2, 'none', $3, case when $4::boolean then now() end) returning id)
     insert into memberships (tenant_id, user_id, role) select $1, id, $5 from u`,
    [tenantId, email, language, disabled, role],
  );
}

let moment = Date.parse("2026-11-23T08:00:00Z");
const lose = (at: Workspace, code: ConnectionErrorCode = "token_rejected") => {
  moment += 60_000;
  const row = { tenant_id: at.tenantId, id: at.id, access_token_enc: "sealed" };
  const error = { code, at: new Date(moment).toISOString() };
  return withTenant(deps.db, at.tenantId, (tdb) => markBroken(tdb, row, error));
};
const mend = (at: Workspace) =>
  withTenant(deps.db, at.tenantId, (tdb) => markMended(tdb, at.tenantId, at.id, ["token_rejected"]));

interface Job {
  payload: { tenantId: string; mailId: string };
  waits: number;
}
const jobs = () =>
  database.sql<Job>(
    `select j.payload, extract(epoch from j.run_at - j.created_at)::int as waits from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'send_mail' order by j.id`,
  );
const outbox = () =>
  database.sql(
    "select kind, state, reason, over_at is not null as over from mail_outbox order by created_at",
  );
/** Runs each job that was asked for so far, as the worker would. */
async function run(with_: Partial<MailDeps> = {}, lastAttempt = false): Promise<void> {
  for (const { payload } of await jobs()) await sendMail({ ...deps, ...with_ }, { ...payload, lastAttempt });
}
const arrivals = () =>
  catcher
    .mails()
    .flatMap(({ to }) => to)
    .sort();

describe("an incident", () => {
  test("asks for one mail, however often it is noticed", async () => {
    expect(await lose(luz)).toBe(true);
    expect(await lose(luz)).toBe(false);
    expect(await jobs()).toEqual([
      { payload: { tenantId: luz.tenantId, mailId: expect.any(String) }, waits: 0 },
    ]);
    await run();
    await run();
    expect(arrivals()).toEqual(["ana@luz.example"]);
    expect(await outbox()).toEqual([{ kind: "access_lost", state: "sent", reason: null, over: false }]);
  });

  test("that follows a recovery is another one", async () => {
    await lose(luz);
    await run();
    await mend(luz);
    await lose(luz);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "ana@luz.example"]);
    expect(new Set(catcher.mails().map(({ headers }) => headers["message-id"])).size).toBe(2);
  });

  test.each([
    ["recovered", () => mend(luz)],
    [
      "disconnected",
      () => withTenant(deps.db, luz.tenantId, (tdb) => revokeConnection(tdb, luz.tenantId, luz.id, {})),
    ],
  ])("that is over before anybody is told is told to nobody (%s)", async (_how, end) => {
    await lose(luz);
    await end();
    await run();
    expect(arrivals()).toEqual([]);
    expect(await outbox()).toEqual([{ kind: "access_lost", state: "not_sent", reason: "over", over: true }]);
  });

  test.each([
    ["access_removed", 120],
    ["offboarded", 600],
    ["account_disabled", 0],
  ] as const)("by Meta's word %s waits %i s, in which it may pass by itself", async (code, waits) => {
    await lose(luz, code);
    expect((await jobs()).map((job) => job.waits)).toEqual([waits]);
  });

  test("is not an attempt that never worked", async () => {
    await database.sql("update channel_connections set status = 'pending'");
    await database.sql("update channel_connections set status = 'error'");
    expect(await jobs()).toEqual([]);
  });

  test("that is undone with its transaction leaves no mail", async () => {
    const row = { tenant_id: luz.tenantId, id: luz.id, access_token_enc: "sealed" };
    const undone = withTenant(deps.db, luz.tenantId, async (tdb) => {
      await markBroken(tdb, row, { code: "token_rejected", at: new Date().toISOString() });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect([...(await jobs()), ...(await outbox())]).toEqual([]);
  });
});

describe("a mail is for", () => {
  test("the workspace's enabled admins, each in their language, and nobody else", async () => {
    const norte = await workspace("Taller Norte", "+5491123456789");
    await person(norte, "eva@norte.example");
    await person(luz, "bea@luz.example", { language: "es" });
    await person(luz, "leo@luz.example", { role: "member" });
    await person(luz, "ida@luz.example", { disabled: true });
    await lose(luz);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    const subjects = Object.fromEntries(catcher.mails().map(({ to, headers }) => [to[0], headers.subject]));
    expect(subjects).toEqual({
      "ana@luz.example": "Your WhatsApp number +52 55 1234 5678 needs attention",
      "bea@luz.example": "Tu número de WhatsApp +52 55 1234 5678 necesita atención",
    });
    for (const { text } of catcher.mails()) {
      expect(text).toContain("Panadería Luz");
      expect(text).toContain(`${origin}/settings/integrations`);
      expect(text).not.toContain("Norte");
    }
  });

  test("nobody in a workspace without an admin", async () => {
    await database.sql("update memberships set role = 'member'");
    await lose(luz);
    await run();
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "nobody" }]);
  });

  test("no one beyond the wall: another workspace finds neither mail nor recipients", async () => {
    const norte = await workspace("Taller Norte", "+5491123456789");
    await person(norte, "eva@norte.example");
    await lose(luz);
    const [{ payload } = { payload: { tenantId: "", mailId: "" } }] = await jobs();
    await sendMail(deps, { tenantId: norte.tenantId, mailId: payload.mailId, lastAttempt: false });
    expect(arrivals()).toEqual([]);
    const seen = await withTenant(deps.db, norte.tenantId, (tdb) =>
      findWaitingMail(tdb, luz.tenantId, payload.mailId),
    );
    expect(seen).toBeUndefined();
    await expect(
      withTenant(deps.db, norte.tenantId, (tdb) => openRecipients(tdb, luz.tenantId, payload.mailId)),
    ).rejects.toThrow(/row-level security/);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example"]);
  });
});

describe("sending that breaks off", () => {
  beforeEach(() => person(luz, "bea@luz.example"));

  /** Sends `times`, then the process dies. */
  const dyingAfter = (times: number): Post => ({
    ...post,
    async send(letter, to) {
      if (times-- === 0) throw new Error("killed");
      await post.send(letter, to);
    },
  });

  test("between two people goes on with the second", async () => {
    await lose(luz);
    await expect(run({ outgoing: { post: dyingAfter(1), origin } })).rejects.toThrow("killed");
    expect(arrivals()).toHaveLength(1);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "sent" }]);
  });

  test("between the server's yes and our note of it repeats that mail under the same Message-ID", async () => {
    await lose(luz);
    const forgetful: Post = {
      ...post,
      async send(letter, to) {
        await post.send(letter, to);
        throw new Error("killed");
      },
    };
    await expect(run({ outgoing: { post: forgetful, origin } })).rejects.toThrow("killed");
    await run();
    const ids = catcher.mails().map(({ headers }) => headers["message-id"]);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("a server that does not take a mail", () => {
  beforeEach(() => person(luz, "bea@luz.example"));
  const refusals = () =>
    database.sql("select refused_code from mail_recipients where refused_code is not null");

  test("for good is not asked again, and the others are sent theirs", async () => {
    verdicts["ana@luz.example"] = 550;
    await lose(luz);
    await run();
    await run();
    expect(arrivals()).toEqual(["bea@luz.example"]);
    expect(await refusals()).toEqual([{ refused_code: "550" }]);
    expect(await outbox()).toMatchObject([{ state: "sent", reason: null }]);
  });

  test("for good from anybody leaves it unsent", async () => {
    Object.assign(verdicts, { "ana@luz.example": 550, "bea@luz.example": 553 });
    await lose(luz);
    await run();
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "refused" }]);
  });

  test("for now is asked again, after the others were sent theirs", async () => {
    verdicts["ana@luz.example"] = 451;
    await lose(luz);
    await expect(run()).rejects.toMatchObject({ name: "MailFailure", code: "451" });
    expect(arrivals()).toEqual(["bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "waiting" }]);
    delete verdicts["ana@luz.example"];
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    expect(await outbox()).toMatchObject([{ state: "sent" }]);
  });

  test("because it is away is asked once a round, and given up in the last attempt", async () => {
    let asked = 0;
    const away: Post = {
      ...post,
      send: async () => {
        asked++;
        throw new MailFailure("unreachable", "ESOCKET");
      },
    };
    await lose(luz);
    await expect(run({ outgoing: { post: away, origin } })).rejects.toMatchObject({ kind: "unreachable" });
    expect(asked).toBe(1);
    await run({ outgoing: { post: away, origin } }, true);
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "gave_up" }]);
  });

  test("is written down without a word of whom it was about", async () => {
    verdicts["ana@luz.example"] = 550;
    await lose(luz);
    await run();
    const text = JSON.stringify(logged);
    expect(text).toContain('"reason":"550"');
    expect(text).toContain(luz.id);
    expect(text).not.toMatch(/luz\.example|5512345678|1234 5678|Tienda|Panader/);
  });
});

test("without a mail server nothing is sent, and the outbox says so", async () => {
  await lose(luz);
  await run({ outgoing: undefined });
  expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "off" }]);
  await run();
  expect(arrivals()).toEqual([]);
});

test("admins are told to their own workspace and to no other", async () => {
  await person(await workspace("Taller Norte", "+5491123456789"), "eva@norte.example");
  const admins = (tenantId: string) =>
    withTenant(deps.db, tenantId, async (tdb) => {
      const { rows } = await sql<{ email: string }>`select email from app.admins_of_tenant()`.execute(tdb);
      return rows.map(({ email }) => email);
    });
  expect(await admins(luz.tenantId)).toEqual(["ana@luz.example"]);
  expect(await admins(randomUUID())).toEqual([]);
});
