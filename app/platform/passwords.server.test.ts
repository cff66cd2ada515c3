import { describe, expect, test } from "vitest";
import { hashPassword, PasswordsBusyError, refuseNewPassword, verifyPassword } from "./passwords.server.ts";

describe("a password's hash", () => {
  test("is argon2id with 19 MiB and two passes, and never the same twice", async () => {
    const [one, two] = await Promise.all([hashPassword("curbe-demo"), hashPassword("curbe-demo")]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  test("opens with that password only", async () => {
    const stored = await hashPassword("curbe-demo");
    expect(await verifyPassword(stored, "curbe-demo")).toBe(true);
    expect(await verifyPassword(stored, "curbe-demO")).toBe(false);
  });

  test("for somebody who is not there is work all the same", async () => {
    const stored = await hashPassword("curbe-demo");
    // The fastest of each, which comes nearer to its cost with every try: what else the machine does only ever adds.
    const fastest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
    const isAlike = () => Math.abs(Math.log2(fastest.unknown / fastest.known)) < 1;
    for (let tries = 0; tries < 12 || (tries < 200 && !isAlike()); tries += 1) {
      for (const [who, hash] of [
        ["known", stored],
        ["unknown", undefined],
      ] as const) {
        const started = performance.now();
        expect(await verifyPassword(hash, "something else")).toBe(false);
        fastest[who] = Math.min(fastest[who], performance.now() - started);
      }
    }
    expect(fastest.unknown / fastest.known).toBeGreaterThan(0.5);
    expect(fastest.unknown / fastest.known).toBeLessThan(2);
  });

  test("that is none opens with nothing", async () => {
    for (const stored of ["none", "", "$2b$10$abc"]) expect(await verifyPassword(stored, "none")).toBe(false);
  });

  test("is not computed for everybody at once: past a queue the answer is no", async () => {
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => hashPassword("curbe-demo")));
    const refused = all.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(80 - 4 - 64);
    for (const one of refused) expect(one.reason).toBeInstanceOf(PasswordsBusyError);
    expect(await hashPassword("afterwards")).toMatch(/^\$argon2id/);
  });
});

describe("a new password", () => {
  test.each([
    "seven77",
    "x".repeat(129),
    "password123",
    "PassWord1",
    "12345678",
    "aaaaaaaaaaaa",
    "abababababab",
    "a long\u0000 and odd one",
    "a long\ud800 and odd one",
  ])("%s is refused in a sentence", (password) => {
    expect(refuseNewPassword(password)).toMatch(/^[A-Z].*\.$/);
  });

  test.each(["curbe-demo", "correct horse battery staple", "ñandú en la pampa", "x1y2z3".repeat(21)])(
    "%s is taken",
    (password) => {
      expect(refuseNewPassword(password)).toBeUndefined();
    },
  );
});
