import { describe, expect, test } from "vitest";
import type { OldConnection } from "../older/old-connection.ts";
import { readStoredToken } from "../older/stored-tokens.ts";
import { oneHolderEach } from "./number-holders.ts";
import { settle } from "./settle.ts";

const now = new Date("2026-03-01T12:00:00Z");
const setting = { now, toE164: (text: string) => (text.startsWith("+") ? text.replaceAll(" ", "") : null) };
const old = (changed: Partial<OldConnection> = {}): OldConnection => ({
  at: "(0,1)",
  id: "c1",
  tenantId: "t1",
  status: "active",
  wabaId: "9",
  phoneNumberId: "1",
  phoneNumberE164: "+52 55",
  accessTokenEnc: null,
  hasOtherCiphertext: false,
  tokens: { access_token: "tok-1" },
  scopes: null,
  metadata: null,
  createdAt: 1,
  updatedAt: 1,
  ...changed,
});
const settled = (changed: Partial<OldConnection> = {}) => settle(old(changed), setting);

describe("a stored token", () => {
  test.each([
    ["EAAGm0PX4ZCpsBAxyz0123", "plain", "plain"],
    ["tok-1", "plain", "foreign"],
    ["a plain sentence, with dots. Yes", "plain", "foreign"],
    ["v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", "sealed", "sealed"],
    ["bm9uY2Vub25jZQ==.Y2lwaGVydGV4dA==.dGFndGFndGFndGFn", "foreign", "foreign"],
    ["00112233445566778899aabb:deadbeefdeadbeef", "foreign", "foreign"],
    ['{"iv":"a","tag":"b"}', "foreign", "foreign"],
    ["enc:abc", "foreign", "foreign"],
    ["vault:v1:abc", "foreign", "foreign"],
    ["gAAAAABk", "foreign", "foreign"],
  ])("%s is %s where plain ones belong, and %s elsewhere", (value, inPlain, elsewhere) => {
    expect(readStoredToken(value, true)).toBe(inPlain);
    expect(readStoredToken(value, false)).toBe(elsewhere);
  });
});

describe("a connection by itself", () => {
  test("keeps what is whole, its number as it is dialled", () => {
    expect(settled()).toMatchObject({
      status: "active",
      cause: null,
      plainToken: "tok-1",
      phoneNumberE164: "+5255",
    });
    expect(settled({ phoneNumberE164: "ext. 5" }).phoneNumberE164).toBe("ext. 5");
  });

  test.each([
    [{ wabaId: null }, "incomplete"],
    [{ phoneNumberId: null }, "incomplete"],
    [{ tokens: {} }, "incomplete"],
    [{ status: "connected" }, "status_unknown"],
    [{ status: "ACTIVE" }, "status_unknown"],
    [{ status: null }, "status_unknown"],
    [{ tokens: {}, accessTokenEnc: "0011:2233" }, "token_unreadable"],
    [{ tokens: {}, accessTokenEnc: "0011:2233", status: "pending" }, "token_unreadable"],
    [{ tokens: {}, hasOtherCiphertext: true }, "token_unreadable"],
    [{ tokens: { access_token: "enc:1" } }, "token_unreadable"],
    [{ status: "pending", wabaId: null, tokens: {} }, null],
    [{ status: "error", tokens: {} }, null],
    [{ status: "revoked", wabaId: null, accessTokenEnc: "0011:2233" }, null],
  ])("%j has the cause %s", (changed, cause) => {
    expect(settled(changed).cause).toBe(cause);
  });

  test("that is revoked keeps no token in any form", () => {
    const row = settled({
      status: "revoked",
      accessTokenEnc: "v1.AAAAAAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
    });
    expect(row).toMatchObject({ plainToken: null, accessTokenEnc: null, emptied: ["access_token"] });
  });

  test("has its plain tokens nowhere in what is written", () => {
    const row = settled({
      tokens: { credential: "s3cret", access_token: "0ther" },
      metadata: { access_token: "s3cret", list: [{ deep: "Bearer s3cret" }], note: "0ther" },
    });
    expect(row.plainToken).toBe("s3cret");
    expect(JSON.stringify(row.metadata)).not.toMatch(/s3cret|0ther/);
    expect(row.emptied).toEqual(["credential", "access_token", "metadata"]);
  });

  test.each([
    [["a"], ["a"]],
    ["a, b  c", ["a", "b", "c"]],
    ['["a"]', ["a"]],
    ['"a b"', ["a", "b"]],
    [{ a: 1 }, []],
    [[1], []],
    ["[", []],
  ])("has of the scopes %j the list %j", (scopes, list) => {
    expect(settled({ scopes }).scopes).toEqual(list);
  });
});

describe("a number", () => {
  const rows = (...changed: Partial<OldConnection>[]) =>
    oneHolderEach(
      changed.map((one, at) => settled({ at: `(0,${at})`, id: `c${at}`, ...one })),
      now,
    ).rows.map(({ status, phoneNumberId }) => `${status} ${phoneNumberId}`);

  test("stays with the newest active row of its workspace, whenever it was changed", () => {
    expect(rows({ createdAt: 1, updatedAt: 9 }, { createdAt: 2 })).toEqual(["revoked null", "active 1"]);
    expect(rows({ createdAt: 1 }, { createdAt: 2, wabaId: null })).toEqual(["active 1", "revoked null"]);
    expect(rows({ status: "revoked", createdAt: 3 }, { status: "error", createdAt: 1 })).toEqual([
      "revoked null",
      "error 1",
    ]);
  });

  test("goes to the workspace that holds it actively and changed last", () => {
    const theirs = { tenantId: "t2" };
    expect(rows({ updatedAt: 2 }, { ...theirs, updatedAt: 3 })).toEqual(["error null", "active 1"]);
    expect(rows({ updatedAt: 2 }, { ...theirs, updatedAt: 3, status: "revoked" })).toEqual([
      "active 1",
      "revoked null",
    ]);
    expect(rows({ updatedAt: 2 }, { ...theirs, updatedAt: 3, status: "error" })).toEqual([
      "active 1",
      "error null",
    ]);
    expect(rows({ updatedAt: 1 }, { ...theirs, updatedAt: 2 }, { tenantId: "t3", updatedAt: 3 })).toEqual([
      "error null",
      "error null",
      "active 1",
    ]);
  });

  test("that several rows do not know is nobody's to lose", () => {
    expect(rows({ phoneNumberId: null }, { phoneNumberId: null })).toEqual(["error null", "error null"]);
  });
});
