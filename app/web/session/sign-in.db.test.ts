import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { action as login, loader as loginPage } from "../../routes/login.tsx";
import { answerOf, call, cookieOf, get, openStage, post, type Stage, statusOf } from "../testing/stage.ts";
import { failuresPerAddress, failuresPerPersonAndAddress } from "./login-limits.server.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
});
afterAll(() => stage.database.drop());
beforeEach(async () => {
  await stage.database.sql("delete from login_limits");
  stage.setUp({});
});

const right = { email: "ana@luz.example", password: "curbe-demo" };
const wrong = { email: "ana@luz.example", password: "curbe-dem0" };
const tryIn = (fields: Record<string, string>, ip?: string) =>
  login(call(post("/login", fields, ip ? { ip } : {})));

describe("signing in", () => {
  test("with the right password leads to the integrations page with a session that scripts cannot read", async () => {
    const answer = (await tryIn(right)) as Response;
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/settings/integrations");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-curbe_session=/);
    expect(cookie).toMatch(/; Path=\/(;|$)/);
    for (const mark of ["HttpOnly", "Secure", "SameSite=Lax", "Max-Age=2592000"])
      expect(cookie).toContain(mark);
    expect(cookie).not.toMatch(/Domain=/i);
    expect(cookie.length).toBeLessThan(4_096);
  });

  test("on plain http the cookie has a plain name and no Secure, or a browser would drop it", async () => {
    stage.setUp({ secureCookies: false });
    const cookie = ((await tryIn(right)) as Response).headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^curbe_session=/);
    expect(cookie).not.toContain("Secure");
  });

  test("takes the address in any case and with spaces around it", async () => {
    expect(statusOf(await tryIn({ ...right, email: "  ANA@luz.Example " }))).toBe(303);
  });

  test("leads back to where the person wanted to go, if that is a page of ours", async () => {
    const to = async (returnTo: string) =>
      ((await tryIn({ ...right, returnTo })) as Response).headers.get("location");
    expect(await to("/conversations?after=2026-01-01")).toBe("/conversations?after=2026-01-01");
    expect(await to("//evil.test")).toBe("/settings/integrations");
  });

  test("somebody who is signed in is led past the page", async () => {
    const cookie = cookieOf(await tryIn(right));
    const answer = await answerOf(loginPage(call(get("/login?returnTo=/conversations", cookie))));
    expect((answer as Response).headers.get("location")).toBe("/conversations");
  });
});

describe("a refused sign-in", () => {
  test("says the same for a wrong password, an unknown address and a disabled person", async () => {
    await stage.database.sql("update users set disabled_at = now() where email = 'leo@luz.example'");
    const answers = [
      await tryIn(wrong),
      await tryIn({ email: "nobody@luz.example", password: "curbe-demo" }),
      await tryIn({ email: "leo@luz.example", password: "curbe-demo" }),
    ];
    await stage.database.sql("update users set disabled_at = null");
    for (const answer of answers) {
      expect(statusOf(answer)).toBe(400);
      expect(answer).toMatchObject({ data: { refusal: { kind: "wrong" } } });
    }
  });

  test("keeps the address and never the password", async () => {
    const answer = await tryIn(wrong);
    expect(answer).toMatchObject({ data: { email: "ana@luz.example" } });
    expect(JSON.stringify(answer)).not.toContain(wrong.password);
  });

  test.each([
    ["nothing", {}, ["email", "password"]],
    ["no password", { email: "ana@luz.example" }, ["password"]],
  ])("names what is missing: %s", async (_name, fields, missing) => {
    const answer = await tryIn(fields);
    expect(statusOf(answer)).toBe(400);
    expect(answer).toMatchObject({ data: { refusal: { kind: "incomplete", missing } } });
  });

  test("a body that is no form is an incomplete one", async () => {
    for (const [type, body] of [
      ["application/json", "{}"],
      ["multipart/form-data; boundary=x", "rubbish"],
    ] as const) {
      const request = new Request("https://app.curbe.test/login", {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
      expect(statusOf(await login(call(request)))).toBe(400);
    }
  });
});

describe("the limits", () => {
  test("five failures of a person from an address, then 429 with the time to wait, even for the right password", async () => {
    for (let i = 0; i < failuresPerPersonAndAddress.points; i += 1) {
      expect(statusOf(await tryIn(wrong))).toBe(400);
    }
    const answer = (await tryIn(right)) as { init: { headers: Record<string, string> } };
    expect(statusOf(answer)).toBe(429);
    const wait = Number(answer.init.headers["Retry-After"]);
    expect(wait).toBeGreaterThan(14 * 60);
    expect(wait).toBeLessThanOrEqual(15 * 60);
  });

  test("never lock the account: from another address the person gets in", async () => {
    for (let i = 0; i < 8; i += 1) await tryIn(wrong, "203.0.113.9");
    expect(statusOf(await tryIn(right, "203.0.113.9"))).toBe(429);
    expect(statusOf(await tryIn(right, "203.0.113.10"))).toBe(303);
  });

  test("twenty failures a minute from one address, whoever they are for", async () => {
    const people = Array.from({ length: failuresPerAddress.points }, (_, i) => `person${i}@luz.example`);
    for (const email of people) {
      expect(statusOf(await tryIn({ email, password: "guess-guess" }, "2001:db8::1"))).toBe(400);
    }
    expect(statusOf(await tryIn(right, "2001:db8::2"))).toBe(429);
  });

  test("sign-ins that succeed do not count", async () => {
    for (let i = 0; i < failuresPerAddress.points + 5; i += 1) expect(statusOf(await tryIn(right))).toBe(303);
  });

  test("attempts side by side do not slip past", async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => tryIn(wrong)));
    const checked = answers.filter((answer) => statusOf(answer) === 400);
    expect(checked).toHaveLength(failuresPerPersonAndAddress.points);
  });

  test("the counters name neither addresses nor people", async () => {
    await tryIn(wrong, "203.0.113.77");
    const rows = await stage.database.sql<{ key: string }>("select key from login_limits");
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toMatch(/203\.0|ana@/);
  });
});
