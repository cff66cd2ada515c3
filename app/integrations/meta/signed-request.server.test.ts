import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { Secret } from "../../platform/secret.server.ts";
import { readSignedRequest } from "./signed-request.server.ts";

const secret = "app-secret";
const facts = { algorithm: "HMAC-SHA256", issued_at: 1_790_000_000, user_id: "122000000000000011" };
const encode = (payload: unknown) =>
  Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload)).toString("base64url");
const signatureOf = (part: string, key = secret) =>
  createHmac("sha256", key).update(part).digest("base64url");
const signed = (payload: unknown, key = secret) => `${signatureOf(encode(payload), key)}.${encode(payload)}`;
const read = (text: string, secrets = [secret]) =>
  readSignedRequest(
    secrets.map((value) => new Secret(value)),
    text,
  );
const good = signed(facts);
const [signature = "", payload = ""] = good.split(".");
const request = { metaUserId: facts.user_id, issuedAt: new Date(1_790_000_000_000) };

describe("a signed request", () => {
  test("says who and when", () => {
    expect(read(good)).toEqual({ kind: "signed", request });
    const more = { ...facts, expires: 1, oauth_token: "t", page: { id: "é ñ \u{1f600}" }, __proto__: null };
    expect(read(signed(more))).toEqual({ kind: "signed", request });
  });

  test("is read as Meta's own PHP sample writes it", () => {
    const written =
      '{"algorithm":"HMAC-SHA256","expires":1291840400,"issued_at":1291836800,"user_id":"218471"}';
    expect(read(signed(written))).toEqual({
      kind: "signed",
      request: { metaUserId: "218471", issuedAt: new Date(1_291_836_800_000) },
    });
    expect(read(signed({ ...facts, user_id: 218471 }))).toMatchObject({ request: { metaUserId: "218471" } });
    expect(read(signed({ ...facts, algorithm: "hmac-sha256" }))).toEqual({ kind: "signed", request });
  });

  test("is accepted under either of two secrets while one replaces the other", () => {
    expect(read(good, ["new-secret", secret])).toEqual({ kind: "signed", request });
    expect(read(good, [secret, "old-secret"])).toEqual({ kind: "signed", request });
    expect(read(good, ["new-secret", "another"])).toEqual({ kind: "not_signed" });
    expect(read(good, [])).toEqual({ kind: "not_signed" });
  });

  const flipped = payload.replace(/^./, (first) => (first === "a" ? "b" : "a"));
  const lastOf = signature.at(-1) ?? "";
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const respelled = signature.slice(0, -1) + alphabet[alphabet.indexOf(lastOf) ^ 1];
  test.each([
    ["of another secret", signed(facts, "another-secret")],
    ["with an altered payload", `${signature}.${flipped}`],
    ["with somebody else's payload", `${signature}.${encode({ ...facts, user_id: "1" })}`],
    ["in upper case", `${signature.toUpperCase()}.${payload}`],
    ["of zeroes", `${"A".repeat(43)}.${payload}`],
    ["in another spelling of the same bytes", `${respelled}.${payload}`],
    [
      "over the decoded payload",
      `${createHmac("sha256", secret).update(JSON.stringify(facts)).digest("base64url")}.${payload}`,
    ],
  ])("with a signature %s is not signed", (_what, text) => {
    expect(read(text)).toEqual({ kind: "not_signed" });
  });

  test.each([
    ["nothing", ""],
    ["a dot", "."],
    ["no dot", signature + payload],
    ["no signature", `.${payload}`],
    ["no payload", `${signature}.`],
    ["a dot too many", `${good}.`],
    ["three parts", `${good}.${payload}`],
    ["a leading dot", `.${good}`],
    ["a padded signature", `${signature}=.${payload}`],
    ["a padded payload", `${signature}.${payload}=`],
    ["standard base64", `${signature.slice(0, -2)}+/.${payload}`],
    ["a signature in hex", `${createHmac("sha256", secret).update(payload).digest("hex")}.${payload}`],
    ["a short signature", `${signature.slice(1)}.${payload}`],
    ["a trailing newline", `${good}\n`],
    ["a space", ` ${good}`],
    ["other letters", `${signature}.${payload}é`],
    ["a null character", `${signature}.${payload}\u0000`],
    ["a lone surrogate", `${signature}.\ud800`],
    ["megabytes", `${signature}.${"a".repeat(3_000_000)}`],
  ])("that is %s is malformed", (_what, text) => {
    expect(read(text)).toEqual({ kind: "malformed" });
  });

  test.each([
    ["is no JSON", "not json"],
    ["is half JSON", '{"algorithm":"HMAC-SHA256"'],
    ["is null", null],
    ["is a list", [facts]],
    ["is text", JSON.stringify("text")],
    ["names no algorithm", { ...facts, algorithm: undefined }],
    ["names another algorithm", { ...facts, algorithm: "none" }],
    ["names a weaker algorithm", { ...facts, algorithm: "HMAC-SHA1" }],
    ["names a list of algorithms", { ...facts, algorithm: ["HMAC-SHA256"] }],
    ["names nobody", { ...facts, user_id: undefined }],
    ["names nobody by an empty id", { ...facts, user_id: "" }],
    ["names somebody by a null character", { ...facts, user_id: "1\u0000" }],
    ["names somebody by letters that are not printable", { ...facts, user_id: "é\u{1f600}" }],
    ["names somebody at great length", { ...facts, user_id: "1".repeat(129) }],
    [
      "names somebody by a number that JSON has rounded",
      '{"algorithm":"HMAC-SHA256","issued_at":1,"user_id":12200000000000001100}',
    ],
    ["names somebody by an object", { ...facts, user_id: { id: "1" } }],
    ["has no time", { ...facts, issued_at: undefined }],
    ["has a time in text", { ...facts, issued_at: "1790000000" }],
    ["has a time beyond all dates", { ...facts, issued_at: 1e300 }],
    ["has a time before all", { ...facts, issued_at: -1 }],
    ["is 4,000 levels deep", "[".repeat(4_000)],
  ])("with a valid signature whose payload %s is malformed", (_what, given) => {
    expect(read(signed(given))).toEqual({ kind: "malformed" });
  });

  test("with bytes that are no UTF-8 is malformed", () => {
    const part = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString("base64url");
    expect(read(`${signatureOf(part)}.${part}`)).toEqual({ kind: "malformed" });
  });

  test("never throws, and nothing but ours is ever accepted", () => {
    const part = fc.oneof(anyText(), fc.base64String(), fc.constant(payload));
    fc.assert(
      fc.property(
        fc.oneof(
          part,
          fc.tuple(part, part).map((parts) => parts.join(".")),
        ),
        (text) => {
          expect(read(text).kind).not.toBe("signed");
        },
      ),
      cases(100),
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(["signed", "malformed"]).toContain(read(signed(text)).kind);
      }),
      cases(100),
    );
  });
});
