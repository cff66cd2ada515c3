import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, createPool } from "../../../db/client.ts";
import { provideServices } from "../services.server.ts";
import { connectFlows } from "../testing/connect-flows.ts";
import { callRoute } from "../testing/product.ts";
import {
  type Callback,
  type Confirmation,
  callbacks,
  seconds,
  signedRequests,
} from "../testing/signed-requests.ts";

const flows = connectFlows();
const { flow, connect, connections } = flows;
const { sign, send, tell, onlyConnection, grantorOf, requestsOf } = signedRequests(flows);

describe.each(["deauthorize", "data-deletion"] as const)(
  "what is no signed request of Meta, at %s,",
  (callback) => {
    const field = (text: string) => new URLSearchParams({ signed_request: text });
    test("is refused without a hint, and does nothing", async () => {
      await connect(flow.ana);
      const grantor = await grantorOf(flow.ana);
      const before = await connections(flow.ana);
      const twice = field(sign(grantor));
      twice.append("signed_request", sign(grantor));
      const cases: [RequestInit["body"], number, RequestInit?][] = [
        [field(sign(grantor, seconds(), "another-secret")), 401],
        [field("rubbish"), 400],
        [field(""), 400],
        [new URLSearchParams({ other: "field" }), 400],
        [twice, 400],
        [null, 400],
        [
          JSON.stringify({ signed_request: sign(grantor) }),
          400,
          { headers: { "content-type": "application/json" } },
        ],
        ["--x", 400, { headers: { "content-type": "multipart/form-data; boundary=x" } }],
        [field("a".repeat(20_000)), 413],
        [field(sign(grantor)), 415, { headers: { "content-encoding": "gzip" } }],
      ];
      for (const [body, status, init] of cases) {
        const answer = await send(callback, body, init);
        expect(answer.status).toBe(status);
        expect(await answer.json()).toEqual({ error: expect.stringMatching(/^[a-z_]+$/) });
      }
      expect(await connections(flow.ana)).toEqual(before);
    });

    test("by another method is answered 405", async () => {
      const url = `${flow.product.origin}/webhooks/meta/${callback}`;
      const { loader } = callbacks[callback];
      const answers = [
        await callRoute(loader, new Request(url), {}),
        await callRoute(loader, new Request(url, { method: "HEAD" }), {}),
        await send(callback, field(sign("1")), { method: "PUT" }),
        await send(callback, null, { method: "DELETE" }),
      ];
      for (const answer of answers) {
        expect(answer.status).toBe(405);
        expect(answer.headers.get("allow")).toBe("POST");
      }
    });

    test("is taken as multipart, too, when it is one", async () => {
      const form = new FormData();
      form.set("signed_request", sign("199000000000000003"));
      expect((await send(callback, form)).status).toBe(200);
    });

    test("gets 503 with Retry-After while the database is away", async () => {
      const pool = createPool({
        connectionString: "postgres://nobody@127.0.0.1:1/none",
        role: "app_web",
        applicationName: "away",
        max: 1,
        statementTimeoutMs: 1_000,
        onError: () => {},
      });
      provideServices({ ...flow.product.services, db: createDb(pool) });
      const answer = await tell(callback, "199000000000000004");
      provideServices(flow.product.services);
      await pool.end();
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    });
  },
);

describe("sent by the sandbox over HTTP", () => {
  let server: Server;
  const at = (callback: Callback) =>
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/meta/${callback}`;
  beforeAll(async () => {
    server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const callback = incoming.url?.split("/").at(-1) as Callback;
      const headers = { "content-type": incoming.headers["content-type"] ?? "" };
      const answer = await send(callback, Buffer.concat(chunks), { headers });
      outgoing.writeHead(answer.status).end(await answer.text());
    });
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => new Promise((resolve) => void server.close(resolve)));

  test("valid ones are carried out, in every other mode they are refused", async () => {
    await connect(flow.ana);
    const userId = await grantorOf(flow.ana);
    const { control } = flow.product.sandbox;
    for (const [mode, status] of [
      ["wrong_secret", 401],
      ["wrong_algorithm", 400],
      ["unsigned", 400],
    ] as const) {
      for (const callback of ["deauthorize", "data-deletion"] as const) {
        expect((await control.sendSignedRequest({ url: at(callback), userId, mode })).status).toBe(status);
      }
    }
    expect(await onlyConnection(flow.ana)).toMatchObject({ status: "active" });
    expect(await control.sendSignedRequest({ url: at("deauthorize"), userId })).toEqual({
      status: 200,
      body: '{"ok":true}',
    });
    const answer = await control.sendSignedRequest({ url: at("data-deletion"), userId });
    const { confirmation_code } = JSON.parse(answer.body) as Confirmation;
    expect(await requestsOf(confirmation_code)).toMatchObject([{ connections_cleared: 1 }]);
  });
});

test("nothing of a signed request stands in the log", async () => {
  await connect(flow.ana);
  const grantor = await grantorOf(flow.ana);
  const signed = sign(grantor);
  const answer = await send("data-deletion", new URLSearchParams({ signed_request: signed }));
  await send("deauthorize", new URLSearchParams({ signed_request: signed }));
  const { confirmation_code } = (await answer.json()) as Confirmation;
  const said = flow.product.written();
  for (const message of ["data of a Meta user deleted", "access taken back at Meta"])
    expect(said).toContain(message);
  for (const secret of [grantor, ...signed.split("."), confirmation_code]) expect(said).not.toContain(secret);
});
