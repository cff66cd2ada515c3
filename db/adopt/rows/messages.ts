/** `messages`: each in its conversation, or in one that is made for it. */
import type pg from "pg";
import { directionOf, outboundStatusOf } from "../older/message-words.ts";
import { asideSchema } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { completePlaces, placeColumns, places } from "./conversations.ts";
import { aside, asOwner, type ExtraColumn, firstOf, insertRows, taken, textOf } from "./rows.ts";

const table = `${asideSchema}.message_places`;

/** Messages without a conversation get one of their contact, or one with a contact named Imported. */
export async function placeMessages(
  client: pg.Client,
  plan: TablePlan,
  { hasConversations, hasContacts }: { hasConversations: boolean; hasContacts: boolean },
) {
  const at = occurredAt(plan);
  const id = firstOf(taken(plan, "id"), `row_number() over (order by ${at}, o.ctid)`);
  const providerId = taken(plan, "provider_message_id");
  const isNamed = hasConversations && plan.table.columns.has("conversation_id");
  const conversations = hasConversations
    ? places
    : "(select null::text as was_id, null::bigint as id, null::uuid as tenant_id where false)";
  await asOwner(client, () =>
    client.query(`
      create table ${table} as
      select p.*, c.id as conversation_id, c.tenant_id as of_tenant,
             provider_id is not null
               and row_number() over (partition by provider_id order by occurred, p.id) = 1 as keeps,
             dense_rank() over (order by p.tenant_id, p.connection_id, p.was_contact, p.wa_id) as home
        from (select o.ctid as at, ${id} as id, ${at} as occurred, ${providerId}::text as provider_id,
                     ${isNamed ? "lower(btrim(o.conversation_id::text))" : "null::text"} as was_conversation,
                     ${placeColumns(plan, hasContacts)} from ${aside(plan)}) p
        left join ${conversations} c on c.was_id = p.was_conversation`),
  );
  return addConversations(client, hasContacts);
}

async function addConversations(client: pg.Client, hasContacts: boolean) {
  const homes = `${asideSchema}.homeless_places`;
  await asOwner(client, () =>
    client.query(`
      create table ${homes} as
      select home, tenant_id, connection_id, was_contact, wa_id, max(name) as name, null::bigint as contact_id
        from ${table} where conversation_id is null group by 1, 2, 3, 4, 5`),
  );
  const made = await completePlaces(client, homes, hasContacts);
  return asOwner(client, async () => {
    const conversations = await client.query(`
      insert into public.conversations (tenant_id, connection_id, contact_id)
      select distinct tenant_id, connection_id, contact_id from ${homes} on conflict do nothing`);
    await client.query(`
      update ${table} p set conversation_id = c.id, of_tenant = c.tenant_id
        from ${homes} h
        join public.conversations c on c.tenant_id = h.tenant_id and c.contact_id = h.contact_id
                                   and c.connection_id = h.connection_id
       where p.conversation_id is null and p.home = h.home`);
    return { ...made, conversations: conversations.rowCount ?? 0 };
  });
}

export async function insertMessages(
  client: pg.Client,
  plan: TablePlan,
  extras: ExtraColumn[],
): Promise<number> {
  const statusWord = `lower(${taken(plan, "status")})`;
  const direction = directionOf(`lower(${taken(plan, "direction")})`, statusWord);
  const body = firstOf(taken(plan, "body"), textOf(plan, "text", ...textContent(plan)), wordOf(plan));
  return insertRows(client, {
    table: "messages",
    values: {
      id: "p.id",
      tenant_id: "p.of_tenant",
      conversation_id: "p.conversation_id",
      provider_message_id: "case when p.keeps then p.provider_id else 'imported:' || p.id end",
      direction,
      type: firstOf(taken(plan, "type"), `case when ${body} is null then 'unknown' else 'text' end`),
      status: `case when ${direction} = 'inbound' then 'received' else ${outboundStatusOf(statusWord)} end`,
      body,
      content: contentOf(plan, statusWord),
      occurred_at: "p.occurred",
      received_at: firstOf(taken(plan, "received_at"), timeOf(plan, "created_at"), "p.occurred"),
      ...Object.fromEntries(
        ["sent_at", "delivered_at", "read_at", "played_at", "failed_at"].map((step) => [
          step,
          taken(plan, step),
        ]),
      ),
      error: errorOf(plan),
      // As from a history: what Meta still delivers of it takes its place.
      completeness: "2",
    },
    source: `${table} p join ${aside(plan)} on o.ctid = p.at`,
    extras,
  });
}

/** Where an older `content` is no JSON, it is what was written. */
function textContent(plan: TablePlan): string[] {
  return plan.taken.has("content") ? [] : ["content"];
}

/** A `content` that is JSON and yet nothing but a word or a number. */
function wordOf(plan: TablePlan): string {
  const content = taken(plan, "content");
  if (content === "null") return "null";
  return `case when jsonb_typeof(${content}) in ('string', 'number') then nullif(${content} #>> '{}', '') end`;
}

function occurredAt(plan: TablePlan): string {
  return firstOf(
    taken(plan, "occurred_at"),
    timeOf(plan, "timestamp"),
    taken(plan, "sent_at"),
    taken(plan, "received_at"),
    timeOf(plan, "created_at"),
    "now()",
  );
}

/** Of a column that is not ours, and is used only where every value of it is a time by its type. */
function timeOf(plan: TablePlan, column: string): string {
  const base = plan.table.columns.get(column)?.base ?? "";
  return base === "timestamptz" || base === "timestamp" ? `o."${column}"::timestamptz` : "null";
}

/**
 * What ours has no place for is kept under `imported`: the id that an older row has, a word for a status, a content that is
 * no object, and what an object called by that name itself.
 */
function contentOf(plan: TablePlan, statusWord: string): string {
  const content = taken(plan, "content");
  const hasContent = content !== "null";
  const own = hasContent
    ? `case when jsonb_typeof(${content}) = 'object' then ${content} else '{}' end`
    : "'{}'::jsonb";
  const other = hasContent
    ? `case jsonb_typeof(${content}) when 'object' then case when ${content} ? 'imported'
              then jsonb_build_object('imported', ${content}->'imported') else '{}' end
            when 'null' then '{}' else coalesce(jsonb_build_object('content', ${content}), '{}') end`
    : "'{}'::jsonb";
  const former = `jsonb_strip_nulls(jsonb_build_object(
    'provider_message_id', case when not p.keeps then p.provider_id end,
    'status', case when ${statusWord} not in ('received', 'sent', 'delivered', 'read', 'played', 'failed')
                   then ${statusWord} end))`;
  return `${own} || (select case when f.former = '{}' then '{}' else jsonb_build_object('imported', f.former) end
                      from (select ${former} || case when ${content} is null then '{}' else ${other} end as former) f)`;
}

function errorOf(plan: TablePlan): string {
  const base = plan.table.columns.get("error")?.base;
  if (base === "jsonb") return "case when jsonb_typeof(o.error) = 'object' then o.error end";
  const text = textOf(plan, "error");
  return text === "null"
    ? "null"
    : `case when ${text} is not null then jsonb_build_object('title', left(${text}, 500)) end`;
}
