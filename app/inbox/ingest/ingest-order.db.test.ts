import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { randomFrom, testSeed } from "#db/testing/generated.ts";
import { byTier } from "#db/testing/tier.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { stories } from "../testing/stories.ts";

const { sql, deliverAll, processIds, process, startAfresh } = inboxStage();

/** What Meta may say of one message, each in its own delivery. The times disagree with the ranks on purpose. */
type Saying = (id: string) => Record<string, unknown>;
const sayings: Record<string, Saying> = {
  message: (id) => meta.bodyOf({ message_echoes: [meta.echo(id)] }, meta.phoneNumberId, "smb_message_echoes"),
  sent: step("sent", 50),
  delivered: step("delivered", 40),
  "delivered later": step("delivered", 90),
  read: step("read", 70),
  played: step("played", 60),
  failed: step("failed", 30),
  "failed for another reason": (id) =>
    meta.bodyOf({ statuses: [{ ...meta.status(id, "failed", at(30)), errors: [{ code: 131000 }] }] }),
};

function at(seconds: number): string {
  return String(Number(meta.sentAt) + seconds);
}

function step(name: string, seconds: number): Saying {
  return (id) => meta.bodyOf({ statuses: [meta.status(id, name, at(seconds))] });
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, n) => permutations(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));
}

/** Its row with what differs by design taken out: its own ids, and which delivery of the run was its first. */
async function finalRows(prefix: string): Promise<string[]> {
  const rows = await sql<{ row: string }>(
    `select replace((to_jsonb(m) - 'id' - 'delivery_id' || jsonb_build_object('first', (
              select request_id from webhook_deliveries d where d.id = m.delivery_id)))::text,
            m.provider_message_id, 'WAMID') as row
       from messages m where provider_message_id like $1 || '.%'`,
    [prefix],
  );
  return rows.map(({ row }) => row);
}

let run = 0;
/** Says everything of one message in each of `orders`, and returns the different rows that came of it. */
async function outcomes(names: string[], orders: string[][], together: boolean): Promise<string[]> {
  const prefix = `wamid.${++run}`;
  // Deliveries get their ids in one fixed order and are processed in another.
  const bodies = orders.flatMap((_, n) => names.map((name) => sayings[name]?.(`${prefix}.${n}`)));
  const times = orders.flatMap(() => names.map((_, m) => `2026-01-01T00:00:0${m}.000001Z`));
  const ids = await deliverAll(bodies, times);
  await sql(`update webhook_deliveries set request_id = 'saying-' || ((id - $1) % $2) where id = any($3)`, [
    ids[0],
    names.length,
    ids,
  ]);
  const idOf = (n: number, name: string) => ids[n * names.length + names.indexOf(name)] ?? "";
  if (together) {
    // One job for all; only the database's own order is left, so rows of one message meet in the folding.
    await processIds(ids);
  } else {
    for (const place of names.keys()) {
      await processIds(orders.map((order, n) => idOf(n, order[place] ?? "")));
    }
  }
  const rows = await finalRows(prefix);
  expect(rows).toHaveLength(orders.length);
  return [...new Set(rows)];
}

describe("whatever is said of a message, in whatever order, its row ends the same", () => {
  const six = ["message", "sent", "delivered", "read", "played", "failed"];

  test("all 720 orders of a message and its five steps", async () => {
    const [row, ...others] = await outcomes(six, permutations(six), false);
    expect(others).toEqual([]);
    expect(JSON.parse(row ?? "")).toMatchObject({
      direction: "outbound",
      type: "text",
      status: "played",
      body: "Desde el móvil",
      first: "saying-0",
      occurred_at: "2025-06-08T20:59:43+00:00",
      sent_at: "2025-06-08T20:59:43+00:00",
      failed_at: "2025-06-08T21:00:13+00:00",
      error: meta.failure,
      received_at: "2026-01-01T00:00:00.000001+00:00",
    });
  });

  test("all 120 orders of the steps alone, when no message ever comes", async () => {
    const [row, ...others] = await outcomes(six.slice(1), permutations(six.slice(1)), false);
    expect(others).toEqual([]);
    // A stub is dated by the earliest that is known of it.
    expect(JSON.parse(row ?? "")).toMatchObject({
      type: "unknown",
      status: "played",
      content: {},
      occurred_at: "2025-06-08T21:00:13+00:00",
    });
  });

  const shufflings = byTier(100, 1_000);
  test(`said twice, thrice, in two times and with two reasons, in ${shufflings} random orders`, async () => {
    const random = randomFrom();
    const all = Object.keys(sayings);
    const names = [...all, ...all, ...all].map((name, n) => (n < all.length ? name : `${name} #${n}`));
    for (const name of names) sayings[name] ??= sayings[name.replace(/ #\d+$/, "")] ?? step("sent", 0);
    const shuffled = () =>
      names
        .map((name) => ({ name, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ name }) => name);
    const rows = await outcomes(names, Array.from({ length: shufflings }, shuffled), false);
    expect(rows, `TEST_SEED=${testSeed}`).toHaveLength(1);
    expect(JSON.parse(rows[0] ?? "")).toMatchObject({ error: { code: 131000 } });
  });

  test("one by one, all in one job, and all in one body end the same", async () => {
    const names = Object.keys(sayings).filter((name) => !name.includes("#"));
    const [apart, ...others] = await outcomes(names, [names, names.toReversed()], false);
    expect(others).toEqual([]);
    const fiveTimes = Array.from({ length: 5 }, () => names);
    expect(await outcomes(names, fiveTimes, true)).toEqual([apart]);
    for (const order of [names, names.toReversed()])
      expect(withoutArrival(await inOneBody(order))).toEqual(withoutArrival(apart));
  });

  /** The row that comes of everything said in the entries of one body. */
  async function inOneBody(names: string[]): Promise<string | undefined> {
    const prefix = `wamid.${++run}`;
    const bodies = names.map(
      (name) => sayings[name]?.(`${prefix}.0`) as { entry: Record<string, unknown>[] },
    );
    await process(meta.body(...bodies.flatMap(({ entry }) => entry)));
    const [row] = await finalRows(prefix);
    return row;
  }
  /** One body arrives at one moment, under one request. */
  const withoutArrival = (row: string | undefined) => {
    const { first, received_at, ...rest } = JSON.parse(row ?? "");
    return rest;
  };

  test("of two steps the later in rank is its status, whichever comes first, apart and in one job", async () => {
    const ranked = ["sent", "failed", "delivered", "read", "played"];
    const pairs = ranked.flatMap((higher, n) => ranked.slice(0, n).map((lower) => [lower, higher]));
    for (const [lower = "", higher = ""] of pairs)
      for (const together of [false, true]) {
        const rows = await outcomes([lower, higher], permutations([lower, higher]), together);
        expect(
          rows.map((row) => JSON.parse(row).status),
          `${lower}, ${higher}`,
        ).toEqual([higher]);
      }
  });

  test("as a failure after the reader has read it: the failure is kept and the status does not fall back", async () => {
    const [row, ...others] = await outcomes(["read", "failed"], permutations(["read", "failed"]), false);
    expect(others).toEqual([]);
    expect(JSON.parse(row ?? "")).toMatchObject({ status: "read", error: meta.failure });
  });
});

describe("whatever is told of people, groups, calls and the past, in whatever order, ends as the same conversations", () => {
  /** Four digits that stand in nothing else. */
  const nameOf = (n: number) => `8${n.toString(8).padStart(3, "0")}`;

  async function conversations(names: string[]): Promise<string[][]> {
    const rows = await sql<{ line: string }>(
      `select concat_ws(' ', coalesce(c.group_id, c.wa_id, c.user_id), '“' || coalesce(c.saved_name, c.profile_name) || '”',
                c.marketing) || ': ' || string_agg(concat_ws(' ', nullif(m.provider_message_id, m.type || substr(
                m.provider_message_id, strpos(m.provider_message_id, '.'))), m.type, m.status || case when
                m.counts_unread then '*' else '' end, 'of ' || m.sent_by, 'by ' || s.wa_id), ' '
                order by m.provider_message_id) as line
         from messages m join conversations v on v.id = m.conversation_id join contacts c on c.id = v.contact_id
         left join contacts s on s.id = m.sender_contact_id group by c.id`,
    );
    return names.map((name) =>
      rows
        .filter(({ line }) => line.includes(name))
        .map(({ line }) => line.replaceAll(name, "N"))
        .sort(),
    );
  }

  /** What was opened again by itself is done as well. */
  async function processAll(ids: string[]): Promise<void> {
    await processIds(ids);
    const open = await sql<{ id: string }>(
      "select id from webhook_deliveries where processed_at is null and reopened_at is not null",
    );
    await processIds(open.map(({ id }) => id));
  }

  test.each(Object.entries(stories))("%s", async (_, { changes, ends }) => {
    // Of four and more a third at a time, which third the seed says.
    const all = permutations([...changes("").keys()]);
    const parts = all.length > 6 ? byTier(3, 1) : 1;
    const orders = all.filter((_order, n) => n % parts === testSeed % parts);
    const names = orders.map((_order, n) => nameOf(n));
    const told = orders.map((order, n) => order.map((place) => changes(nameOf(n))[place] ?? {}));
    const each = told.map((of) => of.map((change) => meta.body(meta.entry(change))));
    const ways: Record<string, () => Promise<void>> = {
      "one by one": async () => {
        const ids = await deliverAll(each.flat());
        const size = each[0]?.length ?? 0;
        for (let place = 0; place < size; place++)
          await processAll(ids.filter((_id, n) => n % size === place));
      },
      "and once more": async () => processAll(await deliverAll(each.flat().toReversed())),
      "in one job": async () => processAll(await deliverAll(each.flat())),
      "in one body": async () => processAll(await deliverAll(told.map((of) => meta.body(meta.entry(...of))))),
    };
    for (const [way, deliverThem] of Object.entries(ways)) {
      if (way !== "and once more") await startAfresh();
      await deliverThem();
      for (const [n, found] of (await conversations(names)).entries())
        expect(found, `${way}, in the order ${orders[n]}`).toEqual(ends);
      expect(await sql("select detail from delivery_quarantine where replayed_at is null"), way).toEqual([]);
    }
  });
});
