import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect } from "vitest";
import { z } from "zod";
import { Secret } from "../../../platform/secret.server.ts";
import { createGraphClient } from "../graph.server.ts";
import { GraphError } from "../graph-error.server.ts";
import { createGraphPressure } from "../graph-pressure.server.ts";

export const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const token = new Secret("EAA-canary");
export const read = { endpoint: "waba", path: ["1"], auth: token, schema: z.object({ id: z.string() }) };

/** Closes after each test the servers that it started. */
export function graphClients() {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

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

  async function failureOf(listener: RequestListener, timeoutMs?: number): Promise<GraphError> {
    const graph = await clientOf(listener, timeoutMs);
    const error = await graph.call(read).catch((thrown: unknown) => thrown);
    if (!(error instanceof GraphError)) throw new Error("expected a GraphError");
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain("canary");
    return error;
  }

  return { servers, clientOf, failureOf };
}
