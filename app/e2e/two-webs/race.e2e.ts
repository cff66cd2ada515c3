/** Two workspaces race for one number through two web processes (R27): one of them gets it, whole, and alone. */
import { expect } from "@playwright/test";
import { byTier } from "../../../db/testing/tier.ts";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { exchanges } from "../product/control.ts";
import { test, withTwoWebs } from "../product/two-webs.ts";
import {
  api,
  begin,
  comeBack,
  connectedPlace,
  expectToldWhy,
  failedPlace,
  mint,
  type Person,
  people,
  read,
} from "./connect-by-http.ts";
import { seededRandom } from "./seeded-random.ts";

const product = withTwoWebs();
const rounds = byTier(20, 200);
const pairs = 4;
const messagesEveryRounds = byTier(10, 20);

interface Racer extends Person {
  web: number;
}

/** Both have a state of their own and a code of their own for the same number, and come back at the same moment. */
async function race(racers: [Racer, Racer]): Promise<{ winner: Racer; loser: Racer }> {
  const queries = await Promise.all(
    racers.map(async (racer) => ({
      state: await begin(racer, racer.web),
      code: await mint(product, { businessId: BUSINESS_IDS.luz }),
    })),
  );
  const places = await Promise.all(racers.map((racer, at) => comeBack(racer, queries[at] ?? {}, racer.web)));
  expect([...places].sort()).toEqual([connectedPlace, failedPlace("number_taken")].sort());
  const [first, second] = racers;
  return places[0] === connectedPlace ? { winner: first, loser: second } : { winner: second, loser: first };
}

/** One connection in the whole database, complete, with the one open claim; what is over keeps no token. */
async function expectOnlyTheWinners(winner: Racer): Promise<string> {
  const open = await product.sql<{ id: string }>(
    `select id, tenant_id, status, waba_id, phone_number_id, access_token_enc like 'v1.%' as sealed
       from channel_connections where status <> 'revoked' or access_token_enc is not null`,
  );
  const id = open[0]?.id ?? "";
  expect(open).toEqual([
    {
      id,
      tenant_id: winner.tenantId,
      status: "active",
      waba_id: WABA_IDS.luz,
      phone_number_id: NUMBER_IDS.luz,
      sealed: true,
    },
  ]);
  const claims = await product.sql(
    "select tenant_id, connection_id, phone_number_id from number_claims where released_at is null",
  );
  expect(claims).toEqual([
    { tenant_id: winner.tenantId, connection_id: id, phone_number_id: NUMBER_IDS.luz },
  ]);
  return id;
}

async function expectNoWordOfTheWinner(loser: Racer, winner: Racer, connectionId: string): Promise<void> {
  const page = await expectToldWhy(loser, "number_taken", 1 - loser.web);
  const { tenantId, userId, email, workspace } = winner;
  for (const word of [tenantId, userId, email, workspace, connectionId, NUMBER_IDS.luz, WABA_IDS.luz]) {
    expect(page).not.toContain(word);
  }
}

/** Ten messages from Meta, as soon as its deliveries are on: in the winner's workspace each once, and nowhere else. */
async function expectMessagesOnlyAt(winner: Racer, loser: Racer, round: number): Promise<void> {
  // Until the last one's teardown is through, it may switch Meta off for a moment and on again.
  const deliveries = () =>
    product.sql(`select metadata->'deliveries'->>'state' as state,
        (select count(*)::int from connection_teardowns where finished_at is null) as teardowns
      from channel_connections where status = 'active'`);
  await expect.poll(deliveries, { intervals: [20] }).toEqual([{ state: "on", teardowns: 0 }]);
  const text = `Ronda ${round}.`;
  const sent = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      product.control<{ held: unknown[] }>("/messages", {
        phoneNumberId: NUMBER_IDS.luz,
        text: `${text} ${at}`,
        sender: { phone: `52551000${round}${at}`.padEnd(12, "0"), name: `Marta ${text}` },
      }),
    ),
  );
  expect(sent.flatMap((one) => one.held)).toEqual([]);
  const arrived = () =>
    product.sql("select tenant_id, count(*)::int as n from messages where body like $1 group by 1", [
      `${text} %`,
    ]);
  await expect.poll(arrived, { intervals: [20] }).toEqual([{ tenant_id: winner.tenantId, n: 10 }]);
  expect(await read(winner, "/conversations", 1 - winner.web)).toContain(text);
  expect(await read(loser, "/conversations", 1 - loser.web)).not.toContain(text);
}

async function letGo(winner: Racer, web: number): Promise<void> {
  const answer = await winner.visitor.post(`${api}/disconnect`, {}, web, "application/json");
  expect(await answer.json()).toEqual({ connected: false });
}

/** What all rounds must have left behind, and nothing beside it. */
async function expectTheBooksToBalance(): Promise<void> {
  const events = await product.sql(
    `select case kind when 'reconnected' then 'connected' else kind end as kind, count(*)::int as n
       from connection_events where kind in ('connected', 'reconnected', 'connect_failed', 'disconnected')
      group by 1 order by 1`,
  );
  expect(events).toEqual([
    { kind: "connect_failed", n: rounds },
    { kind: "connected", n: rounds },
    { kind: "disconnected", n: rounds },
  ]);
  expect(await exchanges(product)).toBe(2 * rounds);
  const left = await product.sql(`select
    (select count(*)::int from number_claims) as claims,
    (select count(*)::int from number_claims where released_at is null) as open_claims,
    (select count(*)::int from channel_connections where status <> 'revoked') as open_connections,
    (select count(*)::int from messages) as messages,
    (select count(*)::int from delivery_quarantine) as aside`);
  const messages = (rounds / messagesEveryRounds) * 10;
  expect(left).toEqual([{ claims: rounds, open_claims: 0, open_connections: 0, messages, aside: 0 }]);
}

test(`a number goes to exactly one of two that race for it, ${rounds} times, and its messages only there`, async () => {
  test.setTimeout(120_000);
  const { seed, below } = seededRandom();
  const started = Date.now();
  const everybody = await people(product, 2 * pairs);
  const wins = new Map<string, number>();
  const count = (name: string) => wins.set(name, (wins.get(name) ?? 0) + 1);
  for (let round = 1; round <= rounds; round++) {
    const pair = round % pairs;
    const [left, right] = [everybody[2 * pair], everybody[2 * pair + 1]];
    if (!left || !right) throw new Error("There are not enough people.");
    // Who asks which process, and whose request is sent first, changes from round to round.
    const web = below(2);
    const racers: [Racer, Racer] = [
      { ...left, web },
      { ...right, web: 1 - web },
    ];
    if (below(2) === 0) racers.reverse();
    // More rounds than anybody may begin in an hour.
    await product.sql("delete from login_limits");
    const { winner, loser } = await race(racers);
    const connectionId = await expectOnlyTheWinners(winner);
    await expectNoWordOfTheWinner(loser, winner, connectionId);
    if (round % messagesEveryRounds === 0) await expectMessagesOnlyAt(winner, loser, round);
    await letGo(winner, below(2));
    count(winner.userId === left.userId ? "left" : "right");
    count(winner.web === 0 ? "at the first web" : "at the second web");
    count(winner.userId === racers[0].userId ? "sent first" : "sent second");
  }
  await expectTheBooksToBalance();
  const split = [...wins].map(([name, n]) => `${name} ${n}`).join(", ");
  console.log(`R27: seed ${seed}, ${rounds} rounds in ${Date.now() - started} ms, won: ${split}`);
  for (const side of ["left", "right", "at the first web", "at the second web"]) {
    expect(wins.get(side) ?? 0, side).toBeGreaterThan(0);
  }
});
