/** Requests that anybody can send and that are meant to cost more than they should, as bytes. */

import { readFileSync } from "node:fs";

export type Shapes = Record<string, string>;

interface Parts {
  method?: string;
  lines?: string[];
  body?: string;
}

function request(target: string, { method = "GET", lines = [], body }: Parts = {}): string {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  return [
    `${method} ${target} HTTP/1.1`,
    "Host: localhost",
    "Connection: close",
    ...lines,
    ...length,
    "",
    body ?? "",
  ].join("\r\n");
}

export const plainPage = request("/login");

/** Just under what Node takes of a head. */
const mostBytes = 15_500;
const upTo = (length: number, unit: string) => unit.repeat(Math.floor(length / unit.length));
const form = (body: string, type = "application/x-www-form-urlencoded") => ({
  method: "POST",
  lines: [`Content-Type: ${type}`],
  body,
});

export function expensiveShapes(): Shapes {
  return { ...targets(), ...headers(), ...forms(), ...floods() };
}

/** Many requests in one packet, none of which waits for an answer. */
function floods(): Shapes {
  const all = (target: string, method = "GET") =>
    `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`.repeat(200);
  return {
    "200 pages at once": all("/login"),
    "200 pages that are none": all("/nowhere"),
    "200 forms at once": all("/login", "POST"),
    "200 deliveries at once": all("/webhooks/meta/whatsapp", "POST"),
    "200 refusals at once": all("/?_data"),
  };
}

function targets(): Shapes {
  // Anybody reads it off a page; without it no manifest is made.
  const version = readFileSync("build/web/version.txt", "utf8").trim();
  const paths: Record<string, string> = {
    "4 kB of segments": upTo(4_096, "/a"),
    "15 kB of segments": upTo(mostBytes, "/a"),
    "15 kB in one segment": `/${upTo(mostBytes, "a")}`,
    "256 characters in segments": upTo(256, "/a"),
    "as many segments as may be": upTo(24, "/a"),
    "as long segments as may be": upTo(256, `/${"a".repeat(20)}`),
    "a route and its like": `/settings/integrations${upTo(200, "/whatsapp")}`,
    "15 kB of slashes": upTo(mostBytes, "/"),
    "15 kB of dots": upTo(mostBytes, "/.."),
    "15 kB of escapes": `/${upTo(mostBytes, "%41")}`,
    "15 kB of escapes of no UTF-8": `/${upTo(mostBytes, "%ff")}`,
    "256 characters of escapes": `/${upTo(240, "%c3%a9")}`,
    "below the webhooks": `/webhooks/meta${upTo(mostBytes, "/a")}`,
    "below the build": `/build${upTo(mostBytes, "/a")}`,
    "below the deletions": `/data-deletion/${upTo(mostBytes, "a")}`,
    "a page's data": `${upTo(4_096, "/a")}.data`,
    "a manifest of one path": `/__manifest?version=${version}&p=${upTo(7_300, "/a")}`,
    "a manifest of many": `/__manifest?version=${version}&${upTo(7_300, "p=/a/a/a/a/a/a/a&")}`,
    "thousands of pairs": `/login?${upTo(mostBytes, "a=b&")}`,
    "thousands of names": `/login?${Array.from({ length: 2_000 }, (_, n) => `a${n}=1`).join("&")}`,
    "thousands of returnTo": `/login?${upTo(mostBytes, "returnTo=/a&")}`,
    "a returnTo of 11 kB": `/login?returnTo=/${upTo(11_000, "a")}`,
    "a returnTo of slashes": `/login?returnTo=/${upTo(490, "a/")}?${upTo(400, "%25")}`,
    "11 kB of escapes in a query": `/login?a=${upTo(11_000, "%c3%a9")}`,
    "11 kB of signs in a query": `/login?a=${upTo(11_000, "+")}`,
    "a handshake of 11 kB": `/webhooks/meta/whatsapp?hub.mode=subscribe&hub.challenge=${upTo(11_000, "1")}`,
    "a callback of 11 kB": `/api/integrations/meta/whatsapp/callback?state=a&code=${upTo(11_000, "A")}`,
    "single fetch of many routes": `/login.data?_routes=${upTo(11_000, "root,")}`,
    "old data": `/login?_data=${upTo(4_096, "routes/login")}`,
  };
  const shapes = Object.entries(paths).map(([name, target]) => [name, request(target)]);
  const other = ["HEAD", "POST", "OPTIONS", "DELETE"].map((method) => [
    `15 kB of segments by ${method}`,
    request(upTo(mostBytes, "/a"), { method }),
  ]);
  return Object.fromEntries([...shapes, ...other]);
}

function headers(): Shapes {
  const values: Record<string, string[]> = {
    "1,000 headers": Array.from({ length: 1_000 }, (_, n) => `a${n}: b`),
    "the same header 1,900 times": Array.from({ length: 1_900 }, () => "a: b"),
    "1,000 cookies": [`Cookie: ${Array.from({ length: 1_000 }, (_, n) => `c${n}=v`).join("; ")}`],
    "15 kB of cookies without a value": [`Cookie: ${upTo(mostBytes, "a;")}`],
    "15 kB of cookies of one letter": [`Cookie: ${upTo(mostBytes, "a=;")}`],
    "1,000 Cookie headers": Array.from({ length: 1_000 }, (_, n) => `Cookie: c${n}=v`),
    "the session a thousand times": [`Cookie: ${upTo(mostBytes, "curbe_session=a.b; ")}`],
    "a session of 15 kB": [`Cookie: curbe_session=${upTo(mostBytes, "a")}.${"b".repeat(43)}`],
    "a session of escapes": [`Cookie: curbe_session=${upTo(mostBytes, "%41")}`],
    "a time zone of 15 kB": [`Cookie: curbe_time_zone=${upTo(mostBytes, "A/")}`],
    "hidden incidents of 15 kB": [`Cookie: curbe_hidden=${upTo(mostBytes, "a.1~")}`],
    "languages of one letter": [`Accept-Language: ${upTo(mostBytes, "a,")}`],
    "languages with qualities": [`Accept-Language: ${upTo(mostBytes, "en-a;q=0.1,")}`],
    "languages with many parameters": [`Accept-Language: en${upTo(mostBytes, ";a=b")}`],
    "languages in open quotes": [`Accept-Language: ${upTo(mostBytes, 'a;b="')}`],
    "languages of blanks": [`Accept-Language: a${upTo(mostBytes, " ;")}`],
    "types of one letter": [`Accept: ${upTo(mostBytes, "a/b,")}`],
    "types with many parameters": [`Accept: a/b${upTo(mostBytes, ";a=b")}`],
    "encodings of one letter": [`Accept-Encoding: ${upTo(mostBytes, "a,")}`],
    "15 kB of forwarders": [`X-Forwarded-For: ${upTo(mostBytes, "1.1.1.1,")}`],
    "15 kB of commas": [`X-Forwarded-For: ${upTo(mostBytes, ",")}`],
    "a host of 15 kB": [`X-Forwarded-Host: ${upTo(mostBytes, "a.")}`],
    "a range of many": [`Range: bytes=${upTo(mostBytes, "0-1,")}`],
    "a referrer of 15 kB": [`Referer: http://localhost/${upTo(mostBytes, "/a")}`],
    "tags of many": [`If-None-Match: ${upTo(mostBytes, 'W/"a",')}`],
    "a request id of 15 kB": [`X-Request-Id: ${upTo(mostBytes, "a")}`],
  };
  const page = Object.entries(values).map(([name, lines]) => [name, request("/login", { lines })]);
  const elsewhere = [
    "languages of one letter",
    "types of one letter",
    "1,000 cookies",
    "15 kB of forwarders",
  ];
  const start = elsewhere.map((name) => [
    `${name}, to an endpoint`,
    request("/api/integrations/meta/whatsapp/start", { method: "POST", lines: values[name] ?? [], body: "" }),
  ]);
  const file = ["encodings of one letter", "a range of many", "tags of many"].map((name) => [
    `${name}, to a file`,
    request("/favicon.svg", { lines: values[name] ?? [] }),
  ]);
  return Object.fromEntries([...page, ...start, ...file]);
}

function forms(): Shapes {
  const size = 120_000;
  const parts = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nb\r\n`;
  const bodies: Record<string, Parts> = {
    "a form of thousands of fields": form(upTo(size, "a=b&")),
    "a form of one field's name": form(upTo(size, "email&")),
    "a form of 120 kB in one field": form(`email=${upTo(size, "a")}`),
    "a form of escapes": form(`email=${upTo(size, "%41")}`),
    "a form of as many fields as may be": form(upTo(254, "a&")),
    "a form of long fields": form(upTo(size, `a=${"b".repeat(250)}&`)),
    "a form of many parts": form(`${upTo(size, parts("a"))}--x--\r\n`, "multipart/form-data; boundary=x"),
    "a form of boundaries": form(upTo(size, "--x\r\n"), "multipart/form-data; boundary=x"),
    "a form of near boundaries": form(upTo(size, "\r\n--"), "multipart/form-data; boundary=x"),
    "a form of deep JSON": form(upTo(size, "["), "application/json"),
    "a form without a type": form(upTo(size, "a=b&"), ""),
    "an address of many signs": form(`email=${upTo(60_000, "a@")}&password=${upTo(60_000, "a")}`),
  };
  const targets = {
    "": "/login",
    ", to the preferences": "/preferences",
    ", to an endpoint": "/api/integrations/meta/whatsapp/start",
    ", to a callback": "/webhooks/meta/deauthorize",
    ", to the webhook": "/webhooks/meta/whatsapp",
  };
  return Object.fromEntries(
    Object.entries(targets).flatMap(([where, target]) =>
      Object.entries(bodies).map(([name, parts]) => [name + where, request(target, parts)]),
    ),
  );
}
