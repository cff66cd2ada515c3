import { describe, expect, test } from "vitest";
import type { ReasonCode } from "../../../integrations/connect/reasons.ts";
import { connectedPlace, pickerPlace } from "../connect-flows.ts";
import {
  expectConnected,
  expectFailureTold,
  expectNotConnected,
  expectSaid,
  expectStoppedAt,
  inShort,
} from "./expectations.ts";
import { connectTable } from "./flows.ts";
import {
  type Failure,
  failures,
  fiftyMegabytes,
  mayPass,
  type Place,
  places,
  reasons,
  stepOf,
} from "./table.ts";
import { bothScopes, layOut, portfolio, portfolioScopes } from "./worlds.ts";

const table = connectTable();
const { flow, connectWith, strike, calm, look, choose, left, exchanges, callsOf } = table;

interface Row {
  place: Place;
  /** How many numbers the account has; 120 come in two pages. */
  numbers: number;
  scopes?: string[];
}
const { exchange, debugToken, me, clientWabas, ownedWabas, numbers, moreNumbers } = places;
const throughThePortfolio = { numbers: 1, scopes: portfolioScopes };
const rows: Row[] = [
  { place: exchange, numbers: 1 },
  { place: debugToken, numbers: 1 },
  { place: me, ...throughThePortfolio },
  { place: clientWabas, ...throughThePortfolio },
  { place: ownedWabas, ...throughThePortfolio },
  { place: numbers, numbers: 1 },
  { place: moreNumbers, numbers: 120 },
];

function prepare({ numbers, scopes = bothScopes }: Row): { ids: string[]; attempt: () => Promise<string> } {
  const ids = layOut(flow.product.sandbox, [numbers]);
  if (scopes === portfolioScopes) flow.product.sandbox.control.setSwitches({ targetIds: "missing" });
  return { ids, attempt: () => connectWith(flow.ana, portfolio, { scopes }) };
}

/** Everything that one cell asserts of the attempt that failed. */
async function expectWhole(row: Row, place: string, failure: Failure): Promise<void> {
  const reason = reasons[failure.verdict];
  expectSaid(place, reason);
  expect(exchanges()).toBe(1);
  const after = await left();
  expectNotConnected(after);
  expectFailureTold(after, reason, stepOf(row.place));
  const isKept = row.place !== exchange && reason === "meta_unavailable";
  const leftover = reason === "permission_missing" ? ["error"] : [];
  expect(inShort(after)).toEqual(isKept ? ["pending+token"] : leftover);
  if (!isKept) return;
  expect(after.rows[0]?.metadata.choices).toMatchObject({ unread: true, numbers: [] });
  expectStoppedAt(after.rows[0]?.metadata.steps, stepOf(row.place), reason);
}

/** Where the attempt stopped, it goes on: with the grant that was kept, or else with a new sign-in. */
async function expectMended(row: Row, ids: string[], attempt: () => Promise<string>, isKept: boolean) {
  const place = isKept ? await look(flow.ana) : await attempt();
  const isOne = row.numbers === 1;
  expect(place).toBe(isOne ? connectedPlace : pickerPlace);
  if (!isOne) expect(await choose(flow.ana, ids[0] ?? "")).toBe(connectedPlace);
  expectConnected(await left(), ids[0]);
  expect(exchanges()).toBe(isKept ? 1 : 2);
}

describe.each(rows)("a connect that fails at $place.name", (row) => {
  for (const failure of [...failures, fiftyMegabytes]) {
    test(`by ${failure.name}`, async () => {
      const { ids, attempt } = prepare(row);
      strike(row.place, failure);
      await expectWhole(row, await attempt(), failure);
      if (/redirect/.test(failure.name)) {
        const told = flow.product.logged.map(({ fields }) => fields?.reason);
        expect(told).toContain("redirect refused");
      }
      calm();
      const isKept = row.place !== exchange && mayPass(failure);
      await expectMended(row, ids, attempt, isKept);
    });
  }
});

describe("a connection that breaks once", () => {
  for (const row of rows) {
    const isWrite = row.place === exchange;
    test(`${isWrite ? "ends the attempt" : "is not noticed"} at ${row.place.name}`, async () => {
      const { attempt } = prepare(row);
      const { control } = flow.product.sandbox;
      const { endpoint, answeredBefore: times } = row.place;
      if (times) control.addScenario({ endpoint, times, outcome: { kind: "ok" } });
      control.addScenario({ endpoint, times: 1, outcome: { kind: "reset_after" } });
      const place = await attempt();
      expect(exchanges()).toBe(1);
      if (isWrite) return expectSaid(place, "meta_unavailable");
      expect(place).toBe(row.numbers === 1 ? connectedPlace : pickerPlace);
      expect(callsOf(endpoint)).toBe(2 + (times ?? 0));
    });
  }
});

describe("before the exchange", () => {
  const endings: [string, Record<string, string>, ReasonCode][] = [
    ["a person who pressed Cancel", { error: "access_denied" }, "cancelled"],
    ["Meta's own trouble", { error: "server_error" }, "meta_unavailable"],
    ["another refusal", { error: "invalid_scope" }, "code_rejected"],
    ["no code", {}, "code_rejected"],
  ];
  test.each(endings)("%s costs no exchange and leaves nothing", async (_name, query, reason) => {
    const { begin, comeBack } = table;
    const { state } = await begin(flow.ana);
    expectSaid(await comeBack(flow.ana, { state, ...query }), reason);
    expect(exchanges()).toBe(0);
    const after = await left();
    expectNotConnected(after);
    expect(after.rows).toEqual([]);
    expect(after.events.map(({ detail }) => detail.reason)).toEqual([reason]);
  });
});
