/** Changing one's password and ending one's other sessions, by their routes. */
import pg from "pg";
import { describe, expect, test } from "vitest";
import { loader as frame } from "../../root.tsx";
import { action as account, loader as accountPage } from "../../routes/account.tsx";
import { answerOf, call, get, post, signInAs, statusOf } from "../testing/stage.ts";
import { accountStage, ana, fresh, old } from "./testing/account-stage.ts";

const { on, server, signsIn, isSignedIn, change, cookiesOf, mailRows, sendAll } = accountStage();

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
    expect(server.catcher.mails()).toMatchObject([
      { to: [ana], headers: { subject: "Your password was changed" } },
    ]);
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
    const owner = new pg.Client({ connectionString: on.stage.database.url });
    await owner.connect();
    try {
      await owner.query("begin");
      await owner.query(change, [ana]);
      // The password is checked as it was, and its person's row is waited for.
      const signingIn = signsIn(old);
      await expect
        .poll(() =>
          on.stage.database.sql(
            "select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
          ),
        )
        .not.toEqual([]);
      await owner.query("commit");
      expect(await signingIn).toBe(false);
      await on.stage.database.sql("update users set disabled_at = null");
      expect(await on.stage.database.sql("select from sessions")).toEqual([]);
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
