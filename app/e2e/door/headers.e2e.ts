/** One set of headers on every answer of every route of the build, of the probes, and of Node itself. */
import { readdirSync } from "node:fs";
import { expect } from "@playwright/test";
import { exchange } from "../hostile/wire.ts";
import { test } from "../product/door.ts";
import { headerFaults, headersOf, inLanes } from "./headers.ts";
import { routesOfBuild } from "./routes.ts";

const form = "Content-Type: application/x-www-form-urlencoded";

/** Everything that can be asked of an address without signing in, by what is asked. */
function asked(target: string): Record<string, string> {
  const by = (method: string, lines: string[] = [], body = "", to = target) =>
    [`${method} ${to} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines, "", body].join("\r\n");
  const post = (lines: string[], body = "") => by("POST", [`Content-Length: ${body.length}`, ...lines], body);
  return {
    "a page": by("GET"),
    "its head": by("HEAD"),
    "its data": by("GET", [], "", target === "/" ? "/_root.data" : `${target}.data`),
    JSON: by("GET", ["Accept: application/json"]),
    "in capitals": by("GET", [], "", target.toUpperCase()),
    "with a slash at its end": by("GET", [], "", `${target}/`),
    "with a code": by("GET", [], "", `${target}?code=secret-code&state=secret-state`),
    "old data": by("GET", [], "", `${target}?_data=root`),
    "its index": post([form], "a=b").replace(target, `${target}?index`),
    "an empty form": post([form]),
    "a form": post([form], "a=b"),
    "a form of too many fields": post([form], "a&".repeat(2_000)),
    "a JSON body": post(["Content-Type: application/json", "Accept: application/json"], "{}"),
    "a broken JSON body": post(["Content-Type: application/json", "Accept: application/json"], "{"),
    "an upload": post(["Content-Type: multipart/form-data; boundary=x"], "--x--\r\n"),
    "a form from elsewhere": post([form, "Origin: https://evil.example"], "a=b"),
    "a form that is too large": by("POST", [form, "Content-Length: 20000000"], "a"),
    "a form in chunks": by("POST", [form, "Transfer-Encoding: chunked"], "3\r\na=b\r\n0\r\n\r\n"),
    "a coded body": post([form, "Content-Encoding: gzip"], "a=b"),
    "a form's data": post([form], "a=b").replace(target, target === "/" ? "/_root.data" : `${target}.data`),
    ...Object.fromEntries(
      ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"].map((m) => [m, by(m)]),
    ),
    "no host": `GET ${target} HTTP/1.1\r\nConnection: close\r\n\r\n`,
    "a bad host": by("GET").replace("Host: localhost", "Host: [a b"),
    "a bad forwarded host": by("GET", ["X-Forwarded-Host: a:99999"]),
    "many headers": by("GET", Array(200).fill("a: b")),
    "17 kB of headers": by("GET", [`A: ${"b".repeat(17_000)}`]),
    "an unknown expectation": by("GET", ["Expect: something"]),
    "an upgrade": by("GET", ["Connection: Upgrade", "Upgrade: websocket"]),
    "a bad header": by("GET", ["A : b"]),
    "a range": by("GET", ["Range: bytes=9-1"]),
  };
}

test("every answer has all headers: each route of the build, files, probes, both processes, each status", async ({
  product,
}) => {
  test.setTimeout(90_000);
  const from = product.lines.length;
  const probes = ["/livez", "/readyz", "/metrics"];
  const files = [
    "/favicon.svg",
    `/build/${readdirSync("public/build").find((name) => name.endsWith(".js"))}`,
  ];
  const web = [
    ...Object.values(routesOfBuild()),
    ...probes,
    ...files,
    "/build/none.js",
    "/build",
    "/nowhere/at/all",
  ];
  const ofWeb = Array.from(new Set(web), (target) => ({
    target,
    port: product.web,
    secure: true,
    where: "web",
  }));
  const ofWorker = [...probes, "/"].map((target) => ({
    target,
    port: product.worker,
    secure: false,
    where: "worker",
  }));
  const cases = [...ofWeb, ...ofWorker].flatMap((at) =>
    Object.entries(asked(at.target)).map(([what, request]) => ({ ...at, what, request })),
  );
  const faults: string[] = [];
  const seen: Record<string, number> = {};
  await inLanes(cases, async ({ target, port, secure, where, what, request }) => {
    const { status, text } = await exchange(port, request);
    const kept = files.includes(target) && [200, 206, 304].includes(status);
    const wrong = headerFaults(text, { secure, kept });
    const isCallback = /\/callback(?:\.data)?\/?[ ?]/i.test(request.split("\r\n")[0] ?? "");
    if (isCallback && [200, 202, 302, 303].includes(status)) {
      const referrer = headersOf(text).get("referrer-policy");
      if (referrer?.join() !== "no-referrer") wrong.push(`referrer-policy: ${referrer}`);
    }
    if (status === 0 || status >= 500 || wrong.length > 0)
      faults.push(`${what} of ${target} (${where}): ${status}, ${wrong.join("; ")}`);
    seen[status] = (seen[status] ?? 0) + 1;
  });
  console.log(`${cases.length} requests: ${JSON.stringify(seen)}`);
  expect(faults).toEqual([]);
  // One line each, and no code in any.
  const said = product.lines.slice(from);
  expect(said.filter((line) => !/^(?:web|worker) \{.*"level":"(?:info|warn)"/.test(line))).toEqual([]);
  expect(said.filter((line) => /secret-(?:code|state)|0123456789abcdef0123/.test(line))).toEqual([]);
});

test("the metrics open for who knows the token, on both ports, and for nobody else", async ({ product }) => {
  for (const port of [product.web, product.worker]) {
    const ask = async (...lines: string[]) => {
      const head = ["GET /metrics HTTP/1.1", "Host: localhost", "Connection: close", ...lines, "", ""];
      return (await exchange(port, head.join("\r\n"))).status;
    };
    expect(await ask(`Authorization: Bearer ${product.secrets.metricsToken}`)).toBe(200);
    expect(await ask()).toBe(401);
    expect(await ask("X-Forwarded-For: 127.0.0.1")).toBe(401);
    expect(await ask(`Authorization: Bearer ${product.secrets.metricsToken}0`)).toBe(401);
    expect(await ask("Authorization: Bearer ")).toBe(401);
  }
});
