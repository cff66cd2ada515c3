/** One call to Graph: what it sends, what it takes for an answer, when it is tried again, and what its failures mean. */
import { createHmac } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { Secret } from "../../platform/secret.server.ts";
import { createGraphClient } from "./graph.server.ts";
import { GraphError, graphErrorKind } from "./graph-error.server.ts";
import { graphClients, quiet, read } from "./testing/graph-clients.ts";

const { servers, clientOf, failureOf } = graphClients();

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
