import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { clientIp, clientNetwork, clientSite, safeReturnTo, wantsJson } from "./request.server.ts";

const origin = "https://app.curbe.test";

describe("where to go back to", () => {
  test.each([
    "/",
    "/conversations",
    "/conversations/12?before=2026-11-22T18:00:00.000000Z_12",
    "/settings/integrations?whatsapp=error&reason=cancelled",
    "/conversations?after=2026-11-22T18%3A00",
  ])("%s is a page of ours", (path) => {
    expect(safeReturnTo(path, "fallback")).toBe(path);
  });

  test.each([
    "//evil.test",
    "/\\evil.test",
    "\\\\evil.test",
    "/%09/evil.test",
    "/%2fevil.test",
    "/%5Cevil.test",
    "/\t/evil.test",
    "/a//evil.test",
    "https:evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    "/x\r\nSet-Cookie: a=b",
    "/x%0d%0aSet-Cookie: a=b",
    "/..//evil.test",
    "/a/../../evil",
    "/./x",
    "/@evil.test",
    "evil.test",
    "",
    "/login",
    "/login?returnTo=/x",
    "/logout",
    "/api/integrations/meta/whatsapp/callback?code=1",
    "/webhooks/meta/whatsapp",
    `/${"a".repeat(600)}`,
  ])("%j is none", (path) => {
    expect(safeReturnTo(path, "fallback")).toBe("fallback");
  });

  test("nothing that gets through leaves the site or splits a header", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "/",
        "\\",
        "//",
        "%2f",
        "%5c",
        "%09",
        "%0d",
        "\t",
        "\r\n",
        ":",
        "@",
        "evil.test",
        "../..",
        "?",
        "#",
      ),
      anyText({ maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const path = safeReturnTo(`/${parts.join("")}`, "/");
        expect(new URL(path, origin).origin).toBe(origin);
        expect(path).toMatch(/^\/(?![/\\])[\x21-\x7e]*$/);
      }),
      cases(5_000),
    );
  });
});

describe("the address a request came from", () => {
  const from = (headers: Record<string, string>, hops: number) =>
    clientIp(new Request(origin, { headers }), hops);

  test.each([
    [
      "the socket's without a proxy, whatever the caller claims",
      { "x-forwarded-for": "1.1.1.1" },
      0,
      "10.0.0.9",
    ],
    ["what our one proxy saw", { "x-forwarded-for": "1.1.1.1, 2.2.2.2" }, 1, "2.2.2.2"],
    ["what the outer of two proxies saw", { "x-forwarded-for": "6.6.6.6, 1.1.1.1, 2.2.2.2" }, 2, "1.1.1.1"],
    ["the socket's when a proxy was passed by", { "x-forwarded-for": "1.1.1.1" }, 2, "10.0.0.9"],
    ["the socket's when the entry is no address", { "x-forwarded-for": "unknown" }, 1, "10.0.0.9"],
    ["an IPv4 address written as IPv6", { "x-forwarded-for": "::ffff:3.3.3.3" }, 1, "3.3.3.3"],
    ["that in hexadecimal", { "x-forwarded-for": "0:0:0:0:0:FFFF:0303:0303" }, 1, "3.3.3.3"],
    ["without its port", { "x-forwarded-for": "1.1.1.1:80, 2.2.2.2:51234" }, 1, "2.2.2.2"],
    ["without brackets", { "x-forwarded-for": "[2001:DB8::7]" }, 1, "2001:db8::7"],
    ["without brackets and port", { "x-forwarded-for": "[2001:db8::7]:51234" }, 1, "2001:db8::7"],
    ["without zone, brackets and port", { "x-forwarded-for": "[fe80::7%eth0]:443" }, 1, "fe80::7"],
    ["IPv4 in brackets", { "x-forwarded-for": "[::ffff:3.3.3.3]:9" }, 1, "3.3.3.3"],
    ["the socket's when the port is none", { "x-forwarded-for": "2.2.2.2:x" }, 1, "10.0.0.9"],
    ["the socket's when a bracket is missing", { "x-forwarded-for": "[2001:db8::7:80" }, 1, "10.0.0.9"],
    ["the socket's for a list within an entry", { "x-forwarded-for": "2.2.2.2:80:90" }, 1, "10.0.0.9"],
  ])("is %s", (_what, headers, hops, ip) => {
    expect(from({ "x-client-ip": "10.0.0.9", ...headers }, hops)).toBe(ip);
  });

  test("is unknown when nobody said", () => {
    expect(from({}, 1)).toBe("unknown");
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:0:1:aaaa::1", "2001:db8:0:1::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:0db8:0000:0000:ffff:0:0:9", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", "unknown"],
  ])("%s counts as %s", (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:7:1:aaaa::1", "2001:db8:7::/48"],
    ["2001:db8:7:ffff::", "2001:db8:7::/48"],
    ["::1", "0:0:0::/48"],
    ["unknown", "unknown"],
  ])("%s counts with its customer as %s", (address, site) => {
    expect(clientSite(address)).toBe(site);
  });

  test("every address of IPv6 is read the same in each of its spellings", () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.boolean(), (numbers, padded) => {
        const spelled = numbers.map((n) => (padded ? n.toString(16).padStart(4, "0") : n.toString(16)));
        const short = new URL(`http://[${spelled.join(":")}]`).hostname.slice(1, -1);
        const expected = `${numbers
          .slice(0, 4)
          .map((n) => n.toString(16))
          .join(":")}::/64`;
        for (const address of [spelled.join(":"), short, short.toUpperCase()])
          expect(clientNetwork(address)).toBe(expected);
      }),
      cases(100),
    );
  });
});

describe("what a caller wants", () => {
  test.each([
    ["application/json", true],
    ["application/json, text/html;q=0.5", true],
    ["application/json;q=0.9, text/html;q=0.9", false],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
    ["*/*", false],
    ["", false],
    ["text/html;q=0, application/json;q=rubbish", false],
  ])("%j", (accept, json) => {
    expect(wantsJson(new Request(origin, { headers: { accept } }))).toBe(json);
  });
});
