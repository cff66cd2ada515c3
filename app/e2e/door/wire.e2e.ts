/** R19 over every port and spelling: bytes that no client would send, to the web and to the worker. */
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { hostileRequests } from "../hostile/requests.ts";
import { exchange, exchangeUntil } from "../hostile/wire.ts";
import { type DoorProduct, test } from "../product/door.ts";
import { seededRandom } from "../two-webs/seeded-random.ts";
import { headerFaults, inLanes } from "./headers.ts";

const head = (method: string, target: string, lines: string[] = []) =>
  Buffer.from(
    [`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close", ...lines, "", ""].join("\r\n"),
    "latin1",
  );

async function expectAlive({ web, worker, lines }: DoorProduct, from: number): Promise<void> {
  for (const port of [web, worker]) {
    const { status, text } = await exchange(port, head("GET", "/livez"));
    expect(status).toBe(200);
    expect(text).toMatch(/ok$/);
  }
  // Nothing but lines of the log, and no error of ours.
  const said = lines.slice(from).filter((line) => !/^(?:web|worker) \{.*"level":"(?:info|warn)"/.test(line));
  expect(said).toEqual([]);
}

const oddTargets = [
  ...String.raw`// /// http://[ /\[ //[x /\ \ * ? /.. /. /../ /% /%00 /%E0%A4%A /%2e%2e/login /webhooks/../login
    /webhooks/./login /webhooks/%2e%2e/login /webhooks//login //evil.example/login http://evil.example/login
    HTTP://[::1/ evil.example:443 /login#a /?_data /login?_data=routes/login /login?%5fdata= /login?a&_dat%61=
    /%ff /%2flogin /login%2f /%6cogin http: javascript:a`.split(/\s+/),
  "/caf\xe9",
  "/\x80",
  "/a".repeat(2_000),
  `/${"a".repeat(4_000)}`,
  `/?${"a&".repeat(2_000)}`,
];

const bothPorts = ({ web, worker }: DoorProduct) =>
  [
    { port: web, secure: true, where: "the web" },
    { port: worker, secure: false, where: "the worker" },
  ] as const;

test("R19 of a target that is none, by any method, the answer is 4xx with all headers, and both processes go on", async ({
  product,
}) => {
  const from = product.lines.length;
  const cases = bothPorts(product).flatMap((at) =>
    oddTargets.flatMap((target) =>
      ["GET", "POST", "HEAD", "PUT", "OPTIONS", "TRACE"].map((method) => ({ ...at, target, method })),
    ),
  );
  const seen: Record<string, number> = {};
  const faults: string[] = [];
  await inLanes(cases, async ({ port, secure, where, target, method }) => {
    const { status, text, answers } = await exchange(port, head(method, target));
    const right = secure ? [400, 414] : [400, 404, 405];
    const wrong = headerFaults(text, { secure });
    if (!right.includes(status) || answers !== 1 || wrong.length > 0)
      faults.push(`${method} ${target.slice(0, 60)} to ${where}: ${status}, ${wrong}`);
    seen[status] = (seen[status] ?? 0) + 1;
  });
  expect(faults).toEqual([]);
  await expectAlive(product, from);
  console.log(`R19: ${oddTargets.length} targets, 6 methods, 2 ports: ${JSON.stringify(seen)}`);
});

test("R19 of what is not quite HTTP each port answers once, below 500 and with all headers", async ({
  product,
}) => {
  const from = product.lines.length;
  const pathsOf = {
    "the web": ["/login", "/webhooks/meta/deauthorize", "/api/integrations/meta/whatsapp/callback", "/livez"],
    "the worker": ["/livez", "/metrics"],
  };
  const cases = bothPorts(product).flatMap((at) =>
    pathsOf[at.where].flatMap((path) =>
      Object.entries(hostileRequests(path)).map(([name, { request }]) => ({ ...at, path, name, request })),
    ),
  );
  const seen: Record<string, number> = {};
  const faults: string[] = [];
  await inLanes(cases, async ({ port, secure, where, path, name, request }) => {
    const { status, text, answers } = await exchange(port, ...request);
    const wrong = status === 0 ? [] : headerFaults(text, { secure });
    if (status >= 500 || answers !== (status === 0 ? 0 : 1) || wrong.length > 0)
      faults.push(`${name}, ${path} of ${where}: ${answers} answers, ${status}, ${wrong}`);
    seen[status] = (seen[status] ?? 0) + 1;
  });
  expect(faults).toEqual([]);
  await expectAlive(product, from);
  console.log(`R19: ${cases.length} requests that are not quite HTTP: ${JSON.stringify(seen)}`);
});

test("R19 of random bytes neither port gives a 5xx, and neither process ends", async ({ product }) => {
  const rounds = byTier(400, 15_000) * Number(process.env.FUZZ_RUNS ?? 1);
  test.setTimeout(60_000 + rounds * 40);
  // Half of them say that more is to come, and would wait for it until the server's patience ends.
  const patienceMs = byTier(500, undefined);
  const from = product.lines.length;
  const random = seededRandom();
  const [web, worker] = bothPorts(product);
  const cases = Array.from({ length: rounds }, () => ({
    ...(random.below(3) === 0 ? worker : web),
    bytes: randomRequest(random.below),
  }));
  const seen: Record<string, number> = {};
  const faults: string[] = [];
  await inLanes(cases, async ({ port, secure, bytes }) => {
    const { text } = await exchangeUntil(patienceMs, port, bytes, "\r\n\r\n");
    // What was waited for may come before the answer.
    const answer = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
    const kept = status < 400 && /\r\ncache-control: public/i.test(answer);
    const wrong = status === 0 ? [] : headerFaults(answer, { secure, kept });
    if (status >= 500 || wrong.length > 0)
      faults.push(`${JSON.stringify(bytes.toString("latin1"))}: ${status}, ${wrong}`);
    seen[status] = (seen[status] ?? 0) + 1;
  });
  console.log(`R19: ${rounds} random requests, SEED=${random.seed}: ${JSON.stringify(seen)}`);
  expect(faults).toEqual([]);
  await expectAlive(product, from);
});

const methods = "GET POST HEAD PUT DELETE OPTIONS TRACE CONNECT PATCH PROPFIND get X".split(" ");
const rightTargets =
  "/ /login /login/ /LOGIN.data /livez /readyz /metrics /events /events?check /preferences /logout /favicon.svg /nowhere /build/x /webhooks/meta/whatsapp /webhooks/meta/deauthorize /data-deletion/x /api/integrations/meta/whatsapp/callback?code=x /api/integrations/meta/whatsapp/start /settings/integrations?_routes=root".split(
    " ",
  );
const pieces = [
  ...String.raw`/ // .. . %2e %2F % %00 %ff \ [ ] ? # & = ; : @ * http: login webhooks meta whatsapp livez readyz metrics
    build .data _data api integrations callback favicon.svg events data-deletion __manifest p=/a _routes=root`.split(
    /\s+/,
  ),
  "\xe9",
  "\x7f",
];
const hosts = ["localhost", "evil.example", "a b", "[", "", "a:99999", "\xe9"].map((name) => `Host: ${name}`);
const lines = `Content-Length: 0
Content-Length: 5
Content-Length: x
Transfer-Encoding: chunked
Transfer-Encoding: x
Expect: 100-continue
Expect: x
Upgrade: h2c
Upgrade: websocket
Connection: Upgrade
Connection: close, x
Connection: \0
Cookie: a=%
Cookie: curbe_session=a.b
Cookie: __Host-curbe_session=%E0%A4%A.x
Accept-Language: ;;;,,,q=
Accept: */*;q=x
Accept: application/json
X-Forwarded-Host: a:99999
X-Forwarded-Host: [
X-Forwarded-For: [
X-Forwarded-Proto: javascript
Origin: null
Authorization: Bearer x
Authorization: Bearer
Range: bytes=9-1
Range: bytes=-
If-Modified-Since: x
If-None-Match: *
Referer: http://[
Content-Type: multipart/form-data
Content-Type: multipart/form-data; boundary=x
Content-Type: application/x-www-form-urlencoded
Content-Type: application/json
Content-Encoding: x
X-Request-Id: \t
X-Hub-Signature-256: sha256=
Sec-Fetch-Site: none`.split("\n");

/** Half of them would be right but for one or two things; now and then it is no HTTP at all. */
function randomRequest(below: (limit: number) => number): Buffer {
  const any = (from: string[]) => from[below(from.length)] ?? "";
  const some = (from: string[], most: number) => Array.from({ length: below(most + 1) }, () => any(from));
  if (below(20) === 0) return Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256)));
  const [odd, oddHost] = [below(2) === 0, below(6) === 0];
  const target = odd ? `${below(4) === 0 ? "" : "/"}${some(pieces, 6).join("")}` : any(rightTargets);
  const more = odd ? some(lines, 5) : some(lines, 2);
  return Buffer.from(
    [
      `${odd ? any(methods) : any(methods.slice(0, 6))} ${target} ${below(20) === 0 ? `HTTP/${below(4)}.${below(3)}` : "HTTP/1.1"}`,
      "Connection: close",
      ...(oddHost ? some(hosts, 2) : ["Host: localhost"]),
      ...more,
      "",
      below(3) === 0 ? some(["0\r\n", "5\r\nhello\r\n", "a=b&", "{", "\0", "--x\r\n"], 5).join("") : "",
    ].join("\r\n"),
    "latin1",
  );
}
