/** What the plain worker writes: select, or insert what is not there. A message that comes twice is stored once. */
import type pg from "pg";

export interface Webhook {
  entry: { changes: { value: Value }[] }[];
}

interface Value {
  metadata: { phone_number_id: string };
  contacts?: { profile?: { name?: string }; wa_id: string; user_id?: string }[];
  messages?: Message[];
  statuses?: Status[];
}

interface Message {
  id: string;
  from: string;
  timestamp: string;
  type: string;
  text?: { body: string };
}

interface Status {
  id: string;
  status: "sent" | "delivered" | "read" | "failed";
  timestamp: string;
  recipient_id: string;
}

export async function storeMessage(client: pg.PoolClient, value: Value, message: Message): Promise<void> {
  const conversation = await findConversation(client, value, message.from);
  const stored = await client.query(
    `insert into messages
       (tenant_id, conversation_id, provider_message_id, direction, type, status, body, content, occurred_at)
     values ($1, $2, $3, 'inbound', $4, 'received', $5, $6, to_timestamp($7))
         on conflict (provider_message_id) do nothing`,
    [
      conversation.tenantId,
      conversation.id,
      message.id,
      message.type,
      message.text?.body ?? null,
      message,
      Number(message.timestamp),
    ],
  );
  if (stored.rowCount === 0) return;
  await client.query(
    "update conversations set last_message_at = greatest(last_message_at, to_timestamp($2)) where id = $1",
    [conversation.id, Number(message.timestamp)],
  );
}

const stepColumn = { sent: "sent_at", delivered: "delivered_at", read: "read_at", failed: "failed_at" };

/** The status that is furthest along stays. One of a message that is not known makes its row. */
export async function storeStatus(client: pg.PoolClient, value: Value, status: Status): Promise<void> {
  const column = stepColumn[status.status];
  if (!column) return;
  const write = () =>
    client.query(
      `update messages
          set ${column} = least(${column}, to_timestamp($2)),
              status = case when array_position('{sent,failed,delivered,read}'::text[], $3)
                               > array_position('{sent,failed,delivered,read}'::text[], status)
                            then $3 else status end
        where provider_message_id = $1`,
      [status.id, Number(status.timestamp), status.status],
    );
  if ((await write()).rowCount !== 0) return;
  const conversation = await findConversation(client, value, status.recipient_id);
  await client.query(
    `insert into messages
       (tenant_id, conversation_id, provider_message_id, direction, type, status, content, occurred_at)
     values ($1, $2, $3, 'outbound', 'unknown', $4, '{}', to_timestamp($5))
         on conflict (provider_message_id) do nothing`,
    [conversation.tenantId, conversation.id, status.id, status.status, Number(status.timestamp)],
  );
  await write();
}

async function findConversation(
  client: pg.PoolClient,
  { metadata, contacts }: Value,
  waId: string,
): Promise<{ id: string; tenantId: string }> {
  const number = metadata.phone_number_id;
  const owner = await client.query("select tenant_id from numbers where phone_number_id = $1", [number]);
  const tenantId: string | undefined = owner.rows[0]?.tenant_id;
  if (!tenantId) throw new Error(`Number ${number} belongs to nobody`);
  const contact = contacts?.find((one) => one.wa_id === waId);
  const contactId = await selectOrInsert(
    client,
    ["select id from contacts where tenant_id = $1 and wa_id = $2", [tenantId, waId]],
    [
      `insert into contacts (tenant_id, wa_id, user_id, profile_name) values ($1, $2, $3, $4)
           on conflict do nothing returning id`,
      [tenantId, waId, contact?.user_id ?? null, contact?.profile?.name ?? null],
    ],
  );
  const id = await selectOrInsert(
    client,
    ["select id from conversations where phone_number_id = $1 and contact_id = $2", [number, contactId]],
    [
      `insert into conversations (tenant_id, phone_number_id, contact_id) values ($1, $2, $3)
           on conflict do nothing returning id`,
      [tenantId, number, contactId],
    ],
  );
  return { id, tenantId };
}

type Statement = [text: string, values: unknown[]];

async function selectOrInsert(client: pg.PoolClient, select: Statement, insert: Statement): Promise<string> {
  const found = await client.query(...select);
  const row = found.rows[0] ?? (await client.query(...insert)).rows[0];
  // Somebody else inserted it between the two.
  return (row ?? (await client.query(...select)).rows[0]).id;
}
