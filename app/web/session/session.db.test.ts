import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { loader as frame } from "../../root.tsx";
import { action as logout } from "../../routes/logout.tsx";
import { redirectWithNotice } from "../frame/frame.server.ts";
import { answerOf, call, cookieOf, get, openStage, post, type Stage, signInAs } from "../testing/stage.ts";
import { readViewer, requireApiViewer, requireViewer, sessionStorage } from "./session.server.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
});
afterAll(() => stage.database.drop());
beforeEach(() => stage.setUp({}));

const viewerWith = (cookie: string) => readViewer(get("/", cookie));

describe("a session", () => {
  test("is the person in their workspace, with the role they have now", async () => {
    const cookie = await signInAs("leo@luz.example");
    expect(await viewerWith(cookie)).toMatchObject({
      email: "leo@luz.example",
      role: "member",
      tenantName: "Panadería Luz",
    });
    await stage.database.sql(
      "update memberships set role = 'admin' where user_id = (select id from users where email = 'leo@luz.example')",
    );
    expect(await viewerWith(cookie)).toMatchObject({ role: "admin" });
    await stage.database.sql(
      "update memberships set role = 'member' where user_id = (select id from users where email = 'leo@luz.example')",
    );
  });

  test("stores only the SHA-256 of the token", async () => {
    const cookie = await signInAs("ana@luz.example");
    const session = await sessionStorage().getSession(cookie);
    const hash = createHash("sha256").update(session.id).digest("hex");
    const found = await stage.database.sql(`select 1 from sessions where encode(token_hash, 'hex') = $1`, [
      hash,
    ]);
    expect(found).toHaveLength(1);
    expect(Buffer.from(session.id, "base64url")).toHaveLength(32);
    const everything = JSON.stringify(await stage.database.sql("select * from sessions"));
    expect(everything).not.toContain(session.id);
  });

  test("begins anew at sign-in, and the one the browser came with is over", async () => {
    const before = await signInAs("eva@norte.example");
    const after = await signInAs("ana@luz.example", before);
    expect(after).not.toBe(before);
    expect(await viewerWith(before)).toBeNull();
    expect(await viewerWith(after)).toMatchObject({ email: "ana@luz.example" });
  });

  test("ends in the database at sign-out: the old cookie opens nothing", async () => {
    const cookie = await signInAs("ana@luz.example");
    const answer = await logout(call(post("/logout", {}, { cookie })));
    expect(answer.status).toBe(303);
    expect(answer.headers.get("set-cookie")).toMatch(/Expires=Thu, 01 Jan 1970/);
    expect(await viewerWith(cookie)).toBeNull();
  });

  test("signing out without one is no error", async () => {
    expect((await logout(call(post("/logout", {})))).status).toBe(303);
  });

  test.each([
    ["seven days without a visit", "last_seen_at = now() - interval '7 days 1 minute'", false],
    ["almost seven days", "last_seen_at = now() - interval '6 days 23 hours'", true],
    ["the thirtieth day over", "expires_at = now() - interval '1 second'", false],
  ])("after %s", async (_name, change, lives) => {
    const cookie = await signInAs("ana@luz.example");
    await stage.database.sql(`update sessions set ${change}`);
    expect((await viewerWith(cookie)) !== null).toBe(lives);
    await stage.database.sql("delete from sessions");
  });

  test("is prolonged by a visit, at most once in a minute", async () => {
    const cookie = await signInAs("ana@luz.example");
    const sinceSeen = async () => {
      const [row] = await stage.database.sql<{ seconds: number }>(
        "select extract(epoch from clock_timestamp() - last_seen_at)::float8 as seconds from sessions",
      );
      return row?.seconds;
    };
    await stage.database.sql("update sessions set last_seen_at = now() - interval '6 days 23 hours'");
    await viewerWith(cookie);
    expect(await sinceSeen()).toBeLessThan(30);
    await stage.database.sql("update sessions set last_seen_at = now() - interval '50 seconds'");
    await viewerWith(cookie);
    expect(await sinceSeen()).toBeGreaterThan(49);
    await stage.database.sql("delete from sessions");
  });

  test("lasts thirty days and not longer, however often it is used", async () => {
    await stage.database.sql("delete from sessions");
    const cookie = await signInAs("ana@luz.example");
    const left = () =>
      stage.database.sql(
        `select round(extract(epoch from expires_at - created_at) / 86400)::int as days,
                round(extract(epoch from expires_at - now()) / 86400)::int as still from sessions`,
      );
    expect(await left()).toEqual([{ days: 30, still: 30 }]);
    // Twenty days later, with a visit an hour ago and another one now.
    await stage.database.sql(
      `update sessions set created_at = created_at - interval '20 days', expires_at = expires_at - interval '20 days',
                           last_seen_at = now() - interval '1 hour'`,
    );
    expect(await viewerWith(cookie)).not.toBeNull();
    expect(await left()).toEqual([{ days: 30, still: 10 }]);
  });

  test("ends with the person's account and with their membership", async () => {
    const max = await signInAs("max@norte.example");
    const eva = await signInAs("eva@norte.example");
    await stage.database.sql("update users set disabled_at = now() where email = 'max@norte.example'");
    await stage.database.sql(
      "delete from memberships where user_id = (select id from users where email = 'eva@norte.example')",
    );
    expect(await viewerWith(max)).toBeNull();
    expect(await viewerWith(eva)).toBeNull();
  });

  test("a cookie with another signature, or none, is no cookie", async () => {
    const cookie = await signInAs("ana@luz.example");
    stage.setUp({ sessionSecrets: ["another secret that is long enough, too"] });
    expect(await viewerWith(cookie)).toBeNull();
    stage.setUp({
      sessionSecrets: ["a new secret, the old one still counts", ...stage.services.sessionSecrets],
    });
    expect(await viewerWith(cookie)).not.toBeNull();
    expect(await viewerWith(cookie.replace(/\.[^.]*$/, ""))).toBeNull();
    expect(await viewerWith("__Host-curbe_session=rubbish")).toBeNull();
  });
});

describe("without a session", () => {
  test("a page leads to the sign-in and back", async () => {
    const answer = (await answerOf(requireViewer(get("/conversations?after=x")))) as Response;
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/login?returnTo=%2Fconversations%3Fafter%3Dx");
  });

  test("an address of the API, which may hold a code, is not carried along", async () => {
    const request = get("/api/integrations/meta/whatsapp/callback?code=canary&state=canary");
    const answer = (await answerOf(requireViewer(request))) as Response;
    expect(answer.headers.get("location")).toBe("/login");
  });

  test("the API answers 401 in JSON", async () => {
    const answer = (await answerOf(requireApiViewer(get("/api/x")))) as Response;
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({ error: "unauthenticated" });
  });
});

describe("a message over a redirect", () => {
  test("is shown once", async () => {
    const cookie = await signInAs("ana@luz.example");
    const answer = await redirectWithNotice(get("/x", cookie), "/settings/integrations", "disconnected");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/settings/integrations");
    expect(cookieOf(answer)).toBe(cookie);
    expect(await frame(call(get("/", cookie)))).toMatchObject({ notice: "disconnected" });
    expect(await frame(call(get("/", cookie)))).toMatchObject({ notice: undefined });
  });

  test("is dropped for whoever has no session", async () => {
    const answer = await redirectWithNotice(get("/x"), "/settings/integrations", "disconnected");
    expect(answer.status).toBe(303);
    expect(answer.headers.get("set-cookie")).toBeNull();
  });

  test("what a session is asked to keep beyond 1 kB is forgotten, and the session lives", async () => {
    const cookie = await signInAs("ana@luz.example");
    const session = await sessionStorage().getSession(cookie);
    session.set("notice", "x".repeat(2_000));
    await sessionStorage().commitSession(session);
    expect(await viewerWith(cookie)).not.toBeNull();
    expect(await frame(call(get("/", cookie)))).toMatchObject({ notice: undefined });
  });
});
