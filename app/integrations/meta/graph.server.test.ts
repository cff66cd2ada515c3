import { createHmac } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Secret } from "../../platform/secret.server.ts";
import { createGraphClient } from "./graph.server.ts";
import { GraphError, graphErrorKind } from "./graph-error.server.ts";
import { createGraphPressure } from "./graph-pressure.server.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const token = new Secret("EAA-canary");

async function clientOf(listener: RequestListener, timeoutMs = 5_000, pressure = createGraphPressure()) {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await new Promise((resolve) => server.once("listening", resolve));
  const graphUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    appId: "12345",
    appSecret: new Secret("app-secret"),
    dialogUrl: "",
    log: quiet,
  };
  return createGraphClient({ ...config, graphUrl, graphVersion: "v25.0" }, { timeoutMs, pressure });
}

const read = { endpoint: "waba", path: ["1"], auth: token, schema: z.object({ id: z.string() }) };

async function failureOf(listener: RequestListener, timeoutMs?: number): Promise<GraphError> {
  const graph = await clientOf(listener, timeoutMs);
  const error = await graph.call(read).catch((thrown: unknown) => thrown);
  if (!(error instanceof GraphError)) throw new Error("expected a GraphError");
  expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("canary");
  return error;
}

describe("a Graph call", () => {
  test("sends the token in the header only, with its proof, to the versioned path", async () => {
    let seen: { url: string | undefined; authorization: string | undefined } | undefined;
    const graph = await clientOf((request, response) => {
      seen = { url: request.url, authorization: request.headers.authorization };
      response.end('{"id":"1"}');
    });
    await expect(
      graph.call({ ...read, path: ["1", "phone/../numbers"], query: { limit: "1" } }),
    ).resolves.toEqual({
      id: "1",
    });
    const proof = createHmac("sha256", "app-secret").update("EAA-canary").digest("hex");
    expect(seen).toEqual({
      url: `/v25.0/1/phone%2F..%2Fnumbers?limit=1&appsecret_proof=${proof}`,
      authorization: "Bearer EAA-canary",
    });
  });

  test("gives text that a database takes, wherever it stands in the answer", async () => {
    const odd =
      '{"id":"1","name":"Pan\\u0000ader\\u00eda\\u001b \\ud83d\\ude00 \\ud800","list":[{"a":"\\u0000"}]}';
    const graph = await clientOf((_request, response) => response.end(odd));
    const schema = z.object({ id: z.string(), name: z.string(), list: z.array(z.object({ a: z.string() })) });
    await expect(graph.call({ ...read, schema })).resolves.toEqual({
      id: "1",
      name: "Panadería 😀 \ufffd",
      list: [{ a: "" }],
    });
  });

  test("follows no redirect", async () => {
    let visited = false;
    const trap = createServer((_request, response) => {
      visited = true;
      response.end();
    }).listen(0, "127.0.0.1");
    servers.push(trap);
    await new Promise((resolve) => trap.once("listening", resolve));
    const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/latest/meta-data`;
    const error = await failureOf((_request, response) => response.writeHead(302, { location }).end());
    expect(error).toMatchObject({ kind: "bug", facts: { httpStatus: 302 } });
    expect(visited).toBe(false);
  });

  test.each<[string, string, RequestListener]>([
    [
      "HTML from an edge",
      "retry_later",
      (_q, response) => response.writeHead(502).end("<html>canary</html>"),
    ],
    ["an empty 500", "retry_later", (_q, response) => response.writeHead(500).end()],
    ["a bare 429", "retry_later", (_q, response) => response.writeHead(429).end("slow down")],
    [
      "a reset in the middle",
      "retry_later",
      (_q, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"id":"can');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ["another shape", "bug", (_q, response) => response.end('{"identifier":"canary"}')],
    ["no JSON with 200", "bug", (_q, response) => response.end("canary")],
    [
      "an error with 200",
      "reconnect",
      (_q, response) => response.end('{"error":{"code":190,"message":"canary"}}'),
    ],
  ])("answered with %s is %s", async (_name, kind, listener) => {
    expect((await failureOf(listener)).kind).toBe(kind);
  });

  test("gives up when the whole takes too long, however slowly it comes", async () => {
    const error = await failureOf((_request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(" "), 20);
      response.once("close", () => clearInterval(drip));
    }, 150);
    expect(error).toMatchObject({ kind: "retry_later", facts: { note: "timed out" } });
  });

  test("stops reading an answer that is too large", async () => {
    let sent = 0;
    const error = await failureOf((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, " ");
      const pump = () => {
        while (!response.destroyed && sent < 50 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", pump);
        }
        response.end();
      };
      pump();
    });
    expect(error.facts.note).toBe("answer too large");
    expect(sent).toBeLessThan(20 * 1024 * 1024);
  });

  test("to nobody is for later", async () => {
    const graph = createGraphClient({
      appId: "1",
      appSecret: new Secret("s"),
      dialogUrl: "",
      graphUrl: "http://127.0.0.1:1",
      graphVersion: "v25.0",
      log: quiet,
    });
    await expect(graph.call(read)).rejects.toMatchObject({
      kind: "retry_later",
      facts: { note: "unreachable" },
    });
  });
});

describe("a connection that breaks", () => {
  const breaking = (times: number, calls: { n: number }): RequestListener => {
    return (_request, response) => {
      calls.n += 1;
      if (calls.n <= times) response.destroy();
      else response.end('{"id":"1"}');
    };
  };

  test("is tried once more for a read, and no more than once", async () => {
    const once = { n: 0 };
    const graph = await clientOf(breaking(1, once));
    await expect(graph.call(read)).resolves.toEqual({ id: "1" });
    const always = { n: 0 };
    const other = await clientOf(breaking(99, always));
    await expect(other.call(read)).rejects.toMatchObject({ kind: "retry_later" });
    expect([once.n, always.n]).toEqual([2, 2]);
  });

  test("is never tried again for a write: it may have been carried out", async () => {
    for (const method of ["POST", "DELETE"] as const) {
      const calls = { n: 0 };
      const graph = await clientOf(breaking(99, calls));
      await expect(graph.call({ ...read, method })).rejects.toMatchObject({ kind: "retry_later" });
      expect(calls.n).toBe(1);
    }
  });
});

describe("a host that does not answer", () => {
  test("is left alone after five calls, and asked by one call after half a minute", async () => {
    let at = 1_000_000;
    let healthy = false;
    let calls = 0;
    const graph = await clientOf(
      (_request, response) => {
        calls += 1;
        if (healthy) response.end('{"id":"1"}');
        else response.writeHead(502).end("<html>");
      },
      5_000,
      createGraphPressure(() => at),
    );
    const outcome = () =>
      graph.call(read).then(
        () => "ok",
        (error: GraphError) => error.facts.note,
      );
    for (let n = 0; n < 5; n++) expect(await outcome()).toBe("no Graph error in the answer");
    expect(await outcome()).toBe("circuit open");
    expect(calls).toBe(5);
    at += 30_001;
    expect(await Promise.all([outcome(), outcome(), outcome()])).toEqual([
      "no Graph error in the answer",
      "circuit open",
      "circuit open",
    ]);
    expect(await outcome()).toBe("circuit open");
    at += 30_001;
    healthy = true;
    expect(await outcome()).toBe("ok");
    expect(await outcome()).toBe("ok");
    expect(calls).toBe(8);
  });

  test("is not one that answers with an error of its own", async () => {
    const graph = await clientOf((_request, response) =>
      response.writeHead(400).end('{"error":{"code":190,"message":"x"}}'),
    );
    for (let n = 0; n < 8; n++) await expect(graph.call(read)).rejects.toMatchObject({ kind: "reconnect" });
  });
});

describe("usage that Meta reports", () => {
  test("near the limit makes what can wait wait, and lets through what a person waits for", async () => {
    let at = 1_000_000;
    const graph = await clientOf(
      (_request, response) =>
        response
          .setHeader("x-app-usage", '{"call_count":28,"total_time":93,"total_cputime":1}')
          .end('{"id":"1"}'),
      5_000,
      createGraphPressure(() => at),
    );
    await graph.call(read);
    await expect(graph.call(read)).rejects.toMatchObject({
      kind: "retry_later",
      facts: { note: "throttled" },
    });
    await expect(graph.call({ ...read, urgent: true })).resolves.toEqual({ id: "1" });
    at += 60_001;
    await expect(graph.call(read)).resolves.toEqual({ id: "1" });
  });

  test("of one account with a time to wait keeps us from that account only, until then", async () => {
    let at = 1_000_000;
    let wait = 5;
    const graph = await clientOf(
      (_request, response) =>
        response
          .setHeader(
            "x-business-use-case-usage",
            JSON.stringify({
              "1": [{ type: "whatsapp", call_count: 100, estimated_time_to_regain_access: wait }],
            }),
          )
          .end('{"id":"1"}'),
      5_000,
      createGraphPressure(() => at),
    );
    await graph.call(read);
    wait = 0;
    await expect(graph.call({ ...read, urgent: true })).rejects.toMatchObject({
      facts: { note: "throttled" },
    });
    await expect(graph.call({ ...read, path: ["2"] })).resolves.toEqual({ id: "1" });
    at += 5 * 60_000 + 1;
    await expect(graph.call(read)).resolves.toEqual({ id: "1" });
  });

  test("in a form we do not know is ignored", async () => {
    for (const header of ["", "not json", "[]", '{"call_count":"many"}', '{"1":{"x":1}}']) {
      const graph = await clientOf((_request, response) =>
        response
          .setHeader("x-app-usage", header)
          .setHeader("x-business-use-case-usage", header)
          .end('{"id":"1"}'),
      );
      await graph.call(read);
      await expect(graph.call(read)).resolves.toEqual({ id: "1" });
    }
  });
});

describe("Graph error codes", () => {
  test.each([
    [{ code: 190, error_subcode: 463 }, "reconnect"],
    [{ code: 102 }, "reconnect"],
    [{ code: 10 }, "permission"],
    [{ code: 200 }, "permission"],
    [{ code: 100, error_subcode: 33 }, "permission"],
    [{ code: 100, error_subcode: 36007 }, "rejected"],
    [{ code: 100, error_subcode: 36009 }, "rejected"],
    [{ code: 100, error_subcode: 36008 }, "bug"],
    [{ code: 101 }, "bug"],
    [{ code: 4 }, "retry_later"],
    [{ code: 80008 }, "retry_later"],
    [{ code: 2 }, "retry_later"],
    [{ code: 999_999, is_transient: true }, "retry_later"],
    [{ code: 133005 }, "tell_tenant"],
    [{ code: 131042 }, "tell_tenant"],
    [{ code: 100 }, "rejected"],
    [{}, "bug"],
  ] as const)("%j is %s", (error, kind) => {
    expect(graphErrorKind(error)).toBe(kind);
  });

  test("of answers that are no use, only one without a code may be another the next time", () => {
    expect(new GraphError("bug", { endpoint: "phone", httpStatus: 200 }).mayPass).toBe(true);
    expect(new GraphError("bug", { endpoint: "phone", code: 101 }).mayPass).toBe(false);
  });
});
