/** Whether the product can still write its rows: tried in its own roles with what was brought along, and taken back. */
import type pg from "pg";

const rows = `
  do $trial$
  declare
    tenant uuid := gen_random_uuid();
    connection uuid := gen_random_uuid();
    contact bigint;
    conversation bigint;
    mark text := 'trial-' || gen_random_uuid();
  begin
    set local role app_owner;
    insert into public.tenants (id, name) values (tenant, 'Trial');
    perform set_config('app.tenant_id', tenant::text, true);
    set local role app_tenant;
    insert into public.channel_connections (id, tenant_id, provider, status)
    values (connection, tenant, 'meta_whatsapp', 'pending');
    update public.channel_connections set status = 'active', waba_id = '1', phone_number_id = mark where id = connection;
    insert into public.oauth_states (tenant_id, user_id, session_id, provider, nonce)
    values (tenant, null, null, 'meta_whatsapp', mark);
    set local role app_ingest;
    insert into public.contacts (tenant_id, provider, wa_id) values (tenant, 'meta_whatsapp', '5215512345678')
    returning id into contact;
    insert into public.conversations (tenant_id, connection_id, contact_id) values (tenant, connection, contact)
    returning id into conversation;
    insert into public.messages (tenant_id, conversation_id, provider_message_id, direction, type, status, occurred_at)
    values (tenant, conversation, mark, 'inbound', 'text', 'received', now());
    -- What would only be refused at the end of a transaction is refused here.
    set constraints all immediate;
  end $trial$`;

/**
 * Runs `statement` and keeps it where the product can write two rows into each table after it; else all of it is taken
 * back. Returns whether it stayed.
 */
export async function keepIfHarmless(client: pg.Client, statement: string): Promise<boolean> {
  await client.query("savepoint change");
  try {
    await client.query(statement);
    await client.query("reset role; savepoint trial");
    await client.query(rows);
    await client.query(rows);
    await client.query("rollback to savepoint trial; reset role; release savepoint change");
    return true;
  } catch {
    await client.query("rollback to savepoint change; reset role; release savepoint change");
    return false;
  }
}
