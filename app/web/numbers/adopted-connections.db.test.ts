/** Connections that were taken over from before Curbe, used like any other: what they are worth to their workspace. */
import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, inject, test } from "vitest";
import { createAdoption } from "../../../db/adopt/adoption.ts";
import {
  connection,
  connections,
  insertConnection,
  luz,
  norte,
  tenants,
} from "../../../db/adopt/testing/older-schema.ts";
import { migrate } from "../../../db/migrate.ts";
import { administer, withDatabase } from "../../../db/testing/test-database.ts";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { adoptionOptions } from "../../../scripts/migrate.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { webhookReaders } from "../../integrations/registry.server.ts";
import { activity } from "../../texts/en/activity.ts";
import { english } from "../../texts/en/index.ts";
import { connectedPlace, connectFlows, failed } from "../testing/connect-flows.ts";
import { deliverSigned } from "../testing/deliveries/delivery-lane.ts";
import { openPages } from "../testing/pages.ts";
import type { Arrange, TestPerson } from "../testing/product.ts";

const key = randomBytes(32).toString("base64");
const name = `curbe_adopted_${process.pid}_${randomBytes(4).toString("hex")}`;
const sur = "33333333-3333-4333-8333-333333333333";
const este = "44444444-4444-4444-8444-444444444444";

/** The token is a real one of the sandbox's, in plain text, as a form for tokens would have kept it. */
const arrange: Arrange = async ({ sandbox, appId, appSecret }) => {
  const { code } = sandbox.control.mintCode({ businessId: BUSINESS_IDS.luz });
  const query = new URLSearchParams({ client_id: appId, client_secret: appSecret, code });
  query.set("redirect_uri", "http://curbe.test/api/integrations/meta/whatsapp/callback");
  const answer = await fetch(`${sandbox.url}/v25.0/oauth/access_token?${query}`);
  const { access_token: token } = (await answer.json()) as { access_token: string };
  await administer(inject("adminUrl"), `create database ${name}`);
  const url = withDatabase(inject("adminUrl"), name);
  await administer(url, olderSchema(token));
  const adoption = createAdoption(adoptionOptions(key));
  await migrate(url, { adoption });
  expect(adoption.report()[0]).toContain("channel_connections 4");
  return name;
};

const olderSchema = (token: string) =>
  [
    tenants,
    `insert into tenants values ('${sur}', 'Taller Sur'), ('${este}', 'Taller Este');`,
    connections(", access_token text"),
    insertConnection(1, {
      phone_number_id: NUMBER_IDS.luz,
      phone_number_e164: "525512345678",
      access_token: token,
      waba_id: WABA_IDS.luz,
      display_name: "Luz",
      updated_at: "2026-01-01Z",
      created_at: "2025-01-01Z",
    }),
    insertConnection(2, {
      tenant_id: norte,
      phone_number_id: NUMBER_IDS.luz,
      phone_number_e164: "+525512345678",
      access_token: token,
      updated_at: "2025-06-01Z",
    }),
    insertConnection(3, {
      tenant_id: sur,
      waba_id: null,
      phone_number_id: NUMBER_IDS.norte,
      phone_number_e164: null,
    }),
    insertConnection(4, { tenant_id: este, phone_number_id: null, phone_number_e164: "+54 9 11 2345 6789" }),
    `create table conversations (id serial primary key, tenant_id uuid, wa_id text, contact_name text);
     create table messages (id serial primary key, conversation_id int, direction text, body text, created_at timestamptz,
       provider_message_id text);
     insert into conversations (tenant_id, wa_id, contact_name) values ('${luz}', '5215511', 'Eva'), ('${norte}', '5215512', 'Max');
     insert into messages (conversation_id, direction, body, created_at, provider_message_id) values
       (1, 'inbound', 'Del pasado', '2025-03-01Z', 'wamid.past'), (2, 'inbound', 'De Norte', '2025-03-01Z', 'wamid.norte');`,
  ].join("\n");

const { flow, ask, connect, leave, jobs, statusOf } = connectFlows({
  env: { TOKEN_ENCRYPTION_KEY_BASE64: key },
  arrange,
});
afterAll(() => administer(inject("adminUrl"), `drop database if exists ${name} with (force)`));

const deps = () => flow.product.services.integrations;
const sql = <Row>(text: string, values: unknown[] = []) => flow.product.database.sql<Row>(text, values);
const subject = { tenantId: luz, connectionId: connection(1), requestId: "r", lastAttempt: false };

async function receive(id: string, phoneNumberId: string): Promise<void> {
  const messages = [{ from: "5215511", id, timestamp: "1790000000", type: "text", text: { body: "De hoy" } }];
  const metadata = { display_phone_number: "525512345678", phone_number_id: phoneNumberId };
  const changes = [{ field: "messages", value: { messaging_product: "whatsapp", metadata, messages } }];
  const body = JSON.stringify({ object: "whatsapp_business_account", entry: [{ id: "1", changes }] });
  const answer = await deliverSigned(flow.product, body);
  expect(answer.status).toBe(200);
  const stored = await sql<{ id: string }>("select id from webhook_deliveries where processed_at is null");
  const ingest = { db: flow.product.database.as("app_ingest"), readers: webhookReaders, log: deps().log };
  await processDeliveries(
    ingest,
    stored.map((delivery) => delivery.id),
  );
}

const threadsOf = (tenantId: string) =>
  sql<{ connection_id: string; contact: string; bodies: string[] }>(
    `select c.connection_id, p.profile_name as contact, array_agg(m.body order by m.occurred_at) as bodies
       from messages m join conversations c on c.id = m.conversation_id join contacts p on p.id = c.contact_id
      where m.tenant_id = $1 group by 1, 2 order by 2`,
    [tenantId],
  );

async function pageOf(path: string, person: TestPerson): Promise<string> {
  const pages = await openPages();
  const answer = await pages(ask(path, person));
  expect(answer.status).toBe(200);
  return answer.text();
}

const adopted = (tenantId: string): Promise<TestPerson> => flow.product.person(tenantId, "admin");

describe("a connection with everything", () => {
  test("is shown, routed, looked after, left and connected again, with its history", async () => {
    const person = await adopted(luz);
    expect(await statusOf(person)).toMatchObject({
      connected: true,
      phone_number_e164: "+525512345678",
      display_name: "Luz",
      may_send: true,
    });
    await receive("wamid.today", NUMBER_IDS.luz);
    const thread = { connection_id: connection(1), contact: "Eva", bodies: ["Del pasado", "De hoy"] };
    expect(await threadsOf(luz)).toEqual([thread]);

    await checkConnection(deps(), subject);
    expect((await jobs()).map(({ task }) => task)).toEqual(
      expect.arrayContaining(["subscribe_waba", "register_number"]),
    );
    await subscribeWaba(deps(), subject);
    await registerNumber(deps(), subject);
    const [shown] = await sql<{ metadata: Record<string, { state?: string; result?: string }> }>(
      "select metadata from channel_connections where id = $1",
      [connection(1)],
    );
    expect(shown?.metadata).toMatchObject({
      deliveries: { state: "on" },
      registration: { result: "registered" },
    });

    // Where Meta delivers to us already, nothing has to be asked for.
    await sql("update channel_connections set metadata = metadata - 'deliveries' where id = $1", [
      connection(1),
    ]);
    await checkConnection(deps(), subject);
    expect(await statusOf(person)).toMatchObject({ connections: [{ id: connection(1), deliveries: "on" }] });

    expect((await leave(person)).status).toBe(200);
    expect(await statusOf(person)).toMatchObject({ connected: false, status: "revoked" });
    expect(await connect(person)).toBe(connectedPlace);
    expect(await statusOf(person)).toMatchObject({ connected: true, connections: [{ id: connection(1) }] });
    await receive("wamid.again", NUMBER_IDS.luz);
    expect(await threadsOf(luz)).toEqual([{ ...thread, bodies: ["Del pasado", "De hoy", "De hoy"] }]);
  });
});

describe("a number that two workspaces held", () => {
  test("stays with the one, says so to the other, and is theirs again once it is free", async () => {
    const person = await adopted(norte);
    const page = await pageOf("/settings/integrations", person);
    const words = english.channels.meta_whatsapp.incidentOf("number_taken");
    for (const said of [words.title, words.action, "+52 55 1234 5678"]) expect(page).toContain(said);
    expect(await connect(person)).toBe(failed("number_taken"));
    await receive("wamid.theirs", NUMBER_IDS.luz);
    expect(await threadsOf(norte)).toMatchObject([{ contact: "Max", bodies: ["De Norte"] }]);

    await leave(await adopted(luz));
    expect(await connect(person)).toBe(connectedPlace);
    expect(await statusOf(person)).toMatchObject({ connected: true, connections: [{ id: connection(2) }] });
    expect(await pageOf("/settings/integrations", person)).not.toContain(words.title);
    expect(await pageOf("/conversations", person)).toContain("De Norte");
  });
});

describe("a connection that lacks something", () => {
  test("asks to be connected again, with its page, and goes on in the same row", async () => {
    const person = await adopted(sur);
    const page = await pageOf("/settings/integrations", person);
    const words = english.channels.meta_whatsapp.incidentOf("incomplete");
    for (const said of [words.title, words.effect, words.action]) expect(page).toContain(said);
    expect(await statusOf(person)).toMatchObject({ connected: false, status: "error", may_send: false });
    const own = await pageOf(`/settings/integrations/whatsapp/numbers/${connection(3)}`, person);
    expect(own).toContain(words.title);
    expect(await pageOf("/settings/integrations/whatsapp/activity", person)).toContain(
      activity.kinds.adopted ?? "",
    );
    // What arrives for its number is theirs all the same.
    await receive("wamid.sur", NUMBER_IDS.norte);
    const thread = { connection_id: connection(3), bodies: ["De hoy"] };
    expect(await threadsOf(sur)).toMatchObject([thread]);
    expect(await connect(person, BUSINESS_IDS.norte)).toBe(connectedPlace);
    expect(await statusOf(person)).toMatchObject({ connected: true, connections: [{ id: connection(3) }] });
    expect(await threadsOf(sur)).toMatchObject([thread]);
  });

  test("its number's id, goes on in its row when the number is connected", async () => {
    const person = await adopted(este);
    await leave(await adopted(sur));
    expect(await connect(person, BUSINESS_IDS.norte)).toBe(connectedPlace);
    expect(await statusOf(person)).toMatchObject({ connected: true, connections: [{ id: connection(4) }] });
  });
});
