/** The built web as the network sees it: headers, gates, hostile bodies, secrets in what it writes. */
import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { expect } from "@playwright/test";
import { NUMBER_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { product } from "../product/journeys.ts";
import { connectByMeta, grants, visitorNamed } from "./flows.ts";
import {
  approve,
  beSignedIn,
  control,
  goToMeta,
  often,
  origin,
  readMetrics,
  rows,
  signIn,
  startAfresh,
  test,
  untilDeliveriesAreOn,
} from "./journey.ts";

test.beforeEach(startAfresh);

test("every answer carries the headers that keep other sites out", async ({ request }) => {
  for (const path of [
    "/login",
    "/settings/integrations",
    "/nowhere",
    "/webhooks/meta/whatsapp",
    "/favicon.svg",
  ]) {
    const { headers } = { headers: (await request.get(`${origin()}${path}`, { maxRedirects: 0 })).headers() };
    const policy = headers["content-security-policy"] ?? "";
    expect(policy, path).toMatch(/frame-ancestors 'none'/);
    expect(policy, path).toMatch(/object-src 'none'/);
    expect(policy, path).not.toMatch(/unsafe/);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["x-request-id"], path).toMatch(/^[\w-]{8,64}$/);
    expect(headers["x-powered-by"], path).toBeUndefined();
  }
});

test("a request that another site caused changes nothing", async ({ page, request }) => {
  await beSignedIn(page, "leo@luz.example");
  const foreign: Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ];
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  for (const path of [
    "/login",
    "/logout",
    "/api/integrations/meta/whatsapp/start",
    "/api/integrations/meta/whatsapp/disconnect",
  ]) {
    for (const headers of foreign) {
      const answer = await request.post(`${origin()}${path}`, { headers: { cookie, ...headers } });
      expect(answer.status(), `${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
  await page.goto(`${origin()}/settings/integrations`);
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
});

test("a body without an announced length gets 413 once it is over the limit, and the server lives on", async ({
  request,
}) => {
  const { hostname, port } = new URL(origin());
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let said = "";
    socket.on("data", (chunk) => {
      said += chunk;
      if (/^HTTP\/1\.1 \d{3}/.test(said)) resolve(said);
    });
    socket.on("error", (error) => (said ? resolve(said) : reject(error)));
    socket.on("close", () => resolve(said));
    socket.write(
      "POST /webhooks/meta/whatsapp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nX-Hub-Signature-256: sha256=0\r\n\r\n",
    );
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 5 * 1024 * 1024; sent += 65_536) socket.write(chunk);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413/);
  expect((await request.get(`${origin()}/readyz`)).status()).toBe(200);
  expect(await rows("select id from webhook_deliveries")).toEqual([]);
});

test("mixed, repeated and unknown deliveries end where they belong", async () => {
  await connectByMeta(await visitorNamed("leo@luz.example"), grants.ana);
  await connectByMeta(await visitorNamed("max@norte.example"), grants.eva);
  await untilDeliveriesAreOn(NUMBER_IDS.luz);
  await untilDeliveriesAreOn(NUMBER_IDS.norte);

  const sender = { phone: "525511112222", name: "Cliente" };
  await control("/batches", {
    items: [
      { message: { phoneNumberId: NUMBER_IDS.luz, kind: "image", sender } },
      { message: { phoneNumberId: NUMBER_IDS.norte, kind: "interactive_button_reply", sender } },
      { message: { phoneNumberId: NUMBER_IDS.luz, kind: "reaction", sender } },
      {
        status: {
          phoneNumberId: NUMBER_IDS.norte,
          status: "delivered",
          messageId: "wamid.elsewhere",
          recipient: sender,
        },
      },
    ],
  });
  await control("/deliveries/resend", { copies: 5 });
  await control("/messages", {
    phoneNumberId: "399000000000000999",
    wabaId: "1",
    displayPhoneNumber: "1555",
    force: true,
  });
  await control("/samples", {});

  const processed = () =>
    rows("select count(*)::int as n from webhook_deliveries where processed_at is null");
  await expect.poll(processed, often).toEqual([{ n: 0 }]);
  const stored = await rows(
    `select t.name, m.type, m.direction, m.status from messages m join tenants t on t.id = m.tenant_id
      where m.type <> 'reaction' order by t.name, m.direction, m.type`,
  );
  expect(stored).toEqual([
    { name: "Panadería Luz", type: "image", direction: "inbound", status: "received" },
    { name: "Taller Norte", type: "interactive", direction: "inbound", status: "received" },
    { name: "Taller Norte", type: "unknown", direction: "outbound", status: "delivered" },
  ]);
  expect(await rows("select reason, phone_number_id from delivery_quarantine")).toEqual([
    { reason: "unknown_number", phone_number_id: "399000000000000999" },
  ]);
});

test("nothing secret stands in what the processes wrote or in the jobs", async ({ page }) => {
  await signIn(page, "leo@luz.example");
  await goToMeta(page, "Ana Luz");
  await approve(page);
  await untilDeliveriesAreOn(NUMBER_IDS.luz);
  await control("/messages", {
    phoneNumberId: NUMBER_IDS.luz,
    text: "CANARY-BODY-7391",
    sender: { phone: "525599887766" },
  });
  await expect.poll(() => rows("select count(*)::int as n from messages"), often).toEqual([{ n: 1 }]);
  const written = product().lines.join("\n");
  expect(written).toContain("request");
  const jobs = JSON.stringify(await rows("select payload, last_error from graphile_worker._private_jobs"));
  const metrics = await readMetrics();
  for (const text of [written, jobs, metrics, await page.content()]) {
    expect(text).not.toMatch(/CANARY-BODY|EAA[A-Za-z0-9]{20}|525599887766|sha256=[0-9a-f]{64}|curbe-demo/);
  }
});

test("bad signatures are refused and validly signed rubbish is kept", async ({ request }) => {
  const url = `${origin()}/webhooks/meta/whatsapp`;
  const forged = await request.post(url, {
    data: "{}",
    headers: { "x-hub-signature-256": `sha256=${createHmac("sha256", "guess").update("{}").digest("hex")}` },
  });
  expect(forged.status()).toBe(401);
  await control("/raw", { text: "this is not JSON" });
  await expect
    .poll(() =>
      rows(
        "select convert_from(d.body, 'UTF8') as body, d.outcome, q.reason from webhook_deliveries d join delivery_quarantine q on q.delivery_id = d.id",
      ),
    )
    .toEqual([{ body: "this is not JSON", outcome: "quarantined", reason: "unreadable" }]);
});
