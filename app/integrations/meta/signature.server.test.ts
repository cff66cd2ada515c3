import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Secret } from "../../platform/secret.server.ts";
import { isSignedByMeta } from "./signature.server.ts";

const secret = "app-secret";
const body = Buffer.from(
  String.raw`{"object":"whatsapp_business_account","text":"caf\u00e9 \/ \ud83d\ude00"}`,
);
const hex = (key: string, bytes: Uint8Array) => createHmac("sha256", key).update(bytes).digest("hex");
const good = hex(secret, body);
const accepts = (header: string | null, bytes: Uint8Array = body, secrets = [secret]) =>
  isSignedByMeta(
    secrets.map((value) => new Secret(value)),
    bytes,
    header,
  );

describe("a webhook signature", () => {
  test("over the bytes as they came is accepted", () => {
    expect(accepts(`sha256=${good}`)).toBe(true);
    expect(accepts(`sha256=${hex(secret, Buffer.alloc(0))}`, Buffer.alloc(0))).toBe(true);
    const binary = Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0xff, 0x00]);
    expect(accepts(`sha256=${hex(secret, binary)}`, binary)).toBe(true);
  });

  test("under either of two secrets is accepted while one replaces the other", () => {
    expect(accepts(`sha256=${good}`, body, ["new-secret", secret])).toBe(true);
    expect(accepts(`sha256=${good}`, body, [secret, "new-secret"])).toBe(true);
    expect(accepts(`sha256=${good}`, body, ["new-secret"])).toBe(false);
  });

  test.each([
    ["missing", null],
    ["empty", ""],
    ["only the prefix", "sha256="],
    ["no prefix", good],
    ["SHA-1", `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`],
    ["upper-case hex", `sha256=${good.toUpperCase()}`],
    ["upper-case prefix", `SHA256=${good}`],
    ["truncated", `sha256=${good.slice(0, 63)}`],
    ["too long", `sha256=${good}0`],
    ["not hex", `sha256=${"g".repeat(64)}`],
    ["base64", `sha256=${createHmac("sha256", secret).update(body).digest("base64")}`],
    ["space in front", ` sha256=${good}`],
    ["newline behind", `sha256=${good}\n`],
    ["two values joined", `sha256=${good}, sha256=${good}`],
    ["wrong secret", `sha256=${hex("other", body)}`],
    ["empty secret", `sha256=${hex("", body)}`],
    ["one digit changed", `sha256=${good.slice(0, -1)}${good.endsWith("0") ? "1" : "0"}`],
  ])("%s is refused", (_name, header) => {
    expect(accepts(header)).toBe(false);
  });

  test.each([
    ["re-serialised", Buffer.from(JSON.stringify(JSON.parse(body.toString())))],
    ["with a byte-order mark", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body])],
    ["with a newline behind", Buffer.concat([body, Buffer.from("\n")])],
    ["empty", Buffer.alloc(0)],
    ["one byte shorter", body.subarray(0, -1)],
  ])("of a body that is %s is refused", (_name, bytes) => {
    expect(accepts(`sha256=${good}`, bytes)).toBe(false);
  });

  test("with no secret at all is refused", () => {
    expect(accepts(`sha256=${good}`, body, [])).toBe(false);
  });
});
