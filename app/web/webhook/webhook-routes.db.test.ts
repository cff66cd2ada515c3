import { createHmac, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createDb, createPool } from "../../../db/client.ts";
import { createDeliveryIntake } from "../../inbox/intake/accept.server.ts";
import * as webhook from "../../routes/webhooks.meta.$channel.ts";
import { provideServices } from "../services.server.ts";
import { deliverByLane } from "../testing/deliveries/delivery-lane.ts";
import { callRoute, startTestProduct, type TestProduct } from "../testing/product.ts";
import { webhookBodyCap } from "./webhook.server.ts";

let product: TestProduct;
beforeAll(async () => {
  product = await startTestProduct({ META_APP_SECRET_PREVIOUS: "the-secret-before-this-one" });
});
afterAll(() => product.stop());
afterEach(async () => {
  provideServices(product.services);
  await product.database.empty("webhook_deliveries");
  await product.database.sql("delete from graphile_worker._private_jobs");
});

const address = () => `${product.origin}/webhooks/meta/whatsapp`;
const secret = (at = 0) => product.services.webhooks.appSecrets[at]?.reveal() ?? "";
const sign = (body: Uint8Array, key = secret()) =>
  `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;

function deliver(body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> {
  const all = { "x-hub-signature-256": sign(body), "content-length": String(body.byteLength), ...headers };
  return deliverByLane(new Request(address(), { method: "POST", headers: all, body: Buffer.from(body) }));
}

const stored = () =>
  product.database.sql<{ body: Buffer; request_id: string; provider: string; processed_at: Date | null }>(
    "select * from webhook_deliveries order by id",
  );
const jobPayloads = async () =>
  (await product.database.sql<{ payload: unknown }>("select payload from graphile_worker._private_jobs")).map(
    ({ payload }) => payload,
  );

describe("a delivery", () => {
  test("is stored as the bytes that came, with one job, before it is answered 200", async () => {
    const body = Buffer.from(
      String.raw`{"object":"whatsapp_business_account","entry":[],"x":"caf\u00e9 \u0000 \ud800 \/"}`,
    );
    const answer = await deliver(body, { "x-request-id": "request-from-edge" });
    expect(answer.status).toBe(200);
    const [row, ...others] = await stored();
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      provider: "meta_whatsapp",
      request_id: "request-from-edge",
      processed_at: null,
    });
    expect(row?.body.equals(body)).toBe(true);
    expect(await jobPayloads()).toEqual([{}]);
  });

  test.each([
    ["no JSON", Buffer.from("not json at all")],
    ["nothing", Buffer.alloc(0)],
    ["bytes that are no text", randomBytes(2_000)],
    ["100,000 levels deep", Buffer.from("[".repeat(100_000))],
  ])("validly signed that is %s is kept and answered 200", async (_name, body) => {
    expect((await deliver(body)).status).toBe(200);
    expect((await stored())[0]?.body.equals(body)).toBe(true);
  });

  test("is accepted under the secret before this one while both are set", async () => {
    const body = Buffer.from("{}");
    expect((await deliver(body, { "x-hub-signature-256": sign(body, secret(1)) })).status).toBe(200);
  });

  test.each([
    ["missing", ""],
    ["wrong", `sha256=${"0".repeat(64)}`],
    ["of another secret", sign(Buffer.from("{}"), "another-secret")],
  ])("with a signature that is %s gets an empty 401 and leaves no trace", async (_name, header) => {
    const answer = await deliver(Buffer.from("{}"), { "x-hub-signature-256": header });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toBe("");
    expect(await stored()).toEqual([]);
  });

  test("of three megabytes is taken; one that is over the cap gets 413, announced or not", async () => {
    expect((await deliver(Buffer.alloc(3 * 1024 * 1024, "x"))).status).toBe(200);
    const large = Buffer.alloc(webhookBodyCap + 1, "x");
    expect((await deliver(large)).status).toBe(413);

    let pulled = 0;
    let cut = false;
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
        await new Promise(setImmediate);
      },
      cancel() {
        cut = true;
      },
    });
    const init = {
      method: "POST",
      body: endless,
      duplex: "half",
      headers: { "x-hub-signature-256": sign(large) },
    };
    expect((await deliverByLane(new Request(address(), init as RequestInit))).status).toBe(413);
    // The answer did not wait for the rest, and the rest is not read for ever.
    expect(pulled).toBeLessThan(webhookBodyCap + 20 * 65_536);
    await expect.poll(() => cut).toBe(true);
    expect(pulled).toBeLessThan(40 * 1024 * 1024);
    expect(await stored()).toHaveLength(1);
  });

  test("that is compressed gets 415, one by another method 405", async () => {
    expect((await deliver(Buffer.from("{}"), { "content-encoding": "gzip" })).status).toBe(415);
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      const request = new Request(address(), { method, body: "{}" });
      await expect(deliverByLane(request.clone())).rejects.toThrow("takes no such request");
      const answer = await callRoute(webhook.action, request);
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe("GET, POST");
    }
    expect(await stored()).toEqual([]);
  });

  test("on an unknown channel gets 404", async () => {
    const request = new Request(address(), { method: "POST", body: "{}" });
    expect((await callRoute(webhook.action, request, { channel: "telegram" })).status).toBe(404);
  });

  test("while the database is away gets 503 with Retry-After, quickly, and nothing of it in the log", async () => {
    const pool = createPool({
      connectionString: "postgres://nobody@127.0.0.1:1/none",
      role: "app_web",
      applicationName: "away",
      max: 1,
      statementTimeoutMs: 1_000,
      onError: () => {},
    });
    const webhooks = { ...product.services.webhooks, intake: createDeliveryIntake(createDb(pool)) };
    provideServices({ ...product.services, webhooks });
    const started = performance.now();
    const answer = await deliver(Buffer.from('{"canary":"body"}'));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(product.written()).toContain("ECONNREFUSED");
    expect(product.written()).not.toContain("canary");
    await pool.end();
  });

  test("is committed together with others that come at the same moment, each with its own answer", async () => {
    const bodies = Array.from({ length: 300 }, (_, at) => Buffer.from(`{"at":${at}}`));
    const answers = await Promise.all(bodies.map((body) => deliver(body)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    const rows = await stored();
    expect(rows.map((row) => row.body.toString()).sort()).toEqual(bodies.map(String).sort());
    // The first two go alone, each in its lane; those that come meanwhile go with them when they are back.
    const commits = await product.database.sql("select distinct xmin from webhook_deliveries");
    expect(commits.length).toBeGreaterThan(2);
    expect(commits.length).toBeLessThan(30);
    // What waits takes up all that is open, so each lane needs one job.
    const lanes = "select key from graphile_worker._private_jobs order by key";
    expect(await product.database.sql(lanes)).toEqual([{ key: "ingest:0" }, { key: "ingest:1" }]);
  });
});

describe("the handshake", () => {
  const shake = (query: string) => callRoute(webhook.loader, new Request(`${address()}?${query}`));
  const token = () => product.services.webhooks.verifyToken.reveal();
  const good = (challenge = "1158201444") =>
    `hub.mode=subscribe&hub.challenge=${encodeURIComponent(challenge)}&hub.verify_token=${token()}`;

  test("echoes the challenge exactly, as plain text", async () => {
    const answer = await shake(good());
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(await answer.text()).toBe("1158201444");
  });

  test.each([
    ["a wrong token", () => good().replace(token(), "wrong")],
    ["no token", () => "hub.mode=subscribe&hub.challenge=1"],
    ["an empty token", () => "hub.mode=subscribe&hub.challenge=1&hub.verify_token="],
    ["another mode", () => good().replace("subscribe", "unsubscribe")],
    ["no challenge", () => `hub.mode=subscribe&hub.verify_token=${token()}`],
    ["the token twice", () => `${good()}&hub.verify_token=wrong`],
    ["the challenge twice", () => `${good()}&hub.challenge=2`],
    ["array parameters", () => good().replaceAll("=", "[]=")],
    ["a challenge of 10 kB", () => good("1".repeat(10_000))],
    ["a challenge of HTML", () => good("<script>alert(1)</script>")],
    ["nothing", () => ""],
  ])("refuses %s with 403", async (_name, query) => {
    const answer = await shake(query());
    expect(answer.status).toBe(403);
    expect(await answer.text()).toBe("Forbidden");
  });
});
