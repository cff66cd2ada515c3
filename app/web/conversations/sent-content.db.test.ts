/** From a signed delivery over the rows to the thread and the list, for each kind of content. */
import { beforeAll, describe, expect, test } from "vitest";
import { demoWorkspaces } from "../../../scripts/seed.ts";
import { processDeliveries } from "../../inbox/ingest/ingest.server.ts";
import { createDeliveryIntake } from "../../inbox/intake/accept.server.ts";
import { inboxDeps } from "../../inbox/testing/test-workspaces.ts";
import { contentSamples } from "../../integrations/meta/whatsapp/webhook/testing/content-fixtures.ts";
import {
  body,
  bytes,
  change,
  entry,
  phoneNumberId,
  sentAt,
} from "../../integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { Secret } from "../../platform/secret.server.ts";
import { deliverSigned } from "../testing/deliveries/delivery-lane.ts";
import { textOf } from "../testing/drawn-message.ts";
import { pageStage } from "../testing/page-stage.ts";
import { origin } from "../testing/stage.ts";

const { demo, sql, markup } = pageStage();
const samples = Object.entries(contentSamples);
/** Each in a conversation of its own. */
const customerOf = (n: number) => `52155${String(n).padStart(8, "0")}`;
const conversations = new Map<string, { id: string; body: string | null }>();
let list = "";

/** Somebody whose number nobody knew, until they were asked for it. */
const withoutNumber = { from_user_id: "MX.77", timestamp: sentAt };
const askedForNumber = [
  { ...withoutNumber, id: "wamid.ASK", type: "text", text: { body: "Hola" } },
  {
    ...withoutNumber,
    id: "wamid.CARD",
    type: "contacts",
    contacts: [
      { origin: "contact_request", phones: [{ phone: "+52 55 7700 0000", wa_id: "5215577000000" }] },
    ],
  },
];

/** Somebody whose message does not tell when it was written. */
const untimed = { from: "5215599000001", id: "wamid.UNTIMED", type: "text", text: { body: "¿Abren hoy?" } };

beforeAll(async () => {
  await sql(
    `with c as (insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, access_token_enc)
       values ($1, 'meta_whatsapp', 'active', '1', $2, 'v1.sealed') returning id, tenant_id)
     insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
     select 'meta_whatsapp', $2, tenant_id, id, '2020-01-01' from c`,
    [demoWorkspaces.luz.id, phoneNumberId],
  );
  const { services, database } = demo.stage;
  const intake = createDeliveryIntake(database.as("app_web"));
  const webhooks = { ...services.webhooks, appSecrets: [new Secret("the secret of our app")], intake };
  demo.stage.setUp({ webhooks });
  const items = (echoes: boolean) =>
    samples.flatMap(([, { item, isEcho = false }], n) => {
      const ends = echoes ? { from: "15550783881", to: customerOf(n) } : { from: customerOf(n) };
      const { from_user_id: _user, ...said } = item;
      return isEcho === echoes ? { ...said, ...ends, id: `wamid.${n}` } : [];
    });
  const delivery = bytes(
    body(
      entry(
        change({ messages: [...items(false), ...askedForNumber, untimed] }),
        change({ message_echoes: items(true) }, phoneNumberId, "smb_message_echoes"),
      ),
    ),
  );
  const answer = await deliverSigned({ origin, services: { webhooks } }, delivery);
  expect(answer.status).toBe(200);
  const deliveries = await sql<{ id: string }>("select id from webhook_deliveries");
  await processDeliveries(
    inboxDeps(database),
    deliveries.map(({ id }) => id),
  );
  const rows = await sql<{ id: string; wa_id: string; body: string | null }>(
    `select c.id, p.wa_id, m.body from conversations c
       join contacts p on p.id = c.contact_id join messages m on m.conversation_id = c.id`,
  );
  for (const { wa_id, id, body } of rows) conversations.set(wa_id, { id, body });
  demo.stage.setUp({});
  list = await markup("/conversations", demo.ana);
});

describe("what Meta delivers", () => {
  test("is one message each, and none is left behind", async () => {
    expect(conversations.size).toBe(samples.length + 2);
    expect(await sql("select 1 from delivery_quarantine")).toEqual([]);
  });

  test("of somebody who was asked for their number gives it to the same person", async () => {
    const people = await sql(
      "select wa_id, user_id from contacts where user_id = 'MX.77' or wa_id like '%77000000'",
    );
    expect(people).toEqual([{ wa_id: "5215577000000", user_id: "MX.77" }]);
  });

  test("without a time stands where it was delivered", async () => {
    const [row] = await sql(
      `select abs(extract(epoch from m.occurred_at - d.received_at)) < 0.002 as at_once
         from messages m join webhook_deliveries d on d.id = m.delivery_id where m.provider_message_id = $1`,
      [untimed.id],
    );
    expect(row).toEqual({ at_once: true });
  });

  test.each(samples.map(([name, sample], n) => [name, sample, n] as const))(
    "%s stands in the thread and in the list",
    async (_name, { shows, hides = [], line }, n) => {
      const conversation = conversations.get(customerOf(n));
      const html = (await markup(`/conversations/${conversation?.id}`, demo.ana)).split('<li id="m')[1] ?? "";
      const message = html.split("</ol></section>")[0] ?? "";
      const said = textOf(`<li id="m${message}`);
      for (const words of shows) expect(said).toContain(words);
      for (const words of hides) expect(message).not.toContain(words);
      const lineOf = list.split("<li").find((li) => li.includes(`/conversations/${conversation?.id}#`)) ?? "";
      expect(textOf(`<li${lineOf}`).replaceAll("\n", " ")).toContain(line);
    },
  );
});
