/**
 * R34 of the reliability scoreboard: whatever is secret, or somebody's own, through success and every kind of failure,
 * stands nowhere but where it belongs. With a PostgreSQL that logs every statement and every parameter.
 */
import { expect } from "@playwright/test";
import { systemPostgres } from "../../../scripts/tests/programs/debian.ts";
import { test } from "../product/complaints.ts";
import { type Artefact, allowed, artefacts, gather } from "./artefacts.ts";
import { byHand, everyday, passwords, registering } from "./everyday.ts";
import { type CanaryProduct, random, startCanaryProduct } from "./product.ts";
import { type Canaries, scan, spellings } from "./scan.ts";
import * as trouble from "./trouble.ts";
import { keptGrant, refusedReturns, troubleAtMeta, unanswered } from "./trouble-at-meta.ts";

test.describe.configure({ mode: "serial", retries: 0 });

const bin = systemPostgres();
const skipped = "there is no PostgreSQL of the system, 15 or later: install the package postgresql";
if (!bin) console.log(`R34 is skipped: ${skipped}.`);
test.skip(!bin, skipped);

let product: CanaryProduct;
let found: Record<Artefact, string>;
test.beforeAll(async () => {
  test.setTimeout(120_000);
  product = await startCanaryProduct(bin ?? "");
});
test.afterAll(() => product?.stop());

test("R34 the product goes through everyday and through trouble of every kind", async () => {
  test.setTimeout(600_000);
  const started = performance.now();
  const person = await everyday(product);
  // It takes ten seconds; the others go on beside it, until the database is away.
  const waiting = await unanswered(product);
  const untilGivenUp = () => waiting.ended;
  const acts = [
    registering,
    byHand,
    passwords,
    trouble.wrongPasswords,
    trouble.oddTargets,
    refusedReturns,
    keptGrant,
    trouble.badDeliveries,
    trouble.staff,
    trouble.failingJobs,
    troubleAtMeta,
    untilGivenUp,
    trouble.brokenDatabase,
  ];
  for (const act of acts) {
    const from = performance.now();
    await act(product, person);
    console.log(`R34: ${act.name} ${((performance.now() - from) / 1000).toFixed(1)} s`);
  }
  noteWhatMetaGave(product);
  const said = product.canaries.get("what Meta says") ?? new Set();
  const heard = [...said].filter((text) => product.graph.calls.some(({ answer }) => answer.includes(text)));
  console.log(`R34: ${heard.length} of ${said.size} things that Meta says were heard`);
  // All but what it says by way of the person.
  expect(said.size - heard.length).toBe(2);
  console.log(
    `R34: ${product.answers.length} requests, ${product.graph.calls.length} calls of Meta on ${product.postgres.version} in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  const statuses = new Set(product.answers.map(({ status }) => status));
  for (const status of [200, 303, 400, 401, 404, 500, 503]) expect([...statuses]).toContain(status);
});

test("R34 what is planted on purpose is found in every artefact", async () => {
  const planted = `planted-${random()}`;
  const { database, graph, stranger } = product;
  const visitor = stranger();
  await visitor.get(`/nowhere/${planted}`);
  await visitor.get(`/conversations?q=${planted}`);
  await visitor.get(`/login?returnTo=/conversations/${planted}`);
  await database.sql("insert into tenants (name) values ($1)", [planted]);
  await database.sql(
    "select graphile_worker.add_job('planted', json_build_object('said', $1::text), run_at := now() + interval '1 day')",
    [planted],
  );
  for (const path of ["/debug_token?", "/me?"]) await fetch(`${graph.url}/v25.0${path}fields=${planted}`);
  found = await gather(product);
  const finds = artefacts.filter(
    (artefact) => scan(artefact, found[artefact], new Map([["planted", new Set([planted])]])).length > 0,
  );
  // The rest holds nothing that a request says, but what they hold is there: numbers, sessions, who a mail is for.
  const held: Partial<Record<Artefact, string>> = {
    metrics: "oauth_attempts_total{",
    "Set-Cookie headers": "curbe_session=",
    mails: "@canaries.example",
  };
  for (const [artefact, text] of Object.entries(held))
    expect(found[artefact as Artefact].includes(text), artefact).toBe(true);
  expect([...finds, ...Object.keys(held)].sort()).toEqual([...artefacts].sort());
});

test("R34 a canary is found in every spelling, wherever it stands", () => {
  const value = `pläce "&<' /+=%\\ ${random()}`;
  for (const artefact of artefacts) {
    for (const { name, text } of spellings(value)) {
      const planted = `${found[artefact]}x${text}y`;
      expect(
        scan(artefact, planted, new Map([["planted", new Set([value])]])),
        `${artefact}: ${name}`,
      ).toHaveLength(1);
    }
  }
});

test("R34 what is secret stands nowhere, and what is somebody's own only where it belongs", () => {
  const { canaries } = product;
  const kinds = [...canaries].map(([kind, values]) => `${values.size} ${kind}`);
  console.log(
    `R34: looked for ${kinds.join(", ")}; in ${artefacts.map((one) => `${one} (${found[one].length})`).join(", ")}`,
  );
  for (const kind of [
    "access token",
    "code",
    "PIN",
    "session token",
    "reset token",
    "appsecret_proof",
    "message body",
    "what Meta says",
  ])
    expect(canaries.get(kind)?.size ?? 0, kind).toBeGreaterThan(0);
  const all = artefacts.flatMap((artefact) => scan(artefact, found[artefact], canaries));
  expect(all.filter(({ kind, artefact }) => !allowed[kind]?.[artefact as Artefact])).toEqual([]);
  // What may be there is there: whoever allows more than happens has forgotten something.
  const seen = new Set(all.map(({ kind, artefact }) => `${kind}: ${artefact}`));
  const listed = Object.entries(allowed).flatMap(([kind, places]) =>
    Object.keys(places).map((place) => `${kind}: ${place}`),
  );
  expect(listed.filter((one) => !seen.has(one))).toEqual([]);
});

/** Tokens, proofs and PINs, as they went over the wire. */
function noteWhatMetaGave({ graph, canary, canaries }: CanaryProduct): void {
  for (const { line, authorization, body, answer } of graph.calls) {
    const token = /^Bearer (.+)$/.exec(authorization)?.[1] ?? "";
    if (/^[^|]{12,}$/.test(token)) canary("access token", token);
    const given = /"access_token":\s*"([^"]{12,})"/.exec(answer)?.[1];
    if (given) canary("access token", given);
    const proof = /appsecret_proof=([0-9a-f]{64})/.exec(line)?.[1];
    if (proof) canary("appsecret_proof", proof);
    const pin = new URLSearchParams(body).get("pin");
    if (pin) canary("PIN", pin);
  }
  noteNothingEmpty(canaries);
}

/** What is short would be found everywhere. */
function noteNothingEmpty(canaries: Canaries): void {
  for (const [kind, values] of canaries)
    for (const value of values) expect(value.length, kind).toBeGreaterThan(5);
}
