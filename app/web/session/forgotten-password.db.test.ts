/** Setting a forgotten password anew, by the routes of its link. */
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { noteMailService } from "#db/queries/mail/account-mails.ts";
import { loader as forgotPage } from "../../routes/login_.forgot.tsx";
import { loader as resetPage } from "../../routes/login_.reset.tsx";
import { answerOf, call, get, signInAs, statusOf } from "../testing/stage.ts";
import { accountStage, ana, fresh, old } from "./testing/account-stage.ts";

const { on, server, signsIn, isSignedIn, change, cookiesOf, mailRows, sendAll, ask, openLink, setWith } =
  accountStage();

describe("a forgotten password", () => {
  test("is set by a mailed link: once, all sessions end, and the person signs in with it", async () => {
    const before = await signInAs(ana);
    const { cookie, token } = await openLink();
    expect(server.catcher.mails()).toMatchObject([{ to: [ana], headers: { subject: "Set a new password" } }]);
    expect(await resetPage(call(get("/login/reset", cookie)))).toMatchObject({ data: { email: ana } });
    const answer = (await setWith(cookie)) as Response;
    expect(answer.headers.get("location")).toBe("/login?passwordChanged");
    expect(await isSignedIn(before)).toBe(false);
    expect([await signsIn(old), await signsIn(fresh)]).toEqual([false, true]);
    expect(statusOf(await setWith(cookie, "yet another one"))).toBe(410);
    expect(await signsIn(fresh)).toBe(true);
    await sendAll();
    expect((await mailRows()).map(({ kind }) => kind)).toEqual(["password_reset", "password_changed"]);
    const everything = JSON.stringify([
      await on.stage.database.sql("select * from password_resets"),
      await on.stage.database.sql("select * from account_mails"),
      await on.stage.database.sql("select * from graphile_worker._private_jobs"),
    ]);
    expect(everything).not.toContain(token);
  });

  test("stores the token's SHA-256 and nothing else of its 256 bits", async () => {
    const { token } = await openLink();
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    const [row] = await on.stage.database.sql<{ hash: string }>(
      "select encode(token_hash, 'hex') as hash from password_resets",
    );
    expect(row?.hash).toBe(createHash("sha256").update(token).digest("hex"));
  });

  test("the link leaves its token behind at once: none in an address, a page or a referrer", async () => {
    const { token } = await openLink();
    const answer = (await answerOf(resetPage(call(get(`/login/reset?token=${token}`))))) as Response;
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/login/reset"]);
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const [cookie = ""] = answer.headers.getSetCookie();
    for (const mark of ["__Host-curbe_reset=", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=1800"])
      expect(cookie).toContain(mark);
    const page = await resetPage(call(get("/login/reset", cookie.split(";")[0])));
    expect(JSON.stringify(page)).not.toContain(token);
  });

  test("answers the same for whoever is there, is not, is disabled, or has asked too often", async () => {
    await on.stage.database.sql("update users set disabled_at = now() where email = 'max@norte.example'");
    const known = await ask(ana);
    for (const email of [
      "nobody@luz.example",
      "max@norte.example",
      "no address",
      "ana@luz.example",
      "\u0130@x.y",
    ])
      expect(await ask(email, `192.0.2.${email.length}`)).toEqual(known);
    await sendAll();
    expect(new Set(server.catcher.mails().flatMap(({ to }) => to))).toEqual(new Set([ana]));
  });

  test("answers whoever asks no sooner than after the time that is the same for all", async () => {
    const askedAfterMs = 500;
    on.stage.setUp({ askedAfterMs });
    const took = [ana, "nobody@luz.example", "no address"].map(async (email, i) => {
      const asked = performance.now();
      await ask(email, `192.0.2.${i}`);
      return performance.now() - asked;
    });
    // Timers are rounded to milliseconds.
    for (const ms of await Promise.all(took)) expect(ms).toBeGreaterThan(askedAfterMs - 2);
  });

  test("takes any spelling, and writes to the address as it is stored", async () => {
    await ask(" ＡＮＡ@LUZ.example");
    await sendAll();
    expect(server.catcher.mails().map(({ to }) => to)).toEqual([[ana]]);
  });

  test("a newer request ends the older one, also before it was sent", async () => {
    const first = await openLink();
    const second = await openLink();
    expect(statusOf(await setWith(first.cookie))).toBe(410);
    await ask(ana);
    expect(statusOf(await setWith(second.cookie))).toBe(410);
    expect(await signsIn(old)).toBe(true);
  });

  test("floods nobody: three mails in an hour, eight in a day and then one in two hours, however many ask", async () => {
    const askMany = async () => {
      await Promise.all(Array.from({ length: 6 }, (_, i) => ask(ana, `198.51.100.${i}`)));
      const rows = await on.stage.database.sql("select from account_mails");
      return rows.length;
    };
    const pass = (span: string) =>
      on.stage.database.sql(`update password_resets set requested_at = requested_at - interval '${span}'`);
    const sent = [await askMany()];
    for (const span of ["61 minutes", "61 minutes", "61 minutes", "61 minutes"]) {
      await pass(span);
      sent.push(await askMany());
    }
    expect(sent).toEqual([3, 6, 8, 8, 9]);
  });

  test("an address asks five times in a quarter of an hour", async () => {
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(statusOf(await ask(`p${i}@luz.example`, "192.0.2.8")));
    expect(answers).toEqual([200, 200, 200, 200, 200, 429]);
    expect(statusOf(await ask("", "192.0.2.9"))).toBe(400);
  });

  test("asked for three times by somebody else is asked for again as soon as the last link is over", async () => {
    for (let i = 0; i < 5; i++) await ask(ana, `192.0.2.${i}`);
    const standing = () =>
      on.stage.database.sql("select from password_resets where ended_at is null and expires_at > now()");
    expect(await standing()).toHaveLength(1);
    await on.stage.database.sql(
      `update password_resets set requested_at = requested_at - interval '31 minutes',
                                  expires_at = expires_at - interval '31 minutes'`,
    );
    expect(await standing()).toHaveLength(0);
    for (let i = 0; i < 5; i++) await ask(ana, `192.0.2.${10 + i}`);
    expect(await standing()).toHaveLength(1);
    expect(await on.stage.database.sql("select from password_resets")).toHaveLength(4);
  });

  test("the same moment: of eight that use one link one sets the password", async () => {
    const { cookie } = await openLink();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => setWith(cookie, `password number ${i}`, `192.0.2.${i}`)),
    );
    expect(answers.map(statusOf).sort()).toEqual([303, ...Array(7).fill(410)]);
    expect((await mailRows()).filter(({ kind }) => kind === "password_changed")).toHaveLength(1);
  });

  test.each([
    ["half an hour", "update password_resets set expires_at = now()"],
    ["the account's end", "update users set disabled_at = now() where email = 'ana@luz.example'"],
  ])("opens nothing after %s", async (_what, statement) => {
    const { cookie } = await openLink();
    await on.stage.database.sql(statement);
    await on.stage.database.sql("update users set disabled_at = null");
    expect(statusOf(await resetPage(call(get("/login/reset", cookie))))).toBe(410);
    expect(statusOf(await setWith(cookie))).toBe(410);
    expect(await signsIn(old)).toBe(true);
  });

  test("opens nothing after the password was changed in another way", async () => {
    const { cookie } = await openLink();
    await change(await signInAs(ana), { current: old, password: fresh });
    expect(statusOf(await setWith(cookie, "somebody else's"))).toBe(410);
    expect(await signsIn(fresh)).toBe(true);
  });

  test("lasts 30 minutes by the database's clock, from the moment it was asked for", async () => {
    await ask(ana);
    const [row] = await on.stage.database.sql(
      "select extract(epoch from expires_at - requested_at)::int as seconds from password_resets",
    );
    expect(row).toEqual({ seconds: 1_800 });
    await on.stage.database.sql("update password_resets set expires_at = now()");
    await sendAll();
    expect(server.catcher.mails()).toEqual([]);
    expect(await mailRows()).toEqual([{ kind: "password_reset", state: "not_sent", reason: "over" }]);
  });

  test.each([
    ["nothing", ""],
    ["a letter", "x"],
    ["a control character", "\u0000"],
    ["another token", randomBytes(32).toString("base64url")],
    ["a piece of SQL", "' or true --"],
    ["a long text", "x".repeat(5_000)],
  ])("%s is no token", async (_what, token) => {
    const answer = await answerOf(resetPage(call(get(`/login/reset?token=${encodeURIComponent(token)}`))));
    const [cookie = ""] = cookiesOf(answer);
    expect(cookie.length).toBeLessThan(300);
    expect(statusOf(await resetPage(call(get("/login/reset", cookie))))).toBe(410);
    expect(statusOf(await setWith(cookie))).toBe(410);
  });

  test("a password that is too easy leaves the link as it was", async () => {
    const { cookie } = await openLink();
    for (const password of ["", "short", "password123"])
      expect(statusOf(await setWith(cookie, password))).toBe(400);
    expect(statusOf(await setWith(cookie))).toBe(303);
  });

  test("whoever has set it gets in from there, whatever was guessed there and elsewhere before", async () => {
    for (let i = 0; i < 60; i++) await signsIn("a guess", ana, undefined, `198.51.100.${i}`);
    for (let i = 0; i < 6; i++) await signsIn("a guess");
    expect(await signsIn(old)).toBe(false);
    const { cookie } = await openLink();
    await setWith(cookie, fresh, "192.0.2.200");
    expect(await signsIn(fresh)).toBe(true);
  });

  test("where no mails are sent the page says whom to ask", async () => {
    await noteMailService(on.mail.jobsDb, false);
    on.stage.setUp({ operatorEmail: "ops@curbe.example" });
    expect(await forgotPage()).toEqual({ byMail: false, operator: "ops@curbe.example" });
    await ask(ana);
    await sendAll({ outgoing: undefined });
    expect(await mailRows()).toEqual([{ kind: "password_reset", state: "not_sent", reason: "off" }]);
  });
});
