/** Changing one's password, ending one's other sessions, and setting a forgotten password anew, by their routes. */
import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { noteMailService } from "#db/queries/mail/account-mails.ts";
import { type MailCatcher, startMailCatcher } from "../../../scripts/dev/mail-catcher.ts";
import { seedDemo } from "../../../scripts/seed.ts";
import { type AccountMailDeps, sendAccountMail } from "../../mail/account.server.ts";
import { createSmtpPost, type Post } from "../../mail/post.server.ts";
import { Secret } from "../../platform/secret.server.ts";
import { loader as frame } from "../../root.tsx";
import { action as account, loader as accountPage } from "../../routes/account.tsx";
import { action as login } from "../../routes/login.tsx";
import { action as forgot, loader as forgotPage } from "../../routes/login_.forgot.tsx";
import { action as reset, loader as resetPage } from "../../routes/login_.reset.tsx";
import {
  answerOf,
  call,
  get,
  openStage,
  origin,
  post,
  type Stage,
  signInAs,
  statusOf,
} from "../testing/stage.ts";
import { readViewer } from "./session.server.ts";

let stage: Stage;
let catcher: MailCatcher;
let smtp: Post;
let mail: AccountMailDeps;
const ana = "ana@luz.example";
const old = "curbe-demo";
const fresh = "a new and long one";

beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
  catcher = await startMailCatcher();
  smtp = createSmtpPost({ url: new Secret(catcher.smtpUrl), from: "Curbe <no-reply@curbe.example>" });
  const silent = { info() {}, warn() {}, error() {} };
  mail = { jobsDb: stage.database.as("app_jobs"), log: silent, outgoing: { post: smtp, origin } };
});
afterAll(async () => {
  smtp.close();
  await catcher.stop();
  await stage.database.drop();
});
beforeEach(async () => {
  stage.setUp({});
  catcher.forget();
  await stage.database.empty("login_limits", "users", "graphile_worker._private_jobs");
  await seedDemo(stage.database.url);
  await noteMailService(mail.jobsDb, true);
});

const signsIn = async (password: string, email = ana, cookie?: string, ip = "192.0.2.200") =>
  statusOf(await login(call(post("/login", { email, password }, { cookie, ip })))) === 303;
const isSignedIn = async (cookie: string) => (await readViewer(get("/", cookie))) !== null;
const change = (cookie: string, fields: Record<string, string>) =>
  account(call(post("/account", fields, { cookie })));
const cookiesOf = (answer: unknown) =>
  (answer as Response).headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
const mailRows = () =>
  stage.database.sql("select kind, state, reason from account_mails order by created_at");

/** Sends what waits, as the worker would. */
async function sendAll(deps: Partial<AccountMailDeps> = {}) {
  const jobs = await stage.database.sql<{ id: string }>(
    `select j.payload->>'mailId' as id from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'send_account_mail' order by j.id`,
  );
  for (const { id } of jobs) await sendAccountMail({ ...mail, ...deps }, { mailId: id, lastAttempt: false });
}

const ask = (email: string, ip?: string) => forgot(call(post("/login/forgot", { email }, ip ? { ip } : {})));
const linkIn = (text: string) => /https:\/\/\S+\/login\/reset\?token=[\w-]{43}/.exec(text)?.[0] ?? "";
const tokenOf = (link: string) => new URL(link).searchParams.get("token") ?? "";

/** Asks for a link, has it sent, and opens it: what the browser then sends along. */
async function openLink(email = ana): Promise<{ cookie: string; token: string }> {
  await ask(email);
  await sendAll();
  const link = linkIn(catcher.mails().at(-1)?.text ?? "");
  const answer = await answerOf(resetPage(call(get(link.slice(origin.length)))));
  return { cookie: cookiesOf(answer)[0] ?? "", token: tokenOf(link) };
}
const setWith = (cookie: string, password = fresh, ip?: string) =>
  reset(call(post("/login/reset", { password }, { cookie, ...(ip ? { ip } : {}) })));

describe("another password", () => {
  test("ends every other session and keeps this one, under a token of its own", async () => {
    const [here, there, eva] = [
      await signInAs(ana),
      await signInAs(ana),
      await signInAs("eva@norte.example"),
    ];
    const answer = (await change(here, { current: old, password: fresh })) as Response;
    expect(answer.status).toBe(303);
    const [now = ""] = cookiesOf(answer);
    expect(now).not.toBe(here);
    expect([await isSignedIn(here), await isSignedIn(there), await isSignedIn(now)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await isSignedIn(eva)).toBe(true);
    expect(await frame(call(get("/account", now)))).toMatchObject({ notice: "password_changed" });
    expect([await signsIn(old), await signsIn(fresh)]).toEqual([false, true]);
    await sendAll();
    expect(catcher.mails()).toMatchObject([{ to: [ana], headers: { subject: "Your password was changed" } }]);
  });

  test.each([
    ["nothing", {}, ["current missing", "password missing"]],
    ["a wrong present one", { current: "nope", password: fresh }, ["current wrong"]],
    ["the same again", { current: old, password: old }, ["password same"]],
    ["one too short", { current: old, password: "tiny777" }, ["password too_short"]],
    ["one too long", { current: old, password: "x1y".repeat(43) }, ["password too_long"]],
    ["one that all would try", { current: old, password: "password123" }, ["password too_common"]],
  ])("is not taken with %s, and says why without what was typed", async (_what, fields, problems) => {
    const cookie = await signInAs(ana);
    const answer = (await change(cookie, fields as Record<string, string>)) as {
      data: { problems: { field: string; kind: string }[] };
    };
    expect(statusOf(answer)).toBe(400);
    expect(answer.data.problems.map(({ field, kind }) => `${field} ${kind}`)).toEqual(problems);
    for (const typed of Object.values(fields)) expect(JSON.stringify(answer.data)).not.toContain(typed);
    expect([await isSignedIn(cookie), await signsIn(old)]).toEqual([true, true]);
    expect(await mailRows()).toEqual([]);
  });

  test("cannot be guessed at from a session: five tries, then a wait, also for the right one", async () => {
    const cookie = await signInAs(ana);
    for (let i = 0; i < 5; i++)
      expect(statusOf(await change(cookie, { current: "a guess", password: fresh }))).toBe(400);
    const refused = (await change(cookie, { current: old, password: fresh })) as { init: ResponseInit };
    expect(statusOf(refused)).toBe(429);
    expect(Number(new Headers(refused.init.headers).get("Retry-After"))).toBeGreaterThan(800);
  });

  test("set by two browsers at the same moment is set by one of them, which alone stays signed in", async () => {
    const cookies = [await signInAs(ana), await signInAs(ana)];
    const passwords = ["first of the two", "second of the two"];
    const answers = await Promise.all(
      cookies.map((cookie, i) => answerOf(change(cookie, { current: old, password: passwords[i] ?? "" }))),
    );
    const won = answers.map(
      (answer) => answer instanceof Response && answer.headers.get("location") === "/account",
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    const works = [];
    for (const password of passwords) works.push(await signsIn(password));
    expect(works).toEqual(won);
  });

  test.each([
    ["changed", "select app.replace_password(id, 'another hash', null) from users where email = $1"],
    [
      "set back by whoever disables and enables them",
      "update users set disabled_at = now() where email = $1",
    ],
    ["of somebody removed", "delete from memberships using users u where u.id = user_id and u.email = $1"],
  ])("opens no session once it is %s, also where it was checked a moment before", async (_what, change) => {
    const owner = new pg.Client({ connectionString: stage.database.url });
    await owner.connect();
    try {
      await owner.query("begin");
      await owner.query(change, [ana]);
      // The password is checked as it was, and its person's row is waited for.
      const signingIn = signsIn(old);
      await expect
        .poll(() =>
          stage.database.sql(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
          ),
        )
        .not.toEqual([]);
      await owner.query("commit");
      expect(await signingIn).toBe(false);
      await stage.database.sql("update users set disabled_at = null");
      expect(await stage.database.sql("select from sessions")).toEqual([]);
    } finally {
      await owner.end();
    }
  });

  test("needs somebody who is signed in", async () => {
    const refused = (await answerOf(account(call(post("/account", { act: "end_sessions" }))))) as Response;
    expect(refused.headers.get("location")).toBe("/login?returnTo=%2Faccount");
    expect(((await answerOf(accountPage(call(get("/account"))))) as Response).status).toBe(303);
  });
});

test("all other sessions end at a press, and are counted before", async () => {
  const [here, there, leo] = [await signInAs(ana), await signInAs(ana), await signInAs("leo@luz.example")];
  expect(await accountPage(call(get("/account", here)))).toEqual({ email: ana, otherSessions: 1 });
  const answer = (await change(here, { act: "end_sessions" })) as Response;
  expect(answer.headers.get("location")).toBe("/account");
  expect([await isSignedIn(here), await isSignedIn(there), await isSignedIn(leo)]).toEqual([
    true,
    false,
    true,
  ]);
  expect(await accountPage(call(get("/account", here)))).toMatchObject({ otherSessions: 0 });
  expect(await signsIn(old)).toBe(true);
});

describe("a forgotten password", () => {
  test("is set by a mailed link: once, all sessions end, and the person signs in with it", async () => {
    const before = await signInAs(ana);
    const { cookie, token } = await openLink();
    expect(catcher.mails()).toMatchObject([{ to: [ana], headers: { subject: "Set a new password" } }]);
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
      await stage.database.sql("select * from password_resets"),
      await stage.database.sql("select * from account_mails"),
      await stage.database.sql("select * from graphile_worker._private_jobs"),
    ]);
    expect(everything).not.toContain(token);
  });

  test("stores the token's SHA-256 and nothing else of its 256 bits", async () => {
    const { token } = await openLink();
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    const [row] = await stage.database.sql<{ hash: string }>(
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
    await stage.database.sql("update users set disabled_at = now() where email = 'max@norte.example'");
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
    expect(new Set(catcher.mails().flatMap(({ to }) => to))).toEqual(new Set([ana]));
  });

  test("answers whoever asks no sooner than after the time that is the same for all", async () => {
    const askedAfterMs = 500;
    stage.setUp({ askedAfterMs });
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
    expect(catcher.mails().map(({ to }) => to)).toEqual([[ana]]);
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
      const rows = await stage.database.sql("select from account_mails");
      return rows.length;
    };
    const pass = (span: string) =>
      stage.database.sql(`update password_resets set requested_at = requested_at - interval '${span}'`);
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
      stage.database.sql("select from password_resets where ended_at is null and expires_at > now()");
    expect(await standing()).toHaveLength(1);
    await stage.database.sql(
      `update password_resets set requested_at = requested_at - interval '31 minutes',
                                  expires_at = expires_at - interval '31 minutes'`,
    );
    expect(await standing()).toHaveLength(0);
    for (let i = 0; i < 5; i++) await ask(ana, `192.0.2.${10 + i}`);
    expect(await standing()).toHaveLength(1);
    expect(await stage.database.sql("select from password_resets")).toHaveLength(4);
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
    await stage.database.sql(statement);
    await stage.database.sql("update users set disabled_at = null");
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
    const [row] = await stage.database.sql(
      "select extract(epoch from expires_at - requested_at)::int as seconds from password_resets",
    );
    expect(row).toEqual({ seconds: 1_800 });
    await stage.database.sql("update password_resets set expires_at = now()");
    await sendAll();
    expect(catcher.mails()).toEqual([]);
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
    await noteMailService(mail.jobsDb, false);
    stage.setUp({ operatorEmail: "ops@curbe.example" });
    expect(await forgotPage()).toEqual({ byMail: false, operator: "ops@curbe.example" });
    await ask(ana);
    await sendAll({ outgoing: undefined });
    expect(await mailRows()).toEqual([{ kind: "password_reset", state: "not_sent", reason: "off" }]);
  });
});
