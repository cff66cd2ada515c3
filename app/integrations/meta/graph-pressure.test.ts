/** Which calls wait, and for whom, when a host does not answer or Meta reports how much was used. */
import { describe, expect, test } from "vitest";
import type { GraphError } from "./graph-error.server.ts";
import { createGraphPressure } from "./graph-pressure.server.ts";
import { graphClients, read } from "./testing/graph-clients.ts";

const { clientOf } = graphClients();

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
