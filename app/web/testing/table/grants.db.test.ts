import { describe, expect, test } from "vitest";
import { connectedPlace, pickerPlace } from "../connect-flows.ts";
import {
  expectConnected,
  expectFailureTold,
  expectNotConnected,
  expectSaid,
  inShort,
} from "./expectations.ts";
import { connectTable } from "./flows.ts";
import { layOut, type Permissions, permissions, portfolio } from "./worlds.ts";

const { flow, connectWith, choose, left, exchanges, callsOf } = connectTable();

/** Each by the numbers of its accounts. 120 come in two pages. */
const portfolios: [string, number[]][] = [
  ["no account", []],
  ["one account without a number", [0]],
  ["one account with one number", [1]],
  ["one account with three numbers", [3]],
  ["one account with 120 numbers", [120]],
  ["three accounts without a number", [0, 0, 0]],
  ["three accounts, one number in the last", [0, 0, 1]],
  ["three accounts with one number each", [1, 1, 1]],
  ["three accounts with three numbers each", [3, 3, 3]],
];

async function grant(counts: number[], { scopes, switches = {} }: Permissions) {
  const numbers = layOut(flow.product.sandbox, counts);
  flow.product.sandbox.control.setSwitches(switches);
  const place = await connectWith(flow.ana, portfolio, { scopes });
  expect(exchanges()).toBe(1);
  return { numbers, place };
}

async function expectOffered(numbers: string[], accounts: number): Promise<void> {
  const offered = await left();
  expectNotConnected(offered);
  expect(inShort(offered)).toEqual(["pending+token"]);
  const ids = offered.rows[0]?.metadata.choices?.numbers.map((one) => one.phoneNumberId) ?? [];
  expect(ids.toSorted()).toEqual(numbers.toSorted());
  expect(callsOf("phone_numbers")).toBe(numbers.length === 120 ? 2 : accounts);
  const last = numbers.at(-1) ?? "";
  expect(await choose(flow.ana, last)).toBe(connectedPlace);
  expectConnected(await left(), last);
  expect(exchanges()).toBe(1);
}

async function expectAwaited(place: string, accounts: number): Promise<void> {
  expectSaid(place, "no_number");
  const after = await left();
  expectNotConnected(after);
  expect(inShort(after)).toEqual(["pending+token"]);
  const step = accounts === 0 ? "account_found" : "number_proved";
  expectFailureTold(after, "no_number", step);
}

async function expectRefused(place: string, missing: string[]): Promise<void> {
  expectSaid(place, "permission_missing");
  const after = await left();
  expectNotConnected(after);
  expect(inShort(after)).toEqual(["error"]);
  expect(after.rows[0]?.metadata.error).toMatchObject({ code: "permission_missing", missing });
  expectFailureTold(after, "permission_missing", missing.length > 0 ? "access_seen" : "account_found");
}

describe.each(portfolios)("a portfolio of %s", (_name, counts) => {
  for (const given of permissions) {
    test(`with ${given.name}`, async () => {
      const { numbers, place } = await grant(counts, given);
      if (given.missing) return expectRefused(place, given.missing);
      if (numbers.length === 0) return expectAwaited(place, counts.length);
      if (numbers.length > 1) {
        expect(place).toBe(pickerPlace);
        return expectOffered(numbers, counts.length);
      }
      expect(place).toBe(connectedPlace);
      const after = await left();
      expectConnected(after, numbers[0]);
      expect(after.rows[0]?.metadata.steps?.number_proved).toMatchObject({ result: "done" });
    });
  }
});
