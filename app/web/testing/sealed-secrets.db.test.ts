/** R36: sealed texts changed in the database behind the product's back, and everything that opens them. */
import { randomBytes, randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testSeed } from "#db/testing/generated.ts";
import { byTier } from "#db/testing/tier.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { listConnections } from "../../integrations/connection/connections.server.ts";
import { createTokenVault, markOf } from "../../integrations/crypto.server.ts";
import { tokenPlace } from "../../integrations/deps.server.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { finishTeardown, subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { Secret } from "../../platform/secret.server.ts";
import { action as choose } from "../../routes/settings.integrations_.$channel.choose-number.tsx";
import { english as texts } from "../../texts/en/index.ts";
import { tokenUnsealFailures } from "../http/metrics.server.ts";
import { connectFlows, failed, pickerPlace } from "./connect-flows.ts";
import { type AskPage, openPages } from "./pages.ts";
import { callRoute, type TestPerson } from "./product.ts";

const { flow, ask, begin, comeBack, code, connect, leave, connections, jobs } = connectFlows();
const deps = () => flow.product.services.integrations;
const sql = (text: string, values: unknown[] = []) => flow.product.database.sql(text, values);
/** Every bit in a long run, else one in twenty. */
const part = byTier(20, 1);

let pages: AskPage;
beforeAll(async () => {
  pages = await openPages();
});
beforeEach(() => tokenUnsealFailures.reset());
const failures = async () =>
  (await tokenUnsealFailures.get()).values.reduce((sum, { value }) => sum + value, 0);
const graphCalls = () => flow.product.sandbox.control.calls().length;

interface Row {
  id: string;
  tenant_id: string;
  access_token_enc: string;
  status: string;
}

async function connected(person: TestPerson = flow.ana, businessId: string = BUSINESS_IDS.luz): Promise<Row> {
  await connect(person, businessId);
  const [row] = (await connections(person)) as unknown as Row[];
  if (!row) throw new Error("not connected");
  return row;
}
const put = (id: string, sealed: string) =>
  sql("update channel_connections set access_token_enc = $2 where id = $1", [id, sealed]);
/** With its mark: whoever can write the one can write the other. */
const putMarked = (id: string, sealed: string) =>
  sql(
    `update channel_connections set access_token_enc = $2,
       metadata = metadata || jsonb_build_object('token_mark', $3::text) where id = $1`,
    [id, sealed, markOf(sealed)],
  );
const subject = ({ id, tenant_id }: Row) => ({
  tenantId: tenant_id,
  connectionId: id,
  requestId: "r-36",
  lastAttempt: false,
});
const view = async ({ tenant_id: tenantId }: Row) =>
  (await listConnections(deps(), { tenantId, userId: flow.ana.userId }, "meta_whatsapp"))[0];

/** Base64url parts of `v1.<key id>.<iv>.<ciphertext>.<tag>` with one bit of one of them the other way. */
function flips(sealed: string): string[] {
  const parts = sealed.split(".");
  return [1, 2, 3, 4].flatMap((at) => {
    const bytes = Buffer.from(parts[at] ?? "", "base64url");
    return Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return parts.with(at, changed.toString("base64url")).join(".");
    });
  });
}

function cutTags(sealed: string): string[] {
  const [tag = "", ...rest] = sealed.split(".").reverse();
  const bytes = Buffer.from(tag, "base64url");
  return [0, 4, 8, 12, 15].map((length) =>
    [...rest.reverse().splice(0, 4), bytes.subarray(0, length).toString("base64url")].join("."),
  );
}

test("R36 whatever is done to a token in its row, no check opens it: counted each time, and said", async () => {
  const started = performance.now();
  const ana = await connected();
  const eva = await connected(await flow.product.person(), BUSINESS_IDS.norte);
  const old = ana.access_token_enc;
  const current = await connected();
  expect(current.id).toBe(ana.id);
  const stranger = createTokenVault({ primary: randomBytes(32).toString("base64") });
  const place = tokenPlace(ana.tenant_id, ana.id);
  const { vault } = deps();
  const sealedElsewhere = [
    { ...place, rowId: randomUUID() },
    { ...place, tenantId: eva.tenant_id },
    { ...place, column: "pin_enc" },
    { ...place, table: "connection_teardowns" },
  ].map((other) => vault.encryptToken(new Secret("EAA-moved"), other));
  const mine = current.access_token_enc;
  const bits = flips(mine);
  const games: Record<string, string[]> = {
    "an earlier one of the same row": [old],
    "made outside": [vault.encryptToken(new Secret("EAA-made-outside"), place)],
    "another tenant's": [eva.access_token_enc],
    "sealed for another row, tenant, column or table": sealedElsewhere,
    "under a key that we do not have": [stranger.encryptToken(new Secret("EAA"), place)],
    "of another format": [
      mine.replace("v1.", "v0."),
      mine.replace("v1.", "v2."),
      mine.slice(3),
      "",
      "v1....",
      "EAA-plain",
    ],
    "with a tag cut": cutTags(mine),
    "with a bit flipped": bits.filter((_, n) => (n + testSeed) % part === 0),
  };
  // Only the mark tells that these are not the row's own; all others are refused without its help.
  const byMark = ["an earlier one of the same row", "made outside"];
  let count = 0;
  for (const [name, texts] of Object.entries(games)) {
    for (const sealed of texts) {
      if (byMark.includes(name)) await put(ana.id, sealed);
      else await putMarked(ana.id, sealed);
      const [before, calls] = [await failures(), graphCalls()];
      await checkConnection(deps(), subject(current));
      expect(await failures(), name).toBe(before + 1);
      expect(graphCalls(), name).toBe(calls);
      count++;
    }
  }
  expect((await view(ana))?.error?.code).toBe("token_unreadable");
  expect((await view(eva))?.status).toBe("active");
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `R36: ${count} texts (${bits.length} bits, one in ${part}), seed ${testSeed}, ${seconds} s: all refused`,
  );

  // Its own text again: the next check takes the verdict back.
  await putMarked(ana.id, mine);
  await checkConnection(deps(), subject(current));
  expect(await view(ana)).toMatchObject({ status: "active", error: null });
}, 600_000);

/** What a colleague was given at Meta, as if it were hers. */
async function moveColleaguesGrant() {
  const leo = await flow.product.person(flow.ana.tenantId);
  const [own] = (await sql("select id from channel_connections")) as { id: string }[];
  expect(await connect(leo, BUSINESS_IDS.cadenas)).toBe(pickerPlace);
  const ofPerson = "select access_token_enc as sealed from channel_connections where attempted_by = $1";
  const [his] = (await sql(ofPerson, [leo.userId])) as { sealed: string }[];
  await putMarked(own?.id ?? "", his?.sealed ?? "");
}

describe("a token that does not open", () => {
  const spoil = async (row: Row) => put(row.id, "v1.spoiled");

  test("is told after two checks, on every page, in the log of changes and to operators; reconnecting cures it", async () => {
    const row = await connected();
    await spoil(row);
    await checkConnection(deps(), subject(row));
    expect((await view(row))?.status).toBe("active");
    await checkConnection(deps(), subject(row));
    expect(await view(row)).toMatchObject({
      status: "error",
      error: { code: "token_unreadable" },
      maySend: false,
    });
    expect(await sql("select detail from connection_events where kind = 'access_lost'")).toEqual([
      { detail: { code: "token_unreadable" } },
    ]);
    const [look] = await sql("select last_result as result from connection_health where connection_id = $1", [
      row.id,
    ]);
    expect(look).toEqual({ result: "token_unreadable" });
    const line = flow.product.logged.findLast(({ message }) => message === "sealed secret cannot be opened");
    expect(line?.fields).toMatchObject({ reason: "malformed", tenant_id: row.tenant_id });
    const { title } = texts.channels.meta_whatsapp.incidentOf("token_unreadable");
    for (const path of [
      "/settings/integrations",
      "/conversations",
      "/settings/integrations/whatsapp/activity",
    ]) {
      const shown = await pages(ask(path, flow.ana));
      expect([path, shown.status]).toEqual([path, 200]);
      expect(await shown.text(), path).toContain(title);
    }
    const again = await connected();
    expect(again.id).toBe(row.id);
    expect(await view(row)).toMatchObject({ status: "active", error: null });
    await checkConnection(deps(), subject(row));
    expect(await view(row)).toMatchObject({ status: "active", error: null });
  });

  test("leaves deliveries and registration failed with that cause, and asks for a check at once", async () => {
    const row = await connected();
    await spoil(row);
    await sql("delete from graphile_worker._private_jobs");
    await subscribeWaba(deps(), subject(row));
    await registerNumber(deps(), subject(row));
    expect(await view(row)).toMatchObject({ deliveries: "failed", registrationRefusal: "token_unreadable" });
    expect((await view(row))?.steps.find(({ step }) => step === "deliveries_on")?.code).toBe(
      "token_unreadable",
    );
    expect((await jobs()).map(({ task }) => task)).toEqual(["check_connection"]);
    expect(await failures()).toBe(2);
  });

  test("keeps nobody from leaving, and what stays on at Meta is said", async () => {
    const row = await connected();
    await spoil(row);
    expect((await leave(flow.ana)).status).toBe(200);
    expect(await view(row)).toMatchObject({ status: "revoked" });
    expect(await sql("select kind, detail from connection_events where kind like 'teardown%'")).toEqual([
      { kind: "teardown_gave_up", detail: { code: "token_unreadable" } },
    ]);
    expect(await failures()).toBe(1);
  });

  test("in a teardown ends it, with its cause", async () => {
    const row = await connected();
    await leave(flow.ana);
    const [teardown] = (await sql("update connection_teardowns set access_token_enc = $1 returning id", [
      row.access_token_enc,
    ])) as { id: string }[];
    const calls = graphCalls();
    await finishTeardown(deps(), { ...subject(row), teardownId: teardown?.id ?? "" });
    expect(graphCalls()).toBe(calls);
    expect(await sql("select outcome, access_token_enc from connection_teardowns")).toEqual([
      { outcome: "gave_up", access_token_enc: null },
    ]);
    expect(await sql("select kind, detail from connection_events where kind like 'teardown%'")).toEqual([
      { kind: "teardown_gave_up", detail: { code: "token_unreadable" } },
    ]);
    expect(await failures()).toBe(1);
  });

  test.each<[string, () => Promise<unknown>, string[]]>([
    ["", () => sql("update channel_connections set access_token_enc = 'v1.spoiled'"), ["revoked"]],
    [", for it is a colleague's,", moveColleaguesGrant, ["revoked", "pending"]],
  ])(
    "in a kept grant%s ends the choice, and nobody is offered it again",
    async (_why, spoilGrant, statuses) => {
      const { state } = await begin(flow.ana);
      expect(await comeBack(flow.ana, { state, code: code(BUSINESS_IDS.cadenas) })).toBe(pickerPlace);
      await spoilGrant();
      const body = new URLSearchParams({ phoneNumberId: NUMBER_IDS.cadenasSur2 });
      const answer = await callRoute(choose, ask(pickerPlace, flow.ana, { method: "POST", body }));
      expect(answer.headers.get("location")).toBe(failed("choice_expired"));
      const left = await sql("select status from channel_connections order by created_at");
      expect(left.map(({ status }) => status)).toEqual(statuses);
      const [event] = (await sql("select detail from connection_events where kind = 'connect_failed'")) as {
        detail: object;
      }[];
      expect(event?.detail).toMatchObject({ reason: "choice_expired", code: "token_unreadable" });
      expect(await failures()).toBe(1);
    },
  );
});

test("R36 a PIN that does not open is never used: told first, replaced when a person asks anew", async () => {
  const number = flow.product.sandbox.world.numbers[NUMBER_IDS.luz];
  if (!number) throw new Error("no number");
  const registers = () =>
    flow.product.sandbox.control.calls().filter(({ endpoint }) => endpoint === "register").length;
  const open = { platformType: "NOT_APPLICABLE", status: "PENDING" };
  Object.assign(number, open);
  const row = await connected();
  await registerNumber(deps(), subject(row));
  expect(registers()).toBe(1);
  const [pin] = (await sql("select pin_enc from number_registrations")) as { pin_enc: string }[];
  const games = [
    row.access_token_enc,
    ...cutTags(pin?.pin_enc ?? ""),
    ...flips(pin?.pin_enc ?? "").filter((_, n) => (n + testSeed) % (4 * part) === 0),
  ];
  for (const sealed of games) {
    Object.assign(number, open);
    await sql("update number_registrations set pin_enc = $1, pin_unreadable = false", [sealed]);
    const before = await failures();
    await registerNumber(deps(), subject(row));
    expect(await failures()).toBe(before + 1);
    expect((await view(row))?.registrationRefusal).toBe("pin_unreadable");
  }
  expect(registers()).toBe(1);
  console.log(`R36: ${games.length} PINs, seed ${testSeed}: all refused`);
  // Somebody has taken the PIN away at Meta, and asks us again.
  number.pin = null;
  await registerNumber(deps(), subject(row));
  expect(registers()).toBe(2);
  expect((await view(row))?.registrationRefusal).toBeNull();
  Object.assign(number, open);
  await registerNumber(deps(), subject(row));
  expect((await view(row))?.registrationRefusal).toBeNull();
});
