/** The built product on the oldest PostgreSQL that it runs on, under logins of its own and with one DATABASE_URL. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "@playwright/test";
import { debianPostgres15, startEmbeddedPostgres } from "../../../db/testing/embedded-postgres.ts";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { test } from "../product/complaints.ts";
import { startTwoWebs } from "../product/two-webs.ts";
import { connect, connectedPlace, somebody } from "../two-webs/connect-by-http.ts";
import { journeyUnderLogins } from "./logins-journey.ts";

test("on PostgreSQL 15 web and worker connect, receive and show, with logins of their own and without", async () => {
  test.skip(!existsSync(debianPostgres15), "Debian's postgresql-15 is not installed");
  test.setTimeout(240_000);
  const folder = await mkdtemp(path.join(tmpdir(), "curbe-e2e-pg15-"));
  const server = await startEmbeddedPostgres({
    dataDir: path.join(folder, "data"),
    native: debianPostgres15,
  });
  try {
    const product = await startTwoWebs({ adminUrl: server.url });
    await journeyUnderLogins(product).finally(() => product.stop());
    const single = await startTwoWebs({ adminUrl: server.url, hasLogins: false });
    const connecting = somebody(single).then((ana) => connect(single, ana, { businessId: BUSINESS_IDS.luz }));
    expect(await connecting.finally(() => single.stop())).toBe(connectedPlace);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    await rm(path.dirname(server.dataDir), { recursive: true, force: true });
  }
});
