/**
 * Guessing passwords from one address, from a thousand, and at one person, as it arrives behind one proxy. What is
 * counted is how many passwords were checked, on a clock that the test moves; hashing itself stands aside.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from "vitest";
import { byTier } from "#db/testing/tier.ts";
import type { Asker } from "../../platform/fair-turns.server.ts";
import { PasswordsBusyError } from "../../platform/passwords.server.ts";
import { action as login } from "../../routes/login.tsx";
import { call, openStage, origin, type Stage, statusOf } from "../testing/stage.ts";
import {
  failuresPerAddress,
  failuresPerKnownPlace,
  failuresPerPerson,
  failuresPerPersonAndAddress,
  triesOfAllOthers,
  triesOfNewNetwork,
} from "./login-limits.server.ts";

const checks: Asker[] = [];
let busy = false;
vi.mock("../../platform/passwords.server.ts", async (importOriginal) => {
  const real = await importOriginal<typeof import("../../platform/passwords.server.ts")>();
  return {
    ...real,
    async verifyPassword(stored: string | undefined, password: string, asker: Asker) {
      if (busy) throw new PasswordsBusyError("busy");
      checks.push(asker);
      return stored !== undefined && password === "curbe-demo";
    },
  };
});

/** A thousand addresses and ten posts of each are what the product is held to; an ordinary run has more than a day allows. */
const addresses = byTier(failuresPerPerson.points + 30, 1_000);
const postsOfEach = byTier(2, 10);
vi.setConfig({ testTimeout: 60_000 + addresses * postsOfEach * 200 });
const ana = "ana@luz.example";
const minute = 60_000;
const hour = 60 * minute;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(inject("adminUrl"), inject("template"));
});
afterAll(() => stage.database.drop());
beforeEach(async () => {
  await stage.database.empty("login_limits", "account_mails");
  stage.setUp({ trustedProxyHops: 1 });
  vi.useFakeTimers({ toFake: ["Date"] });
  checks.length = 0;
  busy = false;
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => vi.setSystemTime(Date.now() + ms);
const addressOf = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;

interface Try {
  email?: string;
  password?: string;
  /** As our proxy writes it, after whatever the caller claimed. */
  seen: string;
  cookie?: string | undefined;
}

function attempt({ email = ana, password = "a guess", seen, cookie }: Try) {
  const request = new Request(`${origin}/login`, {
    method: "POST",
    body: new URLSearchParams({ email, password }),
    headers: {
      "x-client-ip": "127.0.0.1",
      "x-forwarded-for": `203.0.113.${Math.floor(Math.random() * 250)}, ${seen}`,
      ...(cookie ? { cookie } : {}),
    },
  });
  return login(call(request));
}

async function statusesOf(tries: Try[]): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const open = [...tries];
  const work = async () => {
    for (let one = open.shift(); one; one = open.shift()) {
      const status = statusOf(await attempt(one));
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return counts;
}

/** The same person from each address in turn, `postsOfEach` times. */
const flood = (email = ana) =>
  Array.from({ length: addresses * postsOfEach }, (_, i) => ({
    email,
    password: `guess ${i}`,
    seen: addressOf(i % addresses),
  }));

const signInFrom = async (seen: string, more: Partial<Try> = {}) =>
  statusOf(await attempt({ password: "curbe-demo", seen, ...more }));

/** What the browser keeps of a sign-in, but for the session. */
async function deviceAfterSigningInFrom(seen: string): Promise<string> {
  const answer = (await attempt({ password: "curbe-demo", seen })) as Response;
  const device = answer.headers.getSetCookie().find((cookie) => cookie.startsWith("__Host-curbe_device="));
  return device?.split(";")[0] ?? "";
}

test("the limits that are counted with here are those of app/README.md", () => {
  const minutes = (count: number) => count * 60;
  const days = (count: number) => minutes(count * 24 * 60);
  expect([failuresPerAddress, failuresPerPersonAndAddress, failuresPerPerson, failuresPerKnownPlace]).toEqual(
    [
      { points: 20, duration: minutes(1) },
      { points: 5, duration: minutes(15) },
      { points: 50, duration: days(1) },
      { points: 20, duration: days(1) },
    ],
  );
  expect([triesOfNewNetwork, triesOfAllOthers]).toEqual([
    { points: 1, duration: days(30) },
    { points: 2, duration: minutes(60) },
  ]);
});

describe("one address", () => {
  test("has twenty passwords a minute checked, whoever they are for", async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({
      email: `p${i}@luz.example`,
      seen: "198.51.100.1",
    }));
    expect(await statusesOf(many)).toEqual({ 400: failuresPerAddress.points, 429: 80 });
    expect(checks).toHaveLength(failuresPerAddress.points);
    later(minute + 1);
    await statusesOf(many);
    expect(checks).toHaveLength(2 * failuresPerAddress.points);
    expect(await signInFrom("198.51.100.2")).toBe(303);
  });

  test("is not another one by its port, its brackets or what it claims to be", async () => {
    const spellings = ["198.51.100.1", "198.51.100.1:4711", "::ffff:198.51.100.1", "[::ffff:c633:6401]:80"];
    const many = Array.from({ length: 80 }, (_, i) => ({
      email: `p${i}@luz.example`,
      seen: spellings[i % spellings.length] ?? "",
    }));
    await statusesOf(many);
    expect(checks).toHaveLength(failuresPerAddress.points);
  });

  test("of IPv6 is counted with its neighbours of the same customer, and not with others", async () => {
    const of = (subnet: number) => `2001:db8:5:${subnet.toString(16)}::1`;
    const addresses = Array.from({ length: 100 }, (_, i) => ({ email: `p${i}@luz.example`, seen: of(i) }));
    await statusesOf(addresses);
    expect(checks).toHaveLength(60);
    checks.length = 0;
    later(hour);
    await statusesOf(Array.from({ length: 50 }, (_, i) => ({ seen: `[${of(i)}]:443` })));
    expect(checks).toHaveLength(15);
    expect(await signInFrom("2001:db8:6::1")).toBe(303);
  });
});

describe("one person", () => {
  test("is the same in every spelling of the address", async () => {
    const spellings = ["ANA@luz.example", " Ana@LUZ.Example ", "ａｎａ@luz.example", "ana＠luz.example", ana];
    for (const email of spellings) expect(statusOf(await attempt({ email, seen: "198.51.100.1" }))).toBe(400);
    expect(spellings).toHaveLength(failuresPerPersonAndAddress.points);
    for (const email of [...spellings, "Ａna@luz.example"])
      expect(statusOf(await attempt({ email, seen: "198.51.100.1" }))).toBe(429);
    expect(await signInFrom("198.51.100.2", { email: "ＡＮＡ@LUZ.EXAMPLE" })).toBe(303);
  });

  test("guessed at from many addresses has few passwords checked, today, tomorrow and the day after", async () => {
    const day: number[] = [];
    for (let i = 0; i < 3; i++) {
      checks.length = 0;
      for (let hours = 0; hours < 24; hours++) {
        await statusesOf(hours % 12 === 0 ? flood() : flood().slice(0, 4));
        later(hour + 1_000);
      }
      day.push(checks.length);
    }
    const [first = 0, ...others] = day;
    const { points: daily } = failuresPerPerson;
    console.log(`${addresses} addresses, 3 days: ${day.join(", ")} passwords looked at`);
    expect(first).toBeGreaterThan(addresses);
    expect(first).toBeLessThanOrEqual(daily + addresses + 24 * triesOfAllOthers.points);
    for (const looked of others) {
      expect(looked).toBeGreaterThan(daily);
      expect(looked).toBeLessThanOrEqual(2 * daily + 25 * triesOfAllOthers.points);
    }
  });

  test("gets in at once from an address that has not failed, from a device and from a network of theirs", async () => {
    const device = await deviceAfterSigningInFrom("192.0.2.1");
    await signInFrom("192.0.2.2");
    const started = performance.now();
    const counts = await statusesOf(flood());
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    console.log(`${addresses * postsOfEach} posts, ${checks.length} checked, ${seconds} s`, counts);
    expect(checks.length).toBeGreaterThan(addresses);
    expect(checks.length).toBeLessThanOrEqual(
      2 + failuresPerPerson.points + addresses + triesOfAllOthers.points,
    );
    // In the middle of it, from places that have guessed themselves, too.
    const [attack] = await Promise.all([
      statusesOf(flood()),
      signInFrom("192.0.2.3").then((status) => expect(status).toBe(303)),
      signInFrom("192.0.2.4", { cookie: device }).then((status) => expect(status).toBe(303)),
      signInFrom("192.0.2.2").then((status) => expect(status).toBe(303)),
    ]);
    expect(attack[303]).toBeUndefined();
    expect(checks.length).toBeLessThanOrEqual(
      5 + failuresPerPerson.points + addresses + triesOfAllOthers.points,
    );
  });

  test("may mistype where they are known, whatever others do; where they are not they wait an hour at most", async () => {
    const device = await deviceAfterSigningInFrom("192.0.2.1");
    await statusesOf(flood());
    for (let i = 0; i < 4; i++)
      expect(statusOf(await attempt({ seen: "192.0.2.9", cookie: device }))).toBe(400);
    expect(await signInFrom("192.0.2.9", { cookie: device })).toBe(303);
    expect(statusOf(await attempt({ seen: "192.0.2.10" }))).toBe(400);
    const refused = (await attempt({ seen: "192.0.2.10", password: "curbe-demo" })) as {
      init: { headers: Record<string, string> };
    };
    expect(statusOf(refused)).toBe(429);
    const wait = Number(refused.init.headers["Retry-After"]);
    expect(wait).toBeLessThanOrEqual(3_600);
    later(wait * 1_000);
    expect(await signInFrom("192.0.2.10")).toBe(303);
  });

  test("is no better protected, and no worse, for not being there: the answers are the same", async () => {
    const again = flood().slice(0, 40);
    const script = [...flood().slice(0, 120), ...again, ...again];
    const answers = async (email: string) => {
      checks.length = 0;
      const statuses: number[] = [];
      for (const one of script) statuses.push(statusOf(await attempt({ ...one, email })));
      return { statuses, checks: checks.length };
    };
    const there = await answers(ana);
    expect(new Set(there.statuses)).toEqual(new Set([400, 429]));
    expect(await answers("nobody@luz.example")).toEqual(there);
  });

  test("is told by one mail in a day, and nobody is told of a person who is not there", async () => {
    await statusesOf(flood("nobody@luz.example"));
    expect(await stage.database.sql("select from account_mails")).toHaveLength(0);
    await statusesOf(flood());
    await statusesOf(flood());
    const mails = "select u.email, m.kind from account_mails m join users u on u.id = m.user_id";
    expect(await stage.database.sql(mails)).toEqual([{ email: ana, kind: "sign_in_failures" }]);
    later(24 * hour + minute);
    await stage.database.sql("update account_mails set created_at = now() - interval '25 hours'");
    await statusesOf(flood());
    expect(await stage.database.sql(mails)).toHaveLength(2);
  });
});

describe("a known device", () => {
  test("has an allowance of its own, and no more", async () => {
    const device = await deviceAfterSigningInFrom("192.0.2.1");
    await statusesOf(flood());
    checks.length = 0;
    for (let i = 0; i < 60; i++) {
      await attempt({ seen: addressOf(i), cookie: device });
      if (i % 4 === 3) later(16 * minute);
    }
    expect(checks.length).toBeGreaterThanOrEqual(failuresPerKnownPlace.points);
    const others = Math.ceil((15 * 16) / 60 + 1) * triesOfAllOthers.points;
    expect(checks.length).toBeLessThanOrEqual(failuresPerKnownPlace.points + others);
  });

  test("is known for the people who signed in there, by our own mark alone", async () => {
    const device = await deviceAfterSigningInFrom("192.0.2.1");
    await statusesOf(flood());
    await attempt({ seen: "192.0.2.9" });
    const forged = [
      device.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      `${device}x`,
      device.slice(0, -2),
    ];
    for (const cookie of [...forged, "__Host-curbe_device=x.y", "__Host-curbe_device="])
      expect(await signInFrom("192.0.2.9", { cookie })).toBe(429);
    stage.setUp({ trustedProxyHops: 1, sessionSecrets: ["another secret that is long enough, too"] });
    expect(await signInFrom("192.0.2.9", { cookie: device })).toBe(429);
  });

  test("is known no more once the password is another one, and neither is a network", async () => {
    const stored = "select password_hash as hash from users where email = $1";
    const [was] = await stage.database.sql<{ hash: string }>(stored, [ana]);
    const device = await deviceAfterSigningInFrom("192.0.2.1");
    const replace = "update users set password_hash = $2 where email = $1";
    await stage.database.sql(replace, [ana, "$argon2id$another"]);
    try {
      await statusesOf(flood());
      checks.length = 0;
      for (let i = 0; i < 20; i++) await attempt({ seen: "192.0.2.1", cookie: device });
      // What is left is what any network has that never failed.
      expect(checks).toHaveLength(1);
      expect(await signInFrom("192.0.2.2", { cookie: device })).toBe(303);
    } finally {
      await stage.database.sql(replace, [ana, was?.hash]);
    }
  });

  test("keeps the marks of four people and says neither who they are nor whether", async () => {
    let cookie = "";
    for (const email of [
      ana,
      "leo@luz.example",
      "eva@norte.example",
      "max@norte.example",
      "ops@curbe.example",
    ]) {
      const answer = (await attempt({
        email,
        password: "curbe-demo",
        seen: "192.0.2.1",
        cookie,
      })) as Response;
      const [, device = ""] = answer.headers.getSetCookie();
      for (const mark of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"]) expect(device).toContain(mark);
      cookie = device.split(";")[0] ?? "";
    }
    expect(cookie.split(".")).toHaveLength(5);
    // Whoever signed in first of the five is forgotten; each has failed once at the address they come from.
    for (const [email, status] of [
      [ana, 429],
      ["max@norte.example", 303],
    ] as const) {
      await statusesOf(flood(email));
      await attempt({ email, seen: "192.0.2.77" });
      expect(await signInFrom("192.0.2.77", { email, cookie })).toBe(status);
    }
  });
});

test("an attempt that nobody had time for costs nothing", async () => {
  busy = true;
  for (let i = 0; i < 30; i++) expect(await signInFrom("192.0.2.5")).toBe(429);
  busy = false;
  expect(await signInFrom("192.0.2.5")).toBe(303);
});
