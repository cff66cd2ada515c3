import { createCipheriv, randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { Secret } from "../platform/secret.server.ts";
import { createTokenVault, keyIdOf, sealedKeyId, TokenVaultError } from "./crypto.server.ts";

const newKey = () => randomBytes(32).toString("base64");
const place = {
  table: "channel_connections",
  column: "access_token_enc",
  tenantId: "tenant-1",
  rowId: "row-1",
};
const token = new Secret("EAA-canary-token");

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof TokenVaultError) return error.code;
    throw error;
  }
  return "opened";
}

describe("the token vault", () => {
  const primary = newKey();
  const vault = createTokenVault({ primary });

  test("opens what it sealed, for any text", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 3_000 }), (text) => {
        const sealed = vault.encryptToken(new Secret(text), place);
        expect(vault.decryptToken(sealed, place).reveal()).toBe(Buffer.from(text).toString());
      }),
      cases(100),
    );
  });

  test("never gives the same text twice and never shows the token", () => {
    const sealed = Array.from({ length: 500 }, () => vault.encryptToken(token, place));
    expect(new Set(sealed.map((text) => text.split(".")[2])).size).toBe(500);
    expect(sealed.join()).not.toContain("canary");
  });

  test("describes itself: version, key id, a 12-byte IV, the ciphertext, a 16-byte tag", () => {
    const [version, keyId, iv, , tag] = vault.encryptToken(token, place).split(".");
    expect(version).toBe("v1");
    expect(keyId).toMatch(/^[\w-]{8}$/);
    expect(Buffer.from(iv ?? "", "base64url")).toHaveLength(12);
    expect(Buffer.from(tag ?? "", "base64url")).toHaveLength(16);
  });

  test("refuses a ciphertext of another table, column, tenant or row", () => {
    const sealed = vault.encryptToken(token, place);
    for (const part of ["table", "column", "tenantId", "rowId"] as const) {
      expect(problemOf(() => vault.decryptToken(sealed, { ...place, [part]: "other" }))).toBe(
        "not_authentic",
      );
    }
    // Moving a character from one part to the next must not spell the same place.
    const shifted = { ...place, tenantId: "tenant-1r", rowId: "ow-1" };
    expect(problemOf(() => vault.decryptToken(sealed, shifted))).toBe("not_authentic");
    const divided = { ...place, tenantId: "a", rowId: "b|c" };
    const elsewhere = { ...place, tenantId: "a|b", rowId: "c" };
    expect(problemOf(() => vault.decryptToken(vault.encryptToken(token, divided), elsewhere))).toBe(
      "not_authentic",
    );
  });

  test("refuses every single changed character, whatever it is changed to", () => {
    const sealed = vault.encryptToken(token, place);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    const opened = [...sealed].flatMap((present, at) =>
      [...alphabet]
        .filter((other) => other !== present)
        .map((other) => `${sealed.slice(0, at)}${other}${sealed.slice(at + 1)}`)
        .filter((changed) => problemOf(() => vault.decryptToken(changed, place)) === "opened"),
    );
    expect(opened).toEqual([]);
  });

  test("refuses every truncation, a short tag and rubbish, always with a typed error", () => {
    const sealed = vault.encryptToken(token, place);
    for (let length = 0; length < sealed.length; length++) {
      expect(problemOf(() => vault.decryptToken(sealed.slice(0, length), place))).not.toBe("opened");
    }
    const parts = sealed.split(".");
    for (const bytes of [4, 8, 12]) {
      const short = Buffer.from(parts[4] ?? "", "base64url")
        .subarray(0, bytes)
        .toString("base64url");
      expect(problemOf(() => vault.decryptToken([...parts.slice(0, 4), short].join("."), place))).toBe(
        "malformed",
      );
    }
    for (const rubbish of ["", "v1....", "v2.a.b.c.d", "plain text", "v1.\0.\0.\0.\0"]) {
      expect(problemOf(() => vault.decryptToken(rubbish, place))).toBe("malformed");
    }
  });

  test("opens under a previous key, seals under the new one, and refuses an unknown one", () => {
    const sealedBefore = vault.encryptToken(token, place);
    const next = newKey();
    const rotated = createTokenVault({ primary: next, previous: [primary] });
    expect(rotated.decryptToken(sealedBefore, place).reveal()).toBe("EAA-canary-token");
    const sealedNow = rotated.encryptToken(token, place);
    expect(createTokenVault({ primary: next }).decryptToken(sealedNow, place).reveal()).toBe(
      "EAA-canary-token",
    );
    expect(problemOf(() => vault.decryptToken(sealedNow, place))).toBe("unknown_key");
  });

  test("tells which key a text was sealed under without opening it, and nothing for what is none of ours", () => {
    const sealed = vault.encryptToken(token, place);
    expect(sealedKeyId(sealed)).toBe(keyIdOf(primary));
    expect(sealedKeyId(sealed.slice(0, 12))).toBe(keyIdOf(primary));
    expect(keyIdOf(newKey())).not.toBe(keyIdOf(primary));
    for (const rubbish of ["", "v1.", sealed.slice(0, 11), sealed.replace("v1", "v2"), "EAA-canary-token"]) {
      expect(sealedKeyId(rubbish)).toBeUndefined();
    }
    expect(() => keyIdOf("short")).toThrow(/32 bytes/);
  });

  test("is AES-256-GCM: Node's own cipher, fed with the same parts, gives the same ciphertext", () => {
    const [, , iv, ciphertext] = vault.encryptToken(token, place).split(".");
    const cipher = createCipheriv(
      "aes-256-gcm",
      Buffer.from(primary, "base64"),
      Buffer.from(iv ?? "", "base64url"),
    );
    expect(cipher.update("EAA-canary-token").toString("base64url")).toBe(ciphertext);
  });

  test("takes no key that is not 32 bytes", () => {
    for (const length of [0, 16, 31, 33, 64]) {
      const key = randomBytes(length).toString("base64");
      expect(() => createTokenVault({ primary: key })).toThrow(/32 bytes/);
      expect(() => createTokenVault({ primary, previous: [key] })).toThrow(/32 bytes/);
    }
  });

  test("a secret prints as [secret] wherever it is written", () => {
    const written = [`${token}`, JSON.stringify({ token }), inspect({ token })];
    for (const text of written) expect(text).toContain("[secret]");
    expect(written.join()).not.toContain("canary");
  });
});
