/** Large signed bodies, from the request to the rows (R13, R14 of the reliability scoreboard). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { testSeed } from "#db/testing/generated.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { connectWorkspace, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import * as meta from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { deliverSigned } from "../testing/deliveries/delivery-lane.ts";
import { startTestProduct, type TestProduct } from "../testing/product.ts";

const numbers = Array.from({ length: 20 }, (_, n) => `5550000000000${String(n).padStart(2, "0")}`);
const updates = 1_000;
let product: TestProduct;
let deps: ReturnType<typeof inboxDeps>;
/** By the place of their number in `numbers`. */
let owners: string[];

beforeAll(async () => {
  product = await startTestProduct();
  deps = inboxDeps(product.database);
});
afterAll(() => product.stop());
beforeEach(async () => {
  await product.database.empty("tenants", "webhook_deliveries");
  deps.lines.length = 0;
  owners = [];
  for (const number of numbers) owners.push((await connectWorkspace(product.database, number)).tenantId);
});

/** Posts and processes a body; returns how long each took. */
async function receive(body: Uint8Array): Promise<{ answerMs: number; effectMs: number }> {
  const started = performance.now();
  const answer = await deliverSigned(product, body);
  expect(answer.status).toBe(200);
  const answered = performance.now();
  const open = await product.database.sql<{ id: string }>(
    "select id from webhook_deliveries where processed_at is null",
  );
  await processDeliveries(
    deps,
    open.map(({ id }) => id),
  );
  return { answerMs: answered - started, effectMs: performance.now() - answered };
}

/** Update n belongs to number n % 20, so that neighbours never belong together; three statuses follow a message. */
function updateAt(n: number, filling = ""): { list: "messages" | "statuses"; item: Record<string, unknown> } {
  const person = `346${String(n % 37).padStart(8, "0")}`;
  if (n % 4 === 0)
    return { list: "messages", item: meta.textMessage(`wamid.${n}`, person, `${n} ${filling}`) };
  const step = ["sent", "delivered", "read"][(n % 4) - 1] ?? "sent";
  const more = { recipient_id: person, biz_opaque_callback_data: filling };
  return { list: "statuses", item: meta.status(`wamid.${n}`, step, meta.sentAt, more) };
}

/** One change for each update, in one entry for each number. */
function batch(poison: Map<number, unknown>, filling = ""): Uint8Array {
  const changes = numbers.map(() => [] as ReturnType<typeof meta.change>[]);
  for (let n = 0; n < updates; n++) {
    const { list, item } = updateAt(n, filling);
    changes[n % numbers.length]?.push(
      meta.change({ [list]: [poison.has(n) ? poison.get(n) : item] }, numbers[n % numbers.length]),
    );
  }
  return meta.bytes(meta.body(...changes.map((some) => meta.entry(...some))));
}

/** What is stored as `update n belongs to tenant t`, by n. */
async function routed(): Promise<[number, string][]> {
  const rows = await product.database.sql<{ n: number; tenant_id: string }>(
    `select substr(provider_message_id, 7)::int as n, tenant_id from messages order by 1`,
  );
  return rows.map(({ n, tenant_id }) => [n, tenant_id]);
}

const expected = (without: number[] = []) =>
  Array.from({ length: updates }, (_, n) => [n, owners[n % numbers.length]]).filter(
    ([n]) => !without.includes(n as number),
  );

/** Seven places that the seed chooses, each with another kind of poison. */
function poisoned(): Map<number, unknown> {
  const kinds: unknown[] = [null, [], "text", 7, { id: "wamid.x" }, { ...meta.textMessage(""), id: {} }];
  kinds.push({ ...meta.textMessage("wamid.deep"), deep: JSON.parse("[".repeat(80) + "]".repeat(80)) });
  const places = new Map<number, unknown>();
  for (let state = testSeed; places.size < kinds.length; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // Only messages: a status may be nested as it likes.
    const place = (state % (updates / 4)) * 4;
    if (!places.has(place)) places.set(place, kinds[places.size]);
  }
  return places;
}

/** Where update n stands in the body. */
const pathOf = (n: number) =>
  `entry.${n % numbers.length}.changes.${Math.floor(n / numbers.length)}.messages.0`;

describe("a body of a thousand updates for twenty workspaces", () => {
  test("R13 of three megabytes is answered at once, in effect within 5 s, each update at its owner", async () => {
    const empty = batch(new Map()).byteLength;
    const body = batch(new Map(), "x".repeat(Math.floor((3 * 1024 * 1024 - empty) / updates)));
    expect(body.byteLength).toBeGreaterThan(3 * 1024 * 1024 - updates);
    expect(body.byteLength).toBeLessThanOrEqual(3 * 1024 * 1024);
    const { answerMs, effectMs } = await receive(body);
    expect(await routed()).toEqual(expected());
    // 500 ms is the goal of the benchmark; a test machine may be busy.
    expect(answerMs).toBeLessThan(2_000);
    expect(effectMs).toBeLessThan(5_000);
    console.log(
      `R13: ${body.byteLength} bytes, answered in ${answerMs.toFixed(0)} ms, in effect ${effectMs.toFixed(0)} ms later`,
    );
  });

  test("R14 with seven poisoned ones has 993 effects and seven places in quarantine; three more times add none", async () => {
    const poison = poisoned();
    const body = batch(poison);
    await receive(body);
    const bad = [...poison.keys()];
    expect(await routed(), `TEST_SEED=${testSeed}`).toEqual(expected(bad));
    const aside = () =>
      product.database.sql<{ item_path: string; phone_number_id: string }>(
        "select item_path, phone_number_id from delivery_quarantine where delivery_id = 1 order by item_path",
      );
    const places = bad.map((n) => ({ item_path: pathOf(n), phone_number_id: numbers[n % numbers.length] }));
    expect(await aside()).toEqual(places.sort((a, b) => (a.item_path < b.item_path ? -1 : 1)));
    const before = await product.database.sql("select * from messages order by id");
    for (let again = 1; again <= 3; again++) await receive(body);
    expect(await product.database.sql("select * from messages order by id")).toEqual(before);
    expect(await aside()).toHaveLength(7);
    console.log(`R14: seed ${testSeed}, poison at ${bad.sort((a, b) => a - b).join(", ")}`);
  });
});
