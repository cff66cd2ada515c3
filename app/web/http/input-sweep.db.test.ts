/**
 * Every route, every method and every parameter that its source reads, with text that databases and parsers cannot
 * take, for everybody who may ask: nothing is answered with 500 or more, and nothing tells how it failed.
 */
import { isRouteErrorResponse } from "@remix-run/react";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { anyText, cases } from "#db/testing/generated.ts";
import { byTier, isLongRun } from "#db/testing/tier.ts";
import { connectWorkspace, deliver } from "../../inbox/testing/test-workspaces.ts";
import { issueState } from "../../integrations/connect/oauth-states.server.ts";
import { tokenPlace } from "../../integrations/deps.server.ts";
import { hashPassword } from "../../platform/passwords.server.ts";
import { Secret } from "../../platform/secret.server.ts";
import { activeConnection, addConnection } from "../testing/connection-rows.ts";
import { hostileTexts } from "../testing/hostile-texts.ts";
import { type AskPage, openPages } from "../testing/pages.ts";
import { startTestProduct, type TestProduct } from "../testing/product.ts";
import { pathOf, type RouteParameters, routeParameters } from "../testing/route-parameters.ts";
import { talks } from "../testing/talks.ts";
import type { Fields } from "./input.server.ts";

/** Names that were read in the request that is being answered. */
const read = new Set<string>();

vi.mock("./input.server.ts", async (original) => {
  const real = await original<typeof import("./input.server.ts")>();
  const heard = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([reading, of]) => [
        reading,
        (name: string, ...rest: number[]) => {
          read.add(name);
          return of(name, ...rest);
        },
      ]),
    ) as unknown as Fields;
  return {
    ...real,
    readQuery: (request: Request) => heard(real.readQuery(request)),
    readForm: async (request: Request) => heard(await real.readForm(request)),
    readFields: async (request: Request) => heard(await real.readFields(request)),
    readBoundedForm: async (...given: Parameters<typeof real.readBoundedForm>) => {
      const form = await real.readBoundedForm(...given);
      return form === "too_large" ? form : heard(form);
    },
  };
});

type Role = "anonymous" | "member" | "admin" | "staff";

let product: TestProduct;
let ask: AskPage;
const people: Partial<Record<Role, { tenantId: string; userId: string; cookie: string }>> = {};
/** What a request of somebody who means well would hold. */
const usual: Record<string, string> = {
  channel: "whatsapp",
  code: "0".repeat(32),
  flow: "popup",
  step: "registration",
  intent: "check",
  after: "2026-11-01T00:00:00.000000Z_9",
  before: "9",
  q: "Eva",
  all: "yes",
  from: "item",
  item: "1",
  what: "news",
  who: "me",
  days: "30",
  outcome: "open",
  provider: "whatsapp",
  reason: "conflict",
  email: "ana@luz.example",
  password: "curbe-demo",
  returnTo: "/",
  language: "es",
  theme: "dark",
  act: "change_password",
  current: "curbe-demo",
  token: "t".repeat(43),
  wabaId: "102290129340398",
  phoneNumberId: "111000111222333",
  accessToken: "EAAtokenEAAtoken",
  whatsapp: "error",
  incidents: "abcdefghijkl",
  "hub.mode": "subscribe",
  "hub.challenge": "1",
};
const madeUp = ["made_up", "made\u0000up", "__proto__", "a[]", "_routes", "index", ""];
const routes = routeParameters();
// What ends something stands at the end.
const inOrder = routes.toSorted(
  (a, b) => Number(/disconnect|logout/.test(a.id)) - Number(/disconnect|logout/.test(b.id)),
);

beforeAll(async () => {
  // Remix writes a line about each path that it cannot decode.
  vi.spyOn(console, "warn").mockImplementation(() => {});
  product = await startTestProduct();
  ask = await openPages();
  const { database } = product;
  const mine = await connectWorkspace(database, "111000111222333");
  const staff = await product.person(mine.tenantId, "admin");
  await database.sql("insert into platform_staff (user_id) values ($1)", [staff.userId]);
  // Without it there is no connecting by hand.
  await database.sql(
    "insert into feature_flags (tenant_id, flag, enabled) values ($1, 'integration_debug', true)",
    [mine.tenantId],
  );
  people.member = await product.person(mine.tenantId);
  people.admin = await product.person(mine.tenantId, "admin");
  people.staff = staff;
  await database.sql("update users set password_hash = $1", [await hashPassword("curbe-demo")]);
  usual.connectionId = await addConnection(product, mine.tenantId, activeConnection);
  const place = tokenPlace(mine.tenantId, usual.connectionId);
  const token = product.services.integrations.vault.encryptToken(new Secret("EAAtokenEAAtoken"), place);
  await database.sql("update channel_connections set access_token_enc = $2 where id = $1", [
    usual.connectionId,
    token,
  ]);
  usual.connection = usual.number = usual.connectionId;
  const { conversation, say } = talks(() => database);
  const talk = await conversation(mine.tenantId, { name: "Eva" });
  await say(mine.tenantId, talk, { body: "Hola" });
  const delivery = await deliver(database, "{}");
  await database.sql(
    `insert into delivery_quarantine (delivery_id, item_path, reason, phone_number_id)
     select id, '0', 'unknown_number', '7' from webhook_deliveries where id = $1`,
    [delivery],
  );
  usual.id = talk;
});
afterAll(() => product.stop());
beforeEach(() => void read.clear());

interface Sent {
  route: RouteParameters;
  role: Role;
  method: string;
  /** Texts for parameters of the path, and for all the others. */
  params?: Record<string, string>;
  query?: string;
  body?: BodyInit;
  type?: string;
  json?: boolean;
  /** Of a page, what a page that is open already asks for. */
  asData?: boolean;
}

let asked = 0;
/** How often each status was the answer, and each name was read by whom its text was meant for. */
const answered: Record<number, number> = {};
const readAtAll = new Set<string>();

/** Sends it, looks at the answer, and at what was logged. */
async function send({
  route,
  role,
  method,
  params = {},
  query = "",
  body,
  type,
  json,
  asData,
}: Sent): Promise<void> {
  asked += 1;
  const path = pathOf(route.id).replace(
    /:(\w+)|\*/g,
    (_all, name = "id") => params[name] ?? paramOf(route, name),
  );
  const person = people[role];
  const headers = new Headers({
    "x-client-ip": `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}`,
  });
  if (person) headers.set("cookie", person.cookie);
  if (json) headers.set("accept", "application/json");
  if (type) headers.set("content-type", type);
  const place = route.id === "_index" ? "" : path + (asData && route.isPage && path !== "" ? ".data" : "");
  const url = `${product.origin}/${place}${query && `?${query}`}`;
  const told = `${method} ${url.slice(0, 300)} as ${role}, ${typeof body === "string" ? body.slice(0, 300) : ""}`;
  product.logged.length = 0;
  const answer = await ask(new Request(url, { method, headers, ...(body !== undefined && { body }) }));
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (isStream) await answer.body?.cancel();
  const said = isStream ? "" : await answer.text();
  expect(answer.status, told).toBeLessThan(500);
  answered[answer.status] = (answered[answer.status] ?? 0) + 1;
  expect(said, told).not.toMatch(/\n\s+at .+:\d+:\d+|invalid byte sequence|out of range for type|22P0|22008/);
  // A method that a route does not have is an answer of Remix's own.
  const failures = product.logged.filter(
    ({ fields: { error } = {} }) =>
      error !== undefined && !(isRouteErrorResponse(error) && error.status < 500),
  );
  expect(failures, told).toEqual([]);
}

function paramOf({ id }: RouteParameters, name: string): string {
  if (name === "id" && id.includes("numbers")) return usual.connectionId ?? "";
  if (name === "id" && id.startsWith("operations")) return "1";
  return usual[name] ?? "";
}

/** The session ends with signing out, and the state with its use. */
async function renew(role: Role): Promise<void> {
  const person = people[role];
  if (!person) return;
  person.cookie = (await product.sessionOf(person)).cookie;
  const [session] = await product.database.sql<{ id: string }>(
    "select id from sessions where user_id = $1 order by created_at desc limit 1",
    [person.userId],
  );
  const actor = { ...person, sessionId: session?.id ?? "", requestId: "request-1" };
  usual.state = await issueState(product.services.integrations, actor, "meta_whatsapp", {
    ip: "::1\u0000",
    userAgent: "a browser\u0000 that sends \ud800",
  });
}

const pairs = (fields: Iterable<[string, string]>) =>
  [...fields].map(([name, value]) => `${encodeURIComponent(name)}=${value}`).join("&");
const urlencoded = "application/x-www-form-urlencoded";
const roles: Role[] = ["anonymous", "member", "admin", "staff"];

/** In a long run each text comes from everybody, on every route. */
const isWhole = isLongRun;
/** Of the texts for a parameter one in so many. Which one goes round, so that each text is tried in some of them. */
const stride = byTier(27, 1);

test.each(inOrder.map((route, place) => [route.id, place, route] as const))(
  "%s",
  { timeout: 300_000 },
  async (_id, place, route) => {
    for (const [turn, role] of roles.entries()) {
      await renew(role);
      for (const [index, hostile] of hostileTexts.entries())
        if (isWhole || (place + index + 3 * turn) % stride === 0) await allAtOnce(route, role, hostile);
    }
    for (const [at, name] of route.names.entries())
      for (const [index, hostile] of hostileTexts.entries())
        if ((place + at + index) % stride === 0)
          await oneOfThem(route, name, { index: Math.floor((place + at + index) / stride), ...hostile });
    expect([...read].filter((name) => !route.names.includes(name))).toEqual([]);
    for (const name of read) readAtAll.add(name);
  },
);

type Hostile = (typeof hostileTexts)[number];

const endsSessions = ({ id }: RouteParameters) => id === "logout" || id === "account";

/** In every parameter, and in names that nobody reads. */
async function allAtOnce(route: RouteParameters, role: Role, { inAddress, text }: Hostile): Promise<void> {
  const names = [...route.names, ...madeUp];
  const query = pairs(names.map((name) => [name, inAddress]));
  await send({ route, role, method: "GET", query, asData: role !== "staff" });
  for (const param of route.params)
    await send({ route, role, method: "GET", params: { [param]: inAddress || "%00" } });
  await send({ route, role, method: "POST", query, body: query, type: urlencoded });
  if (!route.hasAction) return;
  const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, text])));
  await send({ route, role, method: "POST", body, type: "application/json", json: true });
  if (endsSessions(route)) await renew(role);
}

/** The rest of the request is as it should be, so that nothing else refuses it first. */
async function oneOfThem(
  route: RouteParameters,
  name: string,
  { index, inAddress, text }: Hostile & { index: number },
): Promise<void> {
  if (route.names.includes("state") || endsSessions(route)) await renew("staff");
  const others = route.names.filter((other) => other !== name && other !== "error");
  const rest = others.map((other) => [other, usual[other] ?? "x"] as const);
  const query = `${pairs(rest.map(([other, value]) => [other, encodeURIComponent(value)]))}&${name}=${inAddress}`;
  const sent = { route, role: "staff", query } as const;
  if (isWhole || !route.hasAction || index % 2 === 0)
    await send({ ...sent, method: "GET", asData: index % 4 > 0 });
  if (!route.hasAction || (!isWhole && index % 2 === 0)) return;
  if (isWhole && route.names.includes("state")) await renew("staff");
  const kind = index % 3;
  if (kind === 0) return send({ ...sent, method: "POST", body: query, type: urlencoded });
  if (kind === 1) {
    const body = JSON.stringify({ ...Object.fromEntries(rest), [name]: text });
    return send({ ...sent, method: "POST", body, type: "application/json" });
  }
  const parts = new FormData();
  for (const [other, value] of rest) parts.set(other, value);
  parts.append(name, text.toWellFormed());
  parts.append(name, new File([text], "a\u0000.txt"));
  await send({ ...sent, method: "POST", body: parts });
}

test("and whatever else can be made up", { timeout: 300_000 }, async () => {
  await renew("staff");
  const piece = fc.oneof(
    fc.constantFrom(...hostileTexts.map(({ inAddress }) => inAddress)),
    anyText({ maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc
      .array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 })
      .map((bytes) => bytes.map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
    fc.date({ noInvalidDate: true }).map((date) => `${date.toISOString().replace("Z", "000Z")}_1`),
  );
  const made = fc.constantFrom(...routes.filter(({ id }) => !/disconnect|logout/.test(id))).chain((route) =>
    fc.record({
      route: fc.constant(route),
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"),
      role: fc.constantFrom(...roles),
      fields: fc.array(fc.tuple(fc.constantFrom(...route.names, ...madeUp), piece), { maxLength: 6 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(made, async ({ route, method, role, fields }) => {
      const query = pairs(fields);
      const body = /GET|HEAD/.test(method) ? {} : { body: query, type: urlencoded };
      await send({ route, role, method, query, ...body });
    }),
    cases(150, 6_000),
  );
});

test("asked them all, and was heard", () => {
  console.info(`input sweep: ${asked} requests, ${readAtAll.size} names read`, answered);
  expect(asked).toBeGreaterThan(byTier(1_000, 20_000));
  // Of everything that a route's source names something was read, and more than the door answered.
  const named = new Set(routes.flatMap(({ names }) => names));
  expect([...named].filter((name) => !readAtAll.has(name))).toEqual([]);
  for (const status of [200, 303, 400, 404])
    expect(answered[status], String(status)).toBeGreaterThan(byTier(60, 100));
});
