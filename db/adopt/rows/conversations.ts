/** `conversations`: one for each contact on a connection, the older ones and those that messages need. */
import type pg from "pg";
import { addPastConnections, foremostConnections } from "../connections/connections.ts";
import { uuidForm } from "../older/conversions.ts";
import { asideSchema } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { addMissingContacts, nameOf, waIdOf } from "./contacts.ts";
import { aside, asOwner, continueIds, type ExtraColumn, firstOf, insertRows, taken, textOf } from "./rows.ts";

export const places = `${asideSchema}.conversation_places`;

/** What an older row says: whose, on which connection, with whom. `contact_id` only where there was a table of contacts. */
export function placeColumns(plan: TablePlan, hasContacts: boolean): string {
  const connection = textOf(plan, "connection_id", "channel_connection_id");
  const contact =
    hasContacts && plan.table.columns.has("contact_id") ? "lower(btrim(o.contact_id::text))" : "null";
  const tenant = taken(plan, "tenant_id");
  return `${tenant === "null" ? "null::uuid" : tenant} as tenant_id, ${connection === "null" ? "null" : `(case when ${connection} ~* ${uuidForm} then ${connection} end)`}::uuid as connection_id,
          ${contact}::text as was_contact, ${waIdOf(plan)} as wa_id, ${nameOf(plan)} as name`;
}

/** Completes places in the order in which one thing follows from another: workspace, connection, contact. */
export async function completePlaces(client: pg.Client, table: string, hasContacts: boolean) {
  await asOwner(client, async () => {
    await client.query(`
      update ${table} p set tenant_id = c.tenant_id from public.channel_connections c
       where p.tenant_id is null and c.id = p.connection_id`);
    if (!hasContacts) return;
    await client.query(`
      update ${table} p set contact_id = c.id, tenant_id = coalesce(p.tenant_id, c.tenant_id)
        from ${asideSchema}.contact_places c where c.was_id = p.was_contact`);
  });
  const past = await addPastConnections(client, `select tenant_id from ${table} where connection_id is null`);
  await asOwner(client, () =>
    client.query(`
      update ${table} p set connection_id = c.id from ${foremostConnections} c
       where p.connection_id is null and c.tenant_id = p.tenant_id`),
  );
  const contacts = await addMissingContacts(client, table);
  return { past, contacts };
}

/**
 * The older rows. Of several with one contact on one connection the latest goes on; the others get a contact like it,
 * which is the contact's `twin` where it has the number in another spelling.
 */
export async function placeConversations(client: pg.Client, plan: TablePlan, hasContacts: boolean) {
  const created = firstOf(taken(plan, "created_at"), "now()");
  const last = firstOf(taken(plan, "last_message_at"), taken(plan, "created_at"), "now()");
  const id = firstOf(taken(plan, "id"), `row_number() over (order by ${created}, o.ctid)`);
  const wasId = plan.table.columns.has("id") ? "lower(btrim(o.id::text))" : "null::text";
  await asOwner(client, () =>
    client.query(`
      create table ${places} as
      select o.ctid as at, ${wasId} as was_id, ${id} as id, null::bigint as contact_id, null::bigint as twin, ${created} as created,
             ${last} as last, ${placeColumns(plan, hasContacts)} from ${aside(plan)}`),
  );
  const made = await completePlaces(client, places, hasContacts);
  const repeated = await asOwner(client, () =>
    client.query(`
      update ${places} p set contact_id = null, wa_id = null, twin = case when p.wa_id <> r.goes_on then p.contact_id end,
             name = coalesce((select profile_name from public.contacts c where c.id = p.contact_id), '+' || p.wa_id)
        from (select at, row_number() over (partition by tenant_id, contact_id, connection_id
                                            order by last desc, id desc) as place,
                        first_value(wa_id) over (partition by tenant_id, contact_id, connection_id
                                                 order by last desc, id desc) as goes_on from ${places}) r
       where r.at = p.at and r.place > 1`),
  );
  const contacts = made.contacts + (await addMissingContacts(client, places));
  return { ...made, contacts, repeated: repeated.rowCount ?? 0 };
}

export async function insertConversations(
  client: pg.Client,
  plan: TablePlan,
  extras: ExtraColumn[],
): Promise<number> {
  const count = await insertRows(client, {
    table: "conversations",
    values: {
      tenant_id: "p.tenant_id",
      id: "p.id",
      connection_id: "p.connection_id",
      contact_id: "p.contact_id",
      last_message_at: taken(plan, "last_message_at"),
      last_inbound_at: taken(plan, "last_inbound_at"),
      created_at: "p.created",
    },
    source: `${places} p join ${aside(plan)} on o.ctid = p.at`,
    extras,
  });
  await continueIds(client, "conversations");
  return count;
}

/** When its messages came, and that everything that is there counts as read. */
export async function finishConversations(client: pg.Client): Promise<void> {
  await asOwner(client, async () => {
    await client.query(`
      update public.conversations c
         set last_message_at = greatest(c.last_message_at, m.last),
             last_inbound_at = greatest(c.last_inbound_at, m.last_inbound)
        from (select tenant_id, conversation_id, max(occurred_at) as last,
                     max(occurred_at) filter (where direction = 'inbound') as last_inbound
                from public.messages group by 1, 2) m
       where m.tenant_id = c.tenant_id and m.conversation_id = c.id`);
    await client.query("update public.conversations set read_up_to = greatest(now(), last_inbound_at)");
  });
}
