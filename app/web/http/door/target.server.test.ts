import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cases } from "#db/testing/generated.ts";
import { readTarget, targetLimits } from "./target.server.ts";

const answer = (raw: string) => {
  const target = readTarget(raw);
  return target.kind === "taken" ? target.url : target.status;
};

describe("taken as they are", () => {
  test.each([
    "/",
    "/login",
    "/login?returnTo=%2Fsettings%2Fintegrations%3Fwhatsapp%3Dconnected",
    "/settings/integrations/whatsapp/numbers/018f5d0e-7b5c-7c63-9a83-2f6d7b8c9d0e",
    "/settings/integrations/whatsapp/activity.csv",
    "/settings/integrations.data?_routes=root",
    "/_root.data",
    "/build/routes/settings.integrations_.$channel.activity[.]csv-S5HQRCVP.js",
    "/build/_shared/chunk-AB12CD34.js",
    "/caf%c3%a9",
    `/webhooks/meta/whatsapp?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a`,
    `/api/integrations/meta/whatsapp/callback?code=${"AQB-_x".repeat(340)}&state=${"s".repeat(43)}`,
    "/conversations?q=%00",
    "/conversations?q=100%",
  ])("%s", (raw) => {
    expect(answer(raw)).toBe(raw);
  });
});

test("what Remix would take for one route is one: small letters, no slash at the end", () => {
  expect(answer("/LOGIN")).toBe("/login");
  expect(answer("/login/")).toBe("/login");
  expect(answer("/Webhooks/Meta/WhatsApp/?A=B")).toBe("/webhooks/meta/whatsapp?A=B");
  expect(answer("/Build/x")).toBe("/build/x");
  expect(answer("/build/X-ABC.js")).toBe("/build/X-ABC.js");
  expect(answer("/caf%C3%A9")).toBe("/caf%c3%a9");
});

describe("refused with 400: no path, or not its own normal form", () => {
  test.each([
    "",
    "*",
    "login",
    "http://localhost/login",
    "http://[",
    "evil.example:443",
    "//",
    "///",
    "//[x",
    "/\\[",
    "//evil.example/webhooks/meta/whatsapp",
    "/webhooks/../login",
    "/webhooks/./login",
    "/webhooks/meta/..",
    "/..",
    "/.",
    "/login//",
    "/webhooks//meta/whatsapp",
    "/webhooks/%2e%2e/login",
    "/webhooks/%2E./login",
    "/webhooks/.%2e/login",
    "/webhooks%2fmeta%2fwhatsapp",
    "/webhooks%5cmeta",
    "/webhooks\\meta",
    "/%77ebhooks/meta/whatsapp",
    "/%6Cogin",
    "/login%7e",
    "/login%00",
    "/login%0d%0aX: y",
    "/login%7f",
    "/%E0%A4%A",
    "/%e0%a4",
    "/%ff",
    "/%zz",
    "/%",
    "/%25",
    "/caf\xe9",
    "/lo gin",
    "/login\t",
    "/login#a",
    '/login"',
    "/login?a=\xe9",
    "/login?a#b",
    "/login?_data=",
    "/login?_data=routes/login",
    "/login?a=b&%5fdata=root",
    "/login?a=b&_%64ata",
    "/login?_dat%61",
    "/?_data",
  ])("%j", (raw) => {
    expect(answer(raw)).toBe(400);
  });
});

test.each([
  "/webhooks/meta/whatsapp.data",
  "/webhooks/meta/whatsapp/.data",
  "/webhooks/meta/deauthorize.data",
  "/WEBHOOKS/meta/whatsapp.DATA",
  "/webhooks/meta/whatsapp/x",
  "/webhooks/meta",
  "/webhooks/x",
  "/webhooks/meta/whatsapp;x",
])("%s is below the webhooks and no address there: 404", (raw) => {
  expect(answer(raw)).toBe(404);
});

test.each(["/events.data", "/EVENTS.data/", "/settings/integrations/whatsapp/activity.csv.data"])(
  "%s would be held until its end: 404",
  (raw) => {
    expect(answer(raw)).toBe(404);
  },
);

test("too long, or of too many parts, is 414", () => {
  const { pathChars, segments, queryChars, pairs } = targetLimits;
  expect(answer(`/${"a".repeat(pathChars - 1)}`)).toHaveLength(pathChars);
  expect(answer(`/${"a".repeat(pathChars)}`)).toBe(414);
  expect(answer("/a".repeat(segments))).toHaveLength(2 * segments);
  expect(answer("/a".repeat(segments + 1))).toBe(414);
  expect(answer("/a".repeat(8_000))).toBe(414);
  expect(answer(`/?${"a".repeat(queryChars - 1)}`)).toHaveLength(queryChars + 1);
  expect(answer(`/?${"a".repeat(queryChars)}`)).toBe(414);
  expect(answer(`/?${Array(pairs).fill("a=b").join("&")}`)).not.toBe(414);
  expect(
    answer(
      `/?${Array(pairs + 1)
        .fill("a=b")
        .join("&")}`,
    ),
  ).toBe(414);
});

const piece = fc.constantFrom(
  "/",
  "//",
  ".",
  "../..",
  "%2e",
  "%2F",
  "%5c",
  "\\",
  "%",
  "%c3%a9",
  "%ff",
  "%00",
  "%25",
  "?",
  "&",
  "=",
  "#",
  ";",
  "webhooks",
  "meta",
  "whatsapp",
  "login",
  "build",
  ".data",
  "_data",
  "%5fdata",
  "A",
  "a",
  " ",
  "\t",
  "\xe9",
  "[",
);
const size = cases(5_000, 200_000);

test("what is taken has one reading: a URL made of it keeps its path, and it is its own normal form", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const target = readTarget(`/${pieces.join("")}`);
      if (target.kind === "refused") return;
      taken++;
      const { pathname, search } = new URL(`http://localhost${target.url}`);
      const [path = "", ...query] = target.url.split("?");
      expect(pathname).toBe(path);
      expect(search.slice(1).replaceAll("%27", "'")).toBe(query.join("?"));
      expect(decodeURIComponent(pathname)).not.toMatch(/[\\\p{Cc}]|\/\/|\/\.{1,2}(?:\/|$)|.\/$/u);
      expect(readTarget(target.url)).toEqual(target);
    }),
    size,
  );
  expect(taken).toBeGreaterThan(size.numRuns / 50);
});
