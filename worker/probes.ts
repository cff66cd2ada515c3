/** What the platform asks: alive, ready, and how it goes. */
import type { Server } from "node:http";
import type { Registry } from "prom-client";
import { answerPlainly, createBareServer } from "#app/platform/bare-server.server.ts";
import type { Log } from "#app/platform/log.server.ts";
import { metricsAccess } from "#app/platform/metrics-access.server.ts";
import type { Secret } from "#app/platform/secret.server.ts";

export interface ProbeSources {
  /** Why no jobs can be done now, or undefined. Asked for at most a second. */
  whyNotReady: () => Promise<string | undefined>;
  registry: Registry;
  metricsToken: Secret | undefined;
  log: Pick<Log, "error">;
}

/** `/livez` touches nothing: a database that is away must not make the platform kill the worker. */
export function createProbes({ whyNotReady, registry, metricsToken, log }: ProbeSources): Server {
  return createBareServer({ log, secure: false }, async ({ method, url, headers }, response) => {
    if (method !== "GET" && method !== "HEAD")
      return answerPlainly(response, 405, undefined, { Allow: "GET, HEAD" });
    // Compared and never parsed: what is no address at all is one that we do not have.
    const [path] = (url ?? "").split("?", 1);
    if (path === "/livez") return answerPlainly(response, 200, "ok");
    if (path === "/readyz") {
      const reason = await withinASecond(whyNotReady());
      const text = JSON.stringify({ ready: !reason, reason });
      return answerPlainly(response, reason ? 503 : 200, text, { "Content-Type": "application/json" });
    }
    if (path === "/metrics") {
      const access = metricsAccess(metricsToken, headers.authorization);
      if (access.status !== 200) return answerPlainly(response, access.status, undefined, access.headers);
      return answerPlainly(response, 200, await registry.metrics(), { "Content-Type": registry.contentType });
    }
    return answerPlainly(response, 404);
  });
}

async function withinASecond(asked: Promise<string | undefined>): Promise<string | undefined> {
  const late = new Promise<string>((resolve) => {
    setTimeout(resolve, 1_000, "database does not answer").unref();
  });
  return Promise.race([asked.catch(() => "database does not answer"), late]);
}
