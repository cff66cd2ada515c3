/** What the platform asks: alive, ready, and how it goes. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";

export interface ProbeSources {
  /** Why no jobs can be done now, or undefined. Asked for at most a second. */
  whyNotReady: () => Promise<string | undefined>;
  registry: Registry;
}

/** `/livez` touches nothing: a database that is away must not make the platform kill the worker. */
export function createProbes({ whyNotReady, registry }: ProbeSources): Server {
  return createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://probes");
    if (request.method !== "GET" && request.method !== "HEAD")
      return answer(response, 405, "method not allowed");
    if (pathname === "/livez") return answer(response, 200, "ok");
    if (pathname === "/readyz") {
      const reason = await withinASecond(whyNotReady());
      return answer(
        response,
        reason ? 503 : 200,
        JSON.stringify({ ready: !reason, reason }),
        "application/json",
      );
    }
    if (pathname === "/metrics") {
      return answer(response, 200, await registry.metrics(), registry.contentType);
    }
    return answer(response, 404, "not found");
  });
}

async function withinASecond(asked: Promise<string | undefined>): Promise<string | undefined> {
  const late = new Promise<string>((resolve) => {
    setTimeout(resolve, 1_000, "database does not answer").unref();
  });
  return Promise.race([asked.catch(() => "database does not answer"), late]);
}

function answer(response: ServerResponse, status: number, body: string, type = "text/plain"): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
}
