/** An attempt to connect, and the grant that waits in it, is its person's: no colleague's, and over with the membership. */
import { describe, expect, test } from "vitest";
import { endMembership } from "../../../db/queries/people/memberships.ts";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { asOwner } from "../../../scripts/users/person.ts";
import { requestDueChecks } from "../../integrations/health/check.server.ts";
import { GraphError } from "../../integrations/meta/graph-error.server.ts";
import { activityKinds } from "../../texts/en/activity-kinds.ts";
import { english as texts } from "../../texts/en/index.ts";
import { api, connectedPlace, failed, pickerPlace } from "../testing/connect-flows.ts";
import { graphActs } from "../testing/graph-acts.ts";
import type { TestPerson } from "../testing/product.ts";

const flows = graphActs();
const { flow, get, post, spent, begin, comeBack, code, connect, connections, leave, statusOf } = flows;
const page = "/settings/integrations";
const { cadenas } = BUSINESS_IDS;
const sql: typeof flow.product.database.sql = (text, values) => flow.product.database.sql(text, values);
const colleague = () => flow.product.person(flow.ana.tenantId);

const attempts = ({ userId }: TestPerson) =>
  sql<{ id: string; status: string; access_token_enc: string | null }>(
    "select * from channel_connections where attempted_by = $1 order by id",
    [userId],
  );
const pick = async (person: TestPerson, fields: Record<string, string>) =>
  (await post(person, pickerPlace, fields)).headers.get("location");
const choose = (person: TestPerson, phoneNumberId: string) => pick(person, { phoneNumberId });
const look = (person: TestPerson) => pick(person, { intent: "look" });
const card = async (person: TestPerson) =>
  (await (await get(person, page)).text()).replace(/<script[\s\S]*?<\/script>/g, "");
const leaveWorkspace = ({ tenantId, userId }: TestPerson) =>
  asOwner(flow.product.database.url, "test", (owner) => endMembership(owner, tenantId, userId));

describe("a colleague", () => {
  test("sees nothing of it, on no page and in no answer", async () => {
    const leo = await colleague();
    expect(await connect(flow.ana, cadenas)).toBe(pickerPlace);
    expect(await card(flow.ana)).toContain(texts.integrations.choosing.action);
    const seen = await card(leo);
    for (const words of [texts.integrations.choosing.action, texts.integrations.states.choosing])
      expect(seen).not.toContain(words);
    expect(seen).toContain(texts.channels.meta_whatsapp.connect);
    expect((await get(leo, pickerPlace)).headers.get("location")).toBe(page);
    expect(await statusOf(flow.ana)).toMatchObject({ status: "pending", connections: [] });
    expect(await statusOf(leo)).toMatchObject({ status: "not_connected", updated_at: null, connections: [] });
    // The log says that somebody tried, as it does of everything; no number and no account.
    const log = await (await get(leo, `${page}/whatsapp/activity`)).text();
    expect(log).toContain(activityKinds.number_choice_offered);
    expect(log).not.toMatch(/\+52/);
  });

  test("cannot ask again or choose, and asks Meta nothing by trying", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const [before, asked] = [await attempts(flow.ana), spent()];
    expect(await look(leo)).toBe(failed("choice_expired"));
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(failed("choice_expired"));
    expect(spent()).toBe(asked);
    expect(await attempts(flow.ana)).toEqual(before);
  });

  test("cannot reach it by its id", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    const connectionId = before[0]?.id ?? expect.fail("no attempt");
    expect((await get(leo, `${page}/whatsapp/numbers/${connectionId}`)).status).toBe(404);
    expect((await post(leo, `${page}/whatsapp/numbers/${connectionId}`, { intent: "check" })).status).toBe(
      404,
    );
    await post(leo, `${page}/whatsapp/retry?step=registration`, { connectionId });
    await post(leo, `${api}/disconnect`, { connectionId });
    expect((await get(leo, `${page}/whatsapp/disconnect?connection=${connectionId}`)).status).toBe(303);
    expect(await attempts(flow.ana)).toEqual(before);
  });

  test("has an attempt of their own at the same time; each is continued by its person", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    await connect(leo, cadenas);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await card(flow.ana)).toContain(texts.integrations.choosing.action);
    expect(await look(flow.ana)).toBe(pickerPlace);
    expect(await choose(flow.ana, NUMBER_IDS.cadenasCentro1)).toBe(connectedPlace);
    const rows = await connections(flow.ana);
    expect(rows.map(({ status, attempted_by }) => [status, attempted_by])).toEqual([
      ["active", null],
      ["active", null],
    ]);
    // What is connected is everybody's.
    expect(await statusOf(leo)).toEqual(await statusOf(flow.ana));
  });

  test("who lacks a permission replaces nothing, and nobody else reads of it", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    const { state } = await begin(leo);
    const scopes = ["whatsapp_business_messaging"];
    expect(await comeBack(leo, { state, code: code(BUSINESS_IDS.luz, { scopes }) })).toBe(
      failed("permission_missing"),
    );
    expect(await attempts(flow.ana)).toEqual(before);
    const { title } = texts.channels.meta_whatsapp.reasons.permission_missing;
    expect(await card(leo)).toContain(title);
    const eva = await colleague();
    for (const other of [flow.ana, eva]) expect(await card(other)).not.toContain(title);
  });

  test("who disconnects everything ends no attempt of another's", async () => {
    const leo = await colleague();
    await connect(leo);
    await connect(flow.ana, cadenas);
    const before = await attempts(flow.ana);
    await leave(leo);
    expect(await attempts(flow.ana)).toEqual(before);
    expect(await statusOf(leo)).toMatchObject({ connected: false, status: "revoked" });
    await leave(flow.ana);
    expect(await attempts(flow.ana)).toMatchObject([{ status: "revoked", access_token_enc: null }]);
  });

  test("reads no word of an hour that ran out for somebody else", async () => {
    const leo = await colleague();
    await connect(flow.ana, cadenas);
    await connect(leo, cadenas);
    const over = "update channel_connections set choice_expires_at = '2020-01-01'";
    await sql(`${over} where attempted_by = $1`, [flow.ana.userId]);
    await requestDueChecks(
      { ...flow.product.services.integrations, clockDb: flow.product.database.as("app_clock") },
      "clock",
    );
    expect(await attempts(flow.ana)).toMatchObject([{ status: "revoked", access_token_enc: null }]);
    expect(await attempts(leo)).toMatchObject([{ status: "pending" }]);
    expect((await get(flow.ana, pickerPlace)).headers.get("location")).toBe(failed("choice_expired"));
    expect((await get(await colleague(), pickerPlace)).headers.get("location")).toBe(page);
  });
});

test("it is there for an hour", async () => {
  await connect(flow.ana, cadenas);
  const [row] = await sql<{ seconds: number }>(
    `select extract(epoch from choice_expires_at - now())::float8 as seconds
       from channel_connections where attempted_by = $1`,
    [flow.ana.userId],
  );
  expect(Math.abs((row?.seconds ?? 0) - 3_600)).toBeLessThan(60);
});

describe("it ends", () => {
  const endings: [string, (person: TestPerson) => Promise<unknown>][] = [
    ["with the membership", leaveWorkspace],
    [
      "when the membership is deleted, by whatever",
      ({ userId }) => sql("delete from memberships where user_id = $1", [userId]),
    ],
    [
      "when the person is disabled",
      ({ userId }) => sql("update users set disabled_at = now() where id = $1", [userId]),
    ],
  ];

  test.each(endings)("%s: the token is destroyed, the row revoked, and it is told", async (_how, end) => {
    const leo = await colleague();
    for (const person of [flow.ana, leo]) await connect(person, cadenas);
    const [mine] = await attempts(leo);
    const others = await attempts(flow.ana);
    await end(leo);
    const [row] = await sql(
      "select status, access_token_enc, token_expires_at, metadata from channel_connections where id = $1",
      [mine?.id],
    );
    expect(row).toMatchObject({ status: "revoked", access_token_enc: null, token_expires_at: null });
    expect(JSON.stringify(row)).not.toContain("choices");
    expect(
      await sql("select kind, actor_user_id from connection_events where connection_id = $1 order by id", [
        mine?.id,
      ]),
    ).toEqual([
      { kind: "number_choice_offered", actor_user_id: leo.userId },
      { kind: "attempt_ended", actor_user_id: null },
    ]);
    expect(await attempts(flow.ana)).toEqual(others);
    expect(await choose(flow.ana, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
  });

  test("and does not come back with the person", async () => {
    const leo = await colleague();
    await connect(leo, cadenas);
    await leaveWorkspace(leo);
    await sql("insert into memberships values ($1, $2, 'member')", [leo.tenantId, leo.userId]);
    expect(await attempts(leo)).toEqual([]);
  });

  test("not with the role", async () => {
    const leo = await flow.product.person(flow.ana.tenantId, "admin");
    await connect(leo, cadenas);
    await sql("update memberships set role = 'member' where user_id = $1", [leo.userId]);
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
  });

  test("numbers that the person connected stay the workspace's", async () => {
    const leo = await colleague();
    await connect(leo);
    await leaveWorkspace(leo);
    expect(await statusOf(flow.ana)).toMatchObject({ connected: true });
  });

  test("also one that was connected in the row of their attempt, and that Meta broke", async () => {
    const leo = await colleague();
    await connect(leo);
    await sql("update channel_connections set attempted_by = $1, status = 'error' where tenant_id = $2", [
      leo.userId,
      leo.tenantId,
    ]);
    await leaveWorkspace(leo);
    expect(await statusOf(flow.ana)).toMatchObject({ status: "error" });
  });

  test("of one workspace, and not of another that the person is in", async () => {
    const leo = await colleague();
    const other = await flow.product.person();
    await sql("insert into memberships values ($1, $2, 'member')", [other.tenantId, leo.userId]);
    await connect(leo, cadenas);
    await leaveWorkspace({ ...leo, tenantId: other.tenantId });
    expect(await attempts(leo)).toMatchObject([{ status: "pending" }]);
  });
});

/** It happens while Meta answers that call. */
function during(method: "exchangeCode" | "findReach", happen: () => Promise<unknown>): void {
  const { integrations } = flow.product.services;
  const { meta_whatsapp: whatsapp } = integrations.connectors;
  const ask = whatsapp[method].bind(whatsapp) as (...given: unknown[]) => Promise<never>;
  const whileAsking = async (...given: unknown[]) => {
    const answer = await ask(...given);
    await happen();
    return answer;
  };
  integrations.connectors = {
    ...integrations.connectors,
    meta_whatsapp: { ...whatsapp, [method]: whileAsking },
  };
}

describe("what happens to a grant while Meta is asked what it reaches", () => {
  const acts: [string, (person: TestPerson) => Promise<string | null>][] = [
    ["look", look],
    ["choose", (person) => choose(person, NUMBER_IDS.cadenasSur2)],
  ];
  test.each(acts)("%s: one that was ended connects nothing and is not kept again", async (_act, act) => {
    const leo = await colleague();
    await connect(leo, cadenas);
    // Its numbers have changed meanwhile, so that a look would keep them.
    delete flow.product.sandbox.world.numbers[NUMBER_IDS.cadenasCentro1];
    during("findReach", () => leave(leo));
    expect(await act(leo)).toBe(failed("choice_expired"));
    expect(await sql("select from channel_connections where access_token_enc is not null")).toEqual([]);
  });

  test("somebody who comes back to the workspace meanwhile continues nothing", async () => {
    const leo = await colleague();
    await connect(leo, cadenas);
    during("findReach", async () => {
      await leaveWorkspace(leo);
      await sql("insert into memberships values ($1, $2, 'member')", [leo.tenantId, leo.userId]);
    });
    expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(failed("choice_expired"));
    expect(await sql("select from channel_connections where access_token_enc is not null")).toEqual([]);
  });

  test("a number that was connected by it in another window is left alone, and is the answer", async () => {
    await connect(flow.ana, cadenas);
    let inner: string | null = null;
    during("findReach", async () => {
      flow.product.forgetTroubleWithMeta();
      inner = await choose(flow.ana, NUMBER_IDS.cadenasSur2);
    });
    expect(await choose(flow.ana, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
    expect(inner).toBe(connectedPlace);
    expect(await connections(flow.ana)).toMatchObject([{ status: "active" }]);
  });

  const finding = (left: number) => async (person: TestPerson) => {
    const ids = Object.keys(NUMBER_IDS).filter((name) =>
      name.startsWith("cadenas"),
    ) as (keyof typeof NUMBER_IDS)[];
    for (const name of ids.slice(left)) delete flow.product.sandbox.world.numbers[NUMBER_IDS[name]];
    return look(person);
  };
  test.each<[string, (person: TestPerson) => Promise<string | null>]>([
    ["choose", (person) => choose(person, NUMBER_IDS.cadenasSur2)],
    ["look and find one", finding(1)],
    ["look and find others", finding(2)],
    ["look and find none", finding(0)],
  ])(
    "%s: one whose place another took is not connected, and the other is left as it is",
    async (_act, act) => {
      await connect(flow.ana, cadenas);
      let taken: unknown[] = [];
      during("findReach", async () => {
        flow.product.forgetTroubleWithMeta();
        expect(await connect(flow.ana, BUSINESS_IDS.bea)).toBe(failed("no_number"));
        taken = await attempts(flow.ana);
      });
      expect(await act(flow.ana)).toBe(failed("choice_expired"));
      expect(taken).toHaveLength(1);
      expect(await connections(flow.ana)).toEqual(taken);
    },
  );

  test("a number that a colleague connected meanwhile is no answer for whose grant has ended", async () => {
    const leo = await colleague();
    await connect(leo, cadenas);
    await connect(flow.ana, cadenas);
    during("findReach", async () => {
      flow.product.forgetTroubleWithMeta();
      expect(await choose(leo, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
      const ended = "status = 'revoked', access_token_enc = null";
      await sql(`update channel_connections set ${ended} where attempted_by = $1`, [flow.ana.userId]);
    });
    expect(await choose(flow.ana, NUMBER_IDS.cadenasSur2)).toBe(failed("choice_expired"));
    const active = await sql(
      "select metadata->>'connected_by' as by from channel_connections where status = 'active'",
    );
    expect(active).toEqual([{ by: leo.userId }]);
  });

  test("a grant that took its place meanwhile stays when Meta refuses the one before", async () => {
    await connect(flow.ana, cadenas);
    const [before] = await attempts(flow.ana);
    const { integrations } = flow.product.services;
    const { meta_whatsapp: whatsapp } = integrations.connectors;
    const findReach = async () => {
      flow.product.forgetTroubleWithMeta();
      expect(await connect(flow.ana, cadenas)).toBe(pickerPlace);
      throw new GraphError("reconnect", { code: 190 } as never);
    };
    integrations.connectors = { ...integrations.connectors, meta_whatsapp: { ...whatsapp, findReach } };
    expect(await look(flow.ana)).toBe(failed("code_rejected"));
    const [after] = await attempts(flow.ana);
    expect(after).toMatchObject({ id: before?.id, status: "pending" });
    expect([null, before?.access_token_enc]).not.toContain(after?.access_token_enc);
  });

  test("a number that was connected meanwhile stays when Meta refuses what was asked before", async () => {
    await connect(flow.ana, cadenas);
    const { integrations } = flow.product.services;
    const { meta_whatsapp: whatsapp } = integrations.connectors;
    const findReach = async () => {
      flow.product.forgetTroubleWithMeta();
      expect(await choose(flow.ana, NUMBER_IDS.cadenasSur2)).toBe(connectedPlace);
      throw new GraphError("reconnect", { code: 190 } as never);
    };
    integrations.connectors = { ...integrations.connectors, meta_whatsapp: { ...whatsapp, findReach } };
    expect(await look(flow.ana)).toBe(failed("code_rejected"));
    expect(await connections(flow.ana)).toMatchObject([{ status: "active" }]);
  });
});

describe("whoever is removed while Meta is asked connects and keeps nothing", () => {
  const removals: [string, (person: TestPerson) => Promise<unknown>][] = [
    ["removed", leaveWorkspace],
    ["disabled", ({ userId }) => sql("update users set disabled_at = now() where id = $1", [userId])],
  ];
  const left = () => sql("select status from channel_connections where access_token_enc is not null");

  describe.each(removals)("%s", (_how, remove) => {
    test.each([
      ["exchangeCode", BUSINESS_IDS.luz],
      ["findReach", BUSINESS_IDS.luz],
      ["exchangeCode", cadenas],
      ["findReach", cadenas],
    ] as const)("at %s", async (method, businessId) => {
      const leo = await colleague();
      const { state } = await begin(leo);
      during(method, () => remove(leo));
      expect(await comeBack(leo, { state, code: code(businessId) })).toBe(failed("state_invalid"));
      expect(await left()).toEqual([]);
    });

    test("with a grant that Meta did not answer for", async () => {
      const leo = await colleague();
      const { state } = await begin(leo);
      during("exchangeCode", () => remove(leo));
      flow.product.sandbox.control.addScenario({
        endpoint: "phone_numbers",
        outcome: { kind: "http", status: 502 },
      });
      expect(await comeBack(leo, { state, code: code(BUSINESS_IDS.luz) })).toBe(failed("meta_unavailable"));
      expect(await left()).toEqual([]);
    });

    test("with a grant that lacks a permission", async () => {
      const leo = await colleague();
      const { state } = await begin(leo);
      during("exchangeCode", () => remove(leo));
      const scopes = ["whatsapp_business_messaging"];
      expect(await comeBack(leo, { state, code: code(BUSINESS_IDS.luz, { scopes }) })).toBe(
        failed("permission_missing"),
      );
      expect(await connections(leo)).toEqual([]);
    });

    test.each(["look", "choose"] as const)("at %s", async (act) => {
      const leo = await colleague();
      await connect(leo, cadenas);
      during("findReach", () => remove(leo));
      // Its numbers have changed meanwhile, so that a look would keep them.
      delete flow.product.sandbox.world.numbers[NUMBER_IDS.cadenasCentro1];
      const place = act === "look" ? await look(leo) : await choose(leo, NUMBER_IDS.cadenasSur2);
      expect(place).toBe(failed("state_invalid"));
      expect(await left()).toEqual([]);
    });
  });

  test("also when both happen at the same moment, 20 times", async () => {
    const ends = { kept: 0, refused: 0 };
    for (let round = 0; round < 20; round++) {
      const leo = await flow.product.person();
      const { state } = await begin(leo);
      const query = new URLSearchParams({ state, code: code(cadenas) });
      const back = get(leo, `${api}/callback?${query}`);
      // Each time a little later in the other's work.
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      await leaveWorkspace(leo);
      const place = (await back).headers.get("location") ?? "";
      expect(place).toMatch(/number$|reason=state_invalid$|^\/login/);
      ends[place === pickerPlace ? "kept" : "refused"]++;
      expect(await left(), place).toEqual([]);
    }
    console.log(`removed while coming back: ${ends.kept} kept and ended, ${ends.refused} refused`);
  });
});

test("two callbacks of one person at once leave one attempt", async () => {
  const states = [await begin(flow.ana), await begin(flow.ana), await begin(flow.ana)];
  const places = await Promise.all(
    states.map(({ state }) => comeBack(flow.ana, { state, code: code(cadenas) })),
  );
  expect(places).toEqual(Array(3).fill(pickerPlace));
  expect(await attempts(flow.ana)).toMatchObject([{ status: "pending" }]);
});
