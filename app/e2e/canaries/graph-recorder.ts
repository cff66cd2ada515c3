/** Stands between the product and Meta's sandbox and keeps each call as it was on the wire. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface GraphCall {
  /** Method, path and query. */
  line: string;
  /** All but Authorization, one a line. */
  headers: string;
  authorization: string;
  body: string;
  answer: string;
}

export interface GraphRecorder {
  url: string;
  calls: GraphCall[];
  /** Where calls go from now on: the sandbox's port. */
  passTo(port: number): void;
  stop(): Promise<void>;
}

export async function startGraphRecorder(): Promise<GraphRecorder> {
  const calls: GraphCall[] = [];
  let sandboxPort = 0;
  const server = createServer(async (asked, response) => {
    const body = await buffer(asked);
    const { authorization = "", ...others } = asked.headers;
    const headers = Object.entries(others)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n");
    const call = {
      line: `${asked.method} ${asked.url}`,
      headers,
      authorization,
      body: body.toString("utf8"),
      answer: "",
    };
    calls.push(call);
    const onward = request(
      { host: "127.0.0.1", port: sandboxPort, method: asked.method, path: asked.url, headers: asked.headers },
      (answer) => {
        call.answer = JSON.stringify(answer.headers);
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("data", (chunk: Buffer) => {
          call.answer += call.answer.length < 100_000 ? chunk : "";
        });
        answer.on("error", () => response.destroy());
        answer.pipe(response);
      },
    );
    // A connection that Meta breaks is broken here as well.
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    passTo: (port) => {
      sandboxPort = port;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
