/** Which incident asks for a mail, whom it is for, and what makes it superfluous. */
import { randomUUID } from "node:crypto";
import { sql as rawSql } from "kysely";
import { describe, expect, test } from "vitest";
import { withTenant } from "../../db/client.ts";
import { markBroken, revokeConnection } from "../../db/queries/connections/connections.ts";
import { findWaitingMail, openRecipients } from "../../db/queries/mail/outbox.ts";
import { sendMail } from "./send.server.ts";
import { incidentMails } from "./testing/incident-mails.ts";
import { origin } from "./testing/mail-server.ts";

const { on, server, sql, workspace, person, lose, mend, jobs, outbox, run, arrivals } = incidentMails();

describe("an incident", () => {
  test("asks for one mail, however often it is noticed", async () => {
    expect(await lose(on.luz)).toBe(true);
    expect(await lose(on.luz)).toBe(false);
    expect(await jobs()).toEqual([
      { payload: { tenantId: on.luz.tenantId, mailId: expect.any(String) }, waits: 0 },
    ]);
    await run();
    await run();
    expect(arrivals()).toEqual(["ana@luz.example"]);
    expect(await outbox()).toEqual([{ kind: "access_lost", state: "sent", reason: null, over: false }]);
  });

  test("that follows a recovery is another one", async () => {
    await lose(on.luz);
    await run();
    await mend(on.luz);
    await lose(on.luz);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "ana@luz.example"]);
    expect(new Set(server.catcher.mails().map(({ headers }) => headers["message-id"])).size).toBe(2);
  });

  test.each([
    ["recovered", () => mend(on.luz)],
    [
      "disconnected",
      () =>
        withTenant(on.deps.db, on.luz.tenantId, (tdb) =>
          revokeConnection(tdb, on.luz.tenantId, on.luz.id, {}),
        ),
    ],
  ])("that is over before anybody is told is told to nobody (%s)", async (_how, end) => {
    await lose(on.luz);
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
    await lose(on.luz, code);
    expect((await jobs()).map((job) => job.waits)).toEqual([waits]);
  });

  test("is not an attempt that never worked", async () => {
    await sql("update channel_connections set status = 'pending'");
    await sql("update channel_connections set status = 'error'");
    expect(await jobs()).toEqual([]);
  });

  test("that is undone with its transaction leaves no mail", async () => {
    const row = { tenant_id: on.luz.tenantId, id: on.luz.id, access_token_enc: "sealed" };
    const undone = withTenant(on.deps.db, on.luz.tenantId, async (tdb) => {
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
    await person(on.luz, "bea@luz.example", { language: "es" });
    await person(on.luz, "leo@luz.example", { role: "member" });
    await person(on.luz, "ida@luz.example", { disabled: true });
    await lose(on.luz);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example", "bea@luz.example"]);
    const subjects = Object.fromEntries(
      server.catcher.mails().map(({ to, headers }) => [to[0], headers.subject]),
    );
    expect(subjects).toEqual({
      "ana@luz.example": "Your WhatsApp number +52 55 1234 5678 needs attention",
      "bea@luz.example": "Tu número de WhatsApp +52 55 1234 5678 necesita atención",
    });
    for (const { text } of server.catcher.mails()) {
      expect(text).toContain("Panadería Luz");
      expect(text).toContain(`${origin}/settings/integrations`);
      expect(text).not.toContain("Norte");
    }
  });

  test("nobody in a workspace without an admin", async () => {
    await sql("update memberships set role = 'member'");
    await lose(on.luz);
    await run();
    expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "nobody" }]);
  });

  test("no one beyond the wall: another workspace finds neither mail nor recipients", async () => {
    const norte = await workspace("Taller Norte", "+5491123456789");
    await person(norte, "eva@norte.example");
    await lose(on.luz);
    const [{ payload } = { payload: { tenantId: "", mailId: "" } }] = await jobs();
    await sendMail(on.deps, { tenantId: norte.tenantId, mailId: payload.mailId, lastAttempt: false });
    expect(arrivals()).toEqual([]);
    const seen = await withTenant(on.deps.db, norte.tenantId, (tdb) =>
      findWaitingMail(tdb, on.luz.tenantId, payload.mailId),
    );
    expect(seen).toBeUndefined();
    await expect(
      withTenant(on.deps.db, norte.tenantId, (tdb) => openRecipients(tdb, on.luz.tenantId, payload.mailId)),
    ).rejects.toThrow(/row-level security/);
    await run();
    expect(arrivals()).toEqual(["ana@luz.example"]);
  });
});

test("without a mail server nothing is sent, and the outbox says so", async () => {
  await lose(on.luz);
  await run({ outgoing: undefined });
  expect(await outbox()).toMatchObject([{ state: "not_sent", reason: "off" }]);
  await run();
  expect(arrivals()).toEqual([]);
});

test("admins are told to their own workspace and to no other", async () => {
  await person(await workspace("Taller Norte", "+5491123456789"), "eva@norte.example");
  const admins = (tenantId: string) =>
    withTenant(on.deps.db, tenantId, async (tdb) => {
      const { rows } = await rawSql<{ email: string }>`select email from app.admins_of_tenant()`.execute(tdb);
      return rows.map(({ email }) => email);
    });
  expect(await admins(on.luz.tenantId)).toEqual(["ana@luz.example"]);
  expect(await admins(randomUUID())).toEqual([]);
});
