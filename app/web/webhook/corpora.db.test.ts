/** Signed and mis-signed bodies, from the request to the rows (R15, R16 of the reliability scoreboard). */
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { connectWorkspace, inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import { phoneNumberId } from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { deliverByLane } from "../testing/deliveries/delivery-lane.ts";
import { startTestProduct, type TestProduct } from "../testing/product.ts";
import { bodyCases } from "./testing/corpus-json.ts";
import { signatureCases } from "./testing/corpus-signatures.ts";

const secrets = { current: "", previous: "0f1e2d3c4b5a69788796a5b4c3d2e1f0" };
let product: TestProduct;
let deps: ReturnType<typeof inboxDeps>;

beforeAll(async () => {
  product = await startTestProduct({ META_APP_SECRET_PREVIOUS: secrets.previous });
  secrets.current = product.services.webhooks.appSecrets[0]?.reveal() ?? "";
  deps = inboxDeps(product.database);
  await connectWorkspace(product.database, phoneNumberId);
});
afterAll(() => product.stop());
afterEach(() => product.database.empty("webhook_deliveries", "messages"));

function deliver(body: Uint8Array, lines: [string, string][]): Promise<Response> {
  const headers = new Headers([...lines, ["content-length", String(body.byteLength)]]);
  const request = new Request(`${product.origin}/webhooks/meta/whatsapp`, {
    method: "POST",
    headers,
    body: Buffer.from(body),
  });
  return deliverByLane(request);
}

function deliverSigned(body: Uint8Array): Promise<Response> {
  const mac = createHmac("sha256", secrets.current).update(body).digest("hex");
  return deliver(body, [["x-hub-signature-256", `sha256=${mac}`]]);
}

async function storedBodies(): Promise<Map<string, string>> {
  const rows = await product.database.sql<{ id: string; body: Buffer }>(
    "select id, body from webhook_deliveries",
  );
  return new Map(rows.map(({ id, body }) => [body.toString("hex"), id]));
}

describe("R15 of the signature corpus", () => {
  test("R15 exactly the valid ones are accepted and stored, the others get an empty 401", async () => {
    const cases = signatureCases(secrets).filter(({ wireOnly }) => !wireOnly);
    expect(cases.length).toBeGreaterThanOrEqual(60);
    for (const { name, body, lines, accepted } of cases) {
      const answer = await deliver(body, lines);
      expect(answer.status, name).toBe(accepted ? 200 : 401);
      if (!accepted) expect(await answer.text(), name).toBe("");
    }
    const accepted = cases.filter((one) => one.accepted).map(({ body }) => Buffer.from(body).toString("hex"));
    expect([...(await storedBodies()).keys()].sort()).toEqual(accepted.sort());
    console.log(`R15: ${cases.length} cases, ${accepted.length} accepted`);
  });
});

describe("R16 of the JSON corpus", () => {
  const cases = bodyCases();
  const polluted = () => Object.getOwnPropertyNames(Object.prototype).sort().join();

  test("R16 every body is answered 200, kept as it came, closed as specified, and spoils no other", async () => {
    const before = polluted();
    const answers = await Promise.all(cases.map(({ body }) => deliverSigned(body)));
    expect(answers.map(({ status }) => status)).toEqual(cases.map(() => 200));
    const idOf = await storedBodies();
    const key = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString("hex");
    expect([...idOf.keys()].sort()).toEqual([...new Set(cases.map(key))].sort());

    // Half of them one by one, half in the company of all the others.
    const ids = cases.map((one) => idOf.get(key(one)) ?? "");
    for (const id of ids.slice(0, ids.length / 2)) await processDeliveries(deps, [id]);
    await processDeliveries(deps, ids);
    expect(await seenOf(ids)).toEqual(cases.map(expectedOf));
    expect(polluted()).toBe(before);
    expect(JSON.stringify(deps.lines)).not.toMatch(/polluted|drop table|alert\(1\)/);
    console.log(`R16: ${cases.length} bodies, ${idOf.size} different`);
  });

  const expectedOf = ({ name, outcome, places, messages }: (typeof cases)[number]) => ({
    name,
    outcome,
    places,
    messages: Object.entries(messages).sort(([a], [b]) => (a < b ? -1 : 1)),
  });

  async function seenOf(ids: string[]) {
    const rows = await product.database.sql<{ id: string; outcome: string }>(
      "select id, outcome from webhook_deliveries",
    );
    const aside = await product.database.sql<{ id: string; path: string }>(
      "select delivery_id as id, item_path as path from delivery_quarantine order by path",
    );
    const messages = await product.database.sql<{ id: string; wamid: string; body: string }>(
      "select delivery_id as id, provider_message_id as wamid, body from messages order by 2",
    );
    return ids.map((id, n) => ({
      name: cases[n]?.name,
      outcome: rows.find((row) => row.id === id)?.outcome,
      places: aside.filter((one) => one.id === id).map(({ path }) => path),
      messages: messages.filter((one) => one.id === id).map(({ wamid, body }) => [wamid, body]),
    }));
  }
});
