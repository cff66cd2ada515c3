/** Fills templates once; each run gets a copy. Everything goes in as the superuser, past the walls between workspaces. */
import { readFile } from "node:fs/promises";
import { runMigrations } from "graphile-worker";
import type pg from "pg";
import { migrate } from "../../../db/migrate.ts";
import { type Cluster, withClient } from "../cluster.ts";
import {
  displayNumberOf,
  messageIdOf,
  type Part,
  phoneNumberIdOf,
  recipientOf,
  seededTenants,
  serialOf,
  tenantIdOf,
  tenantOf,
  userIdOf,
  wabaIdOf,
  waIdOf,
} from "./world.ts";

export const templates = { product: "bench_product", baseline: "bench_baseline" };

const tenants = Array.from({ length: seededTenants }, (_, tenant) => tenant);

/** 500 workspaces, each with one connected number, as a finished connect leaves them, but without a token. */
export async function makeProductTemplate(cluster: Cluster): Promise<void> {
  const url = await cluster.createDatabase(templates.product);
  await migrate(url);
  await withClient(url, async (client) => {
    await client.query(
      `insert into tenants (id, name) select id, 'Workspace ' || id from unnest($1::uuid[]) as id`,
      [tenants.map(tenantIdOf)],
    );
    await client.query(
      `with c as (
         insert into channel_connections (id, tenant_id, provider, status, waba_id, phone_number_id, phone_number_e164)
         select tenant, tenant, 'meta_whatsapp', 'active', waba, number, '+' || display
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as r (tenant, waba, number, display)
         returning id, tenant_id, phone_number_id)
       insert into number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at)
       select 'meta_whatsapp', phone_number_id, tenant_id, id, '2020-01-01' from c`,
      [
        tenants.map(tenantIdOf),
        tenants.map(wabaIdOf),
        tenants.map(phoneNumberIdOf),
        tenants.map(displayNumberOf),
      ],
    );
    await client.query("analyze");
  });
}

export async function makeBaselineTemplate(cluster: Cluster): Promise<void> {
  const url = await cluster.createDatabase(templates.baseline);
  await runMigrations({ connectionString: url });
  await withClient(url, async (client) => {
    await client.query(await readFile(new URL("../baseline/schema.sql", import.meta.url), "utf8"));
    await client.query(
      `with t as (insert into tenants (id, name) select id, 'Workspace ' || id from unnest($1::uuid[]) as id)
       insert into numbers (tenant_id, phone_number_id) select * from unnest($1::uuid[], $2::text[])`,
      [tenants.map(tenantIdOf), tenants.map(phoneNumberIdOf)],
    );
    await client.query("analyze");
  });
}

/**
 * The messages that the business sent and whose statuses load `run` will tell: rows as they stand before the first
 * status, with their contacts and conversations.
 */
export async function seedSentMessages(
  kind: "product" | "baseline",
  url: string,
  { run, part, messages }: { run: number; part: Part; messages: number },
): Promise<void> {
  await withClient(url, async (client) => {
    const contacts = Array.from({ length: part.contacts }, (_, contact) => contact);
    const seed = kind === "product" ? productConversations : baselineConversations;
    await seed(client, contacts, part);
    for (let first = 0; first < messages; first += 20_000) {
      const some = Array.from({ length: Math.min(20_000, messages - first) }, (_, n) => first + n);
      const people = some.map((index) => recipientOf(index, part));
      await client.query(
        `insert into messages
           (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
         select v.tenant_id, v.id, r.message, 'outbound', 'text', 'sent', 'Su pedido está listo',
                '{"type": "text", "text": {"body": "Su pedido está listo"}}', timestamptz '2025-02-01'
           from unnest($1::text[], $2::text[], $3::uuid[]) as r (message, person, tenant)
           join contacts c on c.tenant_id = r.tenant and c.wa_id = r.person
           join conversations v on v.tenant_id = c.tenant_id and v.contact_id = c.id`,
        [
          some.map((index, n) => messageIdOf(waIdOf(people[n] ?? 0), serialOf(run, index), "outbound")),
          people.map(waIdOf),
          people.map((contact) => tenantIdOf(tenantOf(contact, part))),
        ],
      );
    }
    await client.query("analyze");
  });
}

export async function productConversations(client: pg.Client, contacts: number[], part: Part): Promise<void> {
  await client.query(
    `insert into contacts (tenant_id, provider, wa_id, user_id, profile_name)
     select tenant, 'meta_whatsapp', wa, person, 'Somebody' from unnest($1::uuid[], $2::text[], $3::text[]) as r (tenant, wa, person)
         on conflict do nothing`,
    [
      contacts.map((contact) => tenantIdOf(tenantOf(contact, part))),
      contacts.map(waIdOf),
      contacts.map(userIdOf),
    ],
  );
  await client.query(
    `insert into conversations (tenant_id, connection_id, contact_id)
     select c.tenant_id, n.id, c.id from contacts c join channel_connections n on n.tenant_id = c.tenant_id
         on conflict do nothing`,
  );
}

async function baselineConversations(client: pg.Client, contacts: number[], part: Part): Promise<void> {
  await client.query(
    `insert into contacts (tenant_id, wa_id, user_id, profile_name)
     select tenant, wa, person, 'Somebody' from unnest($1::uuid[], $2::text[], $3::text[]) as r (tenant, wa, person)
         on conflict do nothing`,
    [
      contacts.map((contact) => tenantIdOf(tenantOf(contact, part))),
      contacts.map(waIdOf),
      contacts.map(userIdOf),
    ],
  );
  await client.query(
    `insert into conversations (tenant_id, phone_number_id, contact_id)
     select c.tenant_id, n.phone_number_id, c.id from contacts c join numbers n on n.tenant_id = c.tenant_id
         on conflict do nothing`,
  );
}
