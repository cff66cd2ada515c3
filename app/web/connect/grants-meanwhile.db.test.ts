/** A grant that ends, is replaced or loses its person while Meta is asked about it connects and keeps nothing. */
import { describe, expect, test } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { GraphError } from "../../integrations/meta/graph-error.server.ts";
import { api, connectedPlace, failed, pickerPlace } from "../testing/connect-flows.ts";
import type { TestPerson } from "../testing/product.ts";
import { attemptActs } from "./testing/attempt-acts.ts";

const {
  flow,
  get,
  begin,
  comeBack,
  code,
  connect,
  connections,
  leave,
  sql,
  colleague,
  attempts,
  choose,
  look,
  leaveWorkspace,
} = attemptActs();
const { cadenas } = BUSINESS_IDS;

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
