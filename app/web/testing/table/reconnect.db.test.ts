import { describe, expect, test } from "vitest";
import { connectedPlace } from "../connect-flows.ts";
import { expectConnected, expectSaid, inShort, type Left } from "./expectations.ts";
import { connectTable } from "./flows.ts";
import { type Failure, failures, oneOfEach, type Place, places, reasons } from "./table.ts";
import { bothScopes, layOut, portfolio } from "./worlds.ts";

const { flow, connectWith, strike, calm, look, left, exchanges, forgetJobs, statusOf } = connectTable();

async function connected(): Promise<Left> {
  layOut(flow.product.sandbox, [1]);
  expect(await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
  await forgetJobs();
  return left();
}

/** The row that works, its token and its claim are to the letter what they were; `beside` is what the attempt left. */
function expectUntouched(before: Left, after: Left, beside: string[]): void {
  expect(after.rows[0]).toEqual(before.rows[0]);
  expect(inShort(after).slice(1)).toEqual(beside);
  expect(after.claims).toEqual(before.claims);
  expect(after.jobs).toEqual([]);
}

function expectReplaced(before: Left, after: Left): void {
  expectConnected(after, before.rows[0]?.phone_number_id ?? "");
  const active = after.rows.find((row) => row.status === "active");
  expect(active?.id).toBe(before.rows[0]?.id);
  expect(active?.access_token_enc).not.toBe(before.rows[0]?.access_token_enc);
  // The number says from now on what is so since its reconnect.
  const [claim] = before.claims;
  expect(after.claims).toEqual([{ ...claim, reconnected_at: expect.any(String), first_event_at: null }]);
}

async function goThrough(place: Place, failure: Failure): Promise<void> {
  const before = await connected();
  strike(place, failure);
  const reason = reasons[failure.verdict];
  expectSaid(await connectWith(flow.ana, portfolio), reason);
  expect(exchanges()).toBe(2);
  const isKept = place !== places.exchange && reason === "meta_unavailable";
  const beside = isKept ? ["pending+token"] : reason === "permission_missing" ? ["error"] : [];
  expectUntouched(before, await left(), beside);
  expect(await statusOf(flow.ana)).toMatchObject({ connected: true, may_send: true });
  calm();
  expect(isKept ? await look(flow.ana) : await connectWith(flow.ana, portfolio)).toBe(connectedPlace);
  expect(exchanges()).toBe(isKept ? 2 : 3);
  expectReplaced(before, await left());
}

const rows: { place: Place; columns: Failure[] }[] = [
  { place: places.exchange, columns: failures },
  { place: places.debugToken, columns: oneOfEach },
  { place: places.numbers, columns: failures },
];

describe.each(rows)("a reconnect that fails at $place.name", ({ place, columns }) => {
  for (const failure of columns) test(`by ${failure.name}`, () => goThrough(place, failure));
});

describe("a reconnect whose grant is not enough", () => {
  test.each(bothScopes)("without %s leaves what works alone", async (missing) => {
    const before = await connected();
    const scopes = bothScopes.filter((scope) => scope !== missing);
    expectSaid(await connectWith(flow.ana, portfolio, { scopes }), "permission_missing");
    expectUntouched(before, await left(), ["error"]);
  });

  test("reaches no number any more leaves what works alone", async () => {
    const before = await connected();
    expectSaid(await connectWith(flow.ana, portfolio, { wabaIds: [emptyWaba()] }), "no_number");
    expectUntouched(before, await left(), ["pending+token"]);
  });
});

function emptyWaba(): string {
  return flow.product.sandbox.control.addWaba({ businessId: portfolio, name: "Otra" }).id;
}
