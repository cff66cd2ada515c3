/** What the platform asks: alive, ready, and how it goes. */
import { Router } from "express";
import { whyUnavailable } from "#db/client.ts";
import { connectionFault } from "#db/connection-proof.ts";
import { isMigrated } from "#db/version.ts";
import { answerPlainly } from "../../platform/bare-server.server.ts";
import { metricsAccess } from "../../platform/metrics-access.server.ts";
import type { Services } from "../services.server.ts";
import { registry } from "./metrics.server.ts";

/**
 * `/livez` touches nothing. `/readyz` is 200 while the database answers within a second at this build's level and the
 * process is not draining, else 503 with the reason. `/metrics` wants METRICS_TOKEN, whatever way a request came.
 */
export function createProbes({ db, metricsToken }: Pick<Services, "db" | "metricsToken">): {
  router: Router;
  drain(): void;
} {
  let draining = false;
  let asked: Promise<string | undefined> | undefined;
  const router = Router();
  router.use((_request, response, next) => {
    if (draining) response.setHeader("Connection", "close");
    next();
  });
  router.get("/livez", (_request, response) => void response.type("text/plain").send("ok"));
  router.get("/readyz", async (_request, response) => {
    // However many ask at once, the database is asked by one.
    asked ??= whyNotReady(db).finally(() => {
      asked = undefined;
    });
    const reason = draining ? "draining" : await asked;
    response.status(reason ? 503 : 200).json(reason ? { ready: false, reason } : { ready: true });
  });
  router.get("/metrics", async (request, response, next) => {
    const { status, headers } = metricsAccess(metricsToken, request.get("authorization"));
    if (status !== 200) return answerPlainly(response, status, undefined, headers);
    await registry.metrics().then((text) => response.type(registry.contentType).send(text), next);
  });
  const drain = () => {
    draining = true;
  };
  return { router, drain };
}

async function whyNotReady(db: Services["db"]): Promise<string | undefined> {
  const late = new Promise<string>((resolve) =>
    setTimeout(resolve, 1_000, "database does not answer").unref(),
  );
  const asked = isMigrated(db).then(
    (migrated) => (migrated ? undefined : "not at this build's schema"),
    whyUnavailable,
  );
  return connectionFault() ?? Promise.race([asked, late]);
}
