/**
 * History in bulk: messages over all workspaces, people and conversations, half of them inbound, in the same tables with
 * the same indexes as what arrives. Written by set-based SQL without foreign key checks, since every row is made to fit.
 */
import { withClient } from "../cluster.ts";
import { productConversations } from "./seed.ts";
import { epochSeconds, everybody, standardContacts } from "./world.ts";

/** People among `messages` stored ones: the standard ones first, so that what is measured meets conversations with a past. */
const contactsAmong = (messages: number) => Math.max(standardContacts, Math.round(messages / 20));

const rowsAtOnce = 250_000;

/** Adds messages number `from` to `to`. */
export async function fillMessages(url: string, from: number, to: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query("set session_replication_role = replica");
    const contacts = Array.from({ length: contactsAmong(to) }, (_, contact) => contact);
    await productConversations(client, contacts, everybody);
    await client.query(
      `create temp table spread as
       select row_number() over (order by v.id) - 1 as n, v.tenant_id, v.id as conversation_id, c.wa_id
         from conversations v join contacts c on c.id = v.contact_id`,
    );
    await client.query("create unique index on spread (n)");
    await client.query("analyze spread");
    for (let first = from; first < to; first += rowsAtOnce)
      await client.query(insertMessages, [first, Math.min(first + rowsAtOnce, to) - 1, epochSeconds]);
    await client.query(
      "update conversations set last_message_at = to_timestamp($1), last_inbound_at = to_timestamp($1)",
      [epochSeconds],
    );
    await client.query("set session_replication_role = default");
    await client.query("vacuum (analyze) messages, contacts, conversations");
    await client.query("checkpoint");
  });
}

/** Gives one workspace `people` more conversations of one message each, the oldest of them with somebody called Zubizarreta. */
export async function fillInbox(url: string, tenantId: string, people: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query("set session_replication_role = replica");
    await client.query(insertInbox, [tenantId, people, epochSeconds]);
    await client.query("set session_replication_role = default");
    await client.query("vacuum (analyze) messages, contacts, conversations");
    await client.query("checkpoint");
  });
}

const insertInbox = `
  with person as (
    insert into contacts (tenant_id, provider, wa_id, profile_name)
    select $1, 'meta_whatsapp', (349000000000 + n)::text,
           case n when $2 then 'Ane Zubizarreta' else 'Persona ' || left(md5(n::text), 8) end
      from generate_series(1, $2::int) n returning id, wa_id),
  conversation as (
    insert into conversations (tenant_id, connection_id, contact_id, last_message_at, last_inbound_at)
    select $1, (select id from channel_connections where tenant_id = $1 limit 1), p.id, t.at, t.at
      from person p
     cross join lateral (select to_timestamp($3 - (p.wa_id::bigint - 349000000000) * 60) as at) t
    returning id, last_message_at)
  insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
  select $1, id, 'wamid.inbox.' || id, 'inbound', 'text', 'received', 'Buenos días', '{"text": {}}', last_message_at
    from conversation`;

/** Ids in Meta's layout; a message each second up to where payloads begin; outbound ones have been read. */
const insertMessages = `
  insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content,
                        occurred_at, received_at, sent_at, delivered_at, read_at)
  select s.tenant_id, s.conversation_id, r.id, case when r.inbound then 'inbound' else 'outbound' end, 'text',
         case when r.inbound then 'received' else 'read' end, r.words,
         jsonb_build_object('id', r.id, 'from', s.wa_id, 'type', 'text', 'timestamp', extract(epoch from r.at)::bigint::text,
                            'text', jsonb_build_object('body', r.words)),
         r.at, r.at, case when not r.inbound then r.at end, case when not r.inbound then r.at end,
         case when not r.inbound then r.at end
    from (select g.i, g.i % 2 = 0 as inbound, to_timestamp($3) - (10000000 - g.i) * interval '1 second' as at
            from generate_series($1::bigint, $2::bigint) as g (i)) as g
    join spread s on s.n = (g.i * 7919) % (select count(*) from spread)
   cross join lateral (
     select 'wamid.' || encode('\\x1c180b'::bytea || s.wa_id::bytea || '\\x150200111814'::bytea
                               || ('3EB0FFFFFF' || lpad(upper(to_hex(g.i)), 10, '0'))::bytea || '\\x00'::bytea, 'base64') as id,
            repeat('Buenos días, ¿está listo el pedido? ', 1 + (g.i % 3)::int) as words, g.at, g.inbound) as r`;
