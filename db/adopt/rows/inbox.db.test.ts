import { expect, test } from "vitest";
import { olderDatabases } from "../testing/older-database.ts";
import { connection, connections, insertConnection, luz, norte, tenants } from "../testing/older-schema.ts";

const createOlderDatabase = olderDatabases();
const uuid = (n: number) => `ccccccc1-0000-4000-8000-${String(n).padStart(12, "0")}`;

test("takes conversations by wa_id and messages over, each with its contact", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, {}),
      insertConnection(2, { tenant_id: norte }),
      `create table conversations (id int primary key, tenant_id uuid, connection_id uuid, wa_id text, profile_name text,
         created_at timestamptz);
       create table messages (id int primary key, tenant_id uuid, conversation_id int references conversations (id),
         provider_message_id text, direction text, status text, body text, type text, created_at timestamptz, wa_id text, ref serial unique);
       create table notes (conversation_id int references conversations (id));
       insert into conversations values
         (7, '${luz}', '${connection(1)}', '+52 1 55 1111', 'Eva', '2025-01-01Z'),
         (8, '${norte}', '${connection(2)}', '521551111', null, '2025-01-02Z'),
         (9, '${luz}', null, null, null, '2025-01-03Z'),
         (10, '${luz}', null, '521551111', 'Eva', '2025-02-01Z');
       insert into notes values (9);
       insert into messages values
         (1, '${luz}', 7, 'wamid.1', 'IN', 'new', 'Hola', 'text', '2025-01-01 10:00Z', null),
         (2, '${luz}', 7, 'wamid.1', 'inbound', 'received', 'Hola otra vez', null, '2025-01-01 11:00Z', null),
         (3, '${luz}', 7, 'wamid.3', 'outbound', 'DELIVERED', 'Dime', 'text', '2025-01-01 12:00Z', null),
         (4, '${luz}', 9, null, null, 'queued', null, null, '2025-01-03 10:00Z', null),
         (5, null, 8, 'wamid.5', null, 'sent', 'Sí', 'text', '2025-01-04 10:00Z', null),
         (6, '${luz}', null, 'wamid.6', 'inbound', null, 'Perdido', 'text', '2025-01-05 10:00Z', '521559999'),
         (11, '${norte}', null, 'wamid.7', 'inbound', null, 'Sin nadie', 'text', '2025-01-06 10:00Z', null);`,
    ].join("\n"),
  );
  const report = await older.adopt();
  const threads = await older.sql(
    `select c.id, c.tenant_id, c.connection_id, p.wa_id, p.profile_name, c.last_message_at, c.last_inbound_at,
            c.read_up_to is not null as read
       from conversations c join contacts p on p.id = c.contact_id and p.tenant_id = c.tenant_id order by c.id`,
  );
  const at = (time: string) => new Date(`2025-01-${time}:00Z`);
  expect(threads).toMatchObject([
    {
      id: "7",
      tenant_id: luz,
      wa_id: null,
      profile_name: "Eva",
      last_message_at: at("01T12:00"),
      last_inbound_at: at("01T11:00"),
      read: true,
    },
    {
      id: "8",
      tenant_id: norte,
      connection_id: connection(2),
      wa_id: "521551111",
      last_message_at: at("04T10:00"),
    },
    { id: "9", tenant_id: luz, connection_id: connection(1), wa_id: null, profile_name: "Imported" },
    { id: "10", tenant_id: luz, connection_id: connection(1), wa_id: "521551111", profile_name: "Eva" },
    { id: "11", tenant_id: expect.any(String) },
    { id: "12", tenant_id: expect.any(String) },
  ]);
  const messages = await older.sql(
    `select m.id, m.tenant_id, m.conversation_id, m.provider_message_id, m.direction, m.status, m.body, m.type,
            m.content, m.occurred_at, p.profile_name, p.wa_id
       from messages m join conversations c on c.id = m.conversation_id and c.tenant_id = m.tenant_id
       join contacts p on p.id = c.contact_id order by m.id`,
  );
  expect(messages).toMatchObject([
    {
      id: "1",
      provider_message_id: "wamid.1",
      direction: "inbound",
      status: "received",
      body: "Hola",
      content: { imported: { status: "new" } },
      occurred_at: at("01T10:00"),
    },
    {
      id: "2",
      provider_message_id: "imported:2",
      body: "Hola otra vez",
      type: "text",
      content: { imported: { provider_message_id: "wamid.1" } },
    },
    { id: "3", direction: "outbound", status: "delivered" },
    {
      id: "4",
      provider_message_id: "imported:4",
      direction: "inbound",
      type: "unknown",
      content: { imported: { status: "queued" } },
      profile_name: "Imported",
    },
    { id: "5", tenant_id: norte, direction: "outbound", status: "sent", wa_id: "521551111" },
    { id: "6", tenant_id: luz, wa_id: "521559999" },
    { id: "11", tenant_id: norte, profile_name: "Imported" },
  ]);
  expect(report).toContain("Conversations made, for messages without one: 2.");
  // Ids go on after the last, trials or not; whoever pointed to a conversation still does, and a rule of theirs holds.
  expect(
    await older.sql(
      `select nextval('messages_id_seq') as message, nextval('conversations_id_seq') as conversation,
              nextval('contacts_id_seq') - (select max(id) from contacts) as contact, nextval('messages_ref_seq') as ref,
              to_regclass('messages_ref_key') is not null as rule`,
    ),
  ).toEqual([{ message: "12", conversation: "13", contact: "1", ref: "8", rule: true }]);
  expect(
    await older.sql(
      "select pg_get_constraintdef(oid) as key from pg_constraint where conname = 'notes_conversation_id_fkey'",
    ),
  ).toEqual([{ key: "FOREIGN KEY (conversation_id) REFERENCES conversations(id)" }]);
});

test("keeps ids that are uuids beside ours, and keys that point to them", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      `create table contacts (id uuid primary key default gen_random_uuid(), tenant_id uuid, wa_id text, name text);
       create table conversations (id uuid primary key default gen_random_uuid(), contact_id uuid references contacts (id),
         "lastMessage" text);
       create table messages (id uuid primary key, conversation_id uuid references conversations (id) on delete cascade,
         content text, payload jsonb, status text, direction text, provider_message_id text, sent_at timestamptz);
       create table labels (conversation_id uuid references conversations (id), message_id uuid references messages (id));
       insert into contacts values ('${uuid(1)}', '${luz}', '5215511', 'Eva'), ('${uuid(2)}', '${luz}', '5215511', 'Eva 2'),
         ('${uuid(3)}', '${norte}', null, null);
       insert into conversations values ('${uuid(11)}', '${uuid(1)}', 'x'), ('${uuid(12)}', '${uuid(3)}', null);
       insert into messages values ('${uuid(21)}', '${uuid(11)}', 'Hola', '{"a": 1}', 'failed', 'outgoing', 'w1', '2025-01-01Z');
       insert into labels values ('${uuid(11)}', '${uuid(21)}');`,
    ].join("\n"),
  );
  const report = await older.adopt();
  expect(report[0]).toBe("Taken over: tenants 2, contacts 3, conversations 2, messages 1.");
  expect(
    await older.sql(
      `select c.id_before_curbe, c."lastMessage", c.tenant_id, p.id_before_curbe as contact, n.status, n.metadata
         from conversations c join contacts p on p.id = c.contact_id
         join channel_connections n on n.id = c.connection_id order by 1`,
    ),
  ).toEqual([
    {
      id_before_curbe: uuid(11),
      lastMessage: "x",
      tenant_id: luz,
      contact: uuid(1),
      status: "revoked",
      metadata: { imported: true },
    },
    {
      id_before_curbe: uuid(12),
      lastMessage: null,
      tenant_id: norte,
      contact: uuid(3),
      status: "revoked",
      metadata: { imported: true },
    },
  ]);
  expect(
    await older.sql(
      "select body, type, status, payload, tenant_id, content_before_curbe as was from messages",
    ),
  ).toEqual([
    { body: "Hola", type: "text", status: "failed", payload: { a: 1 }, tenant_id: luz, was: "Hola" },
  ]);
  expect(await older.sql("select former_id from contact_aliases")).toEqual([{ former_id: "5215511" }]);
  expect(
    await older.sql(
      `select pg_get_constraintdef(oid) as key from pg_constraint where conrelid = 'labels'::regclass order by 1`,
    ),
  ).toEqual([
    { key: "FOREIGN KEY (conversation_id) REFERENCES conversations(id_before_curbe)" },
    { key: "FOREIGN KEY (message_id) REFERENCES messages(id_before_curbe)" },
  ]);
});

test("gives a contact its number from when the older row was made, so that what is said of it later counts", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      `create table contacts (id int primary key, tenant_id uuid, wa_id text, created_at timestamptz);
       insert into contacts values (1, '${luz}', '5215511', '2025-01-01Z'), (2, '${luz}', '5215522', null);`,
    ].join("\n"),
  );
  await older.adopt();
  expect(
    await older.sql("select wa_id_at, user_id_at = created_at as both from contacts order by id"),
  ).toEqual([
    { wa_id_at: new Date("2025-01-01Z"), both: true },
    { wa_id_at: expect.any(Date), both: true },
  ]);
});

test("makes the workspaces that rows speak of where there was no table of them", async () => {
  const older = await createOlderDatabase(
    [
      `create table workspaces (id uuid primary key, name text); insert into workspaces values ('${luz}', 'Luz');`,
      connections().replace("references tenants (id)", "references workspaces (id)"),
      insertConnection(1, {}),
      `create table messages (id bigint, tenant_id uuid, text text); insert into messages values (1, '${norte}', 'Hola');`,
    ].join("\n"),
  );
  const report = await older.adopt();
  expect(await older.sql("select id, name from tenants order by id")).toEqual([
    { id: luz, name: "Luz" },
    { id: norte, name: "Imported 22222222" },
  ]);
  expect(await older.sql("select body from messages")).toEqual([{ body: "Hola" }]);
  expect(report.join("\n")).toContain(
    "the foreign key channel_connections_tenant_id_fkey to workspaces is gone",
  );
});

test.each([
  ["contacts", true],
  ["conversations alone", false],
])("makes one of two spellings of a number, with both threads: of %s", async (_, hasContacts) => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, {}),
      hasContacts
        ? `create table contacts (id int primary key, tenant_id uuid, wa_id text, name text, updated_at timestamptz);
           insert into contacts values (1, '${luz}', '5215587654321', 'Eva', '2025-01-01Z'),
             (2, '${luz}', '+52 55 8765 4321', 'Eva', '2025-02-01Z'), (3, '${norte}', '525587654321', 'Eva', '2025-02-01Z');
           create table conversations (id int primary key, tenant_id uuid, connection_id uuid, contact_id int, created_at timestamptz);
           insert into conversations values (7, '${luz}', '${connection(1)}', 1, '2025-01-01Z'),
             (8, '${luz}', '${connection(1)}', 2, '2025-02-01Z');`
        : `create table conversations (id int primary key, tenant_id uuid, connection_id uuid, wa_id text, created_at timestamptz);
           insert into conversations values (7, '${luz}', '${connection(1)}', '5215587654321', '2025-01-01Z'),
             (8, '${luz}', '${connection(1)}', '+52 55 8765 4321', '2025-02-01Z');`,
      `create table messages (id int primary key, tenant_id uuid, conversation_id int, provider_message_id text, direction text,
         body text, created_at timestamptz);
       insert into messages values (1, '${luz}', 7, 'wamid.1', 'inbound', 'a', '2025-01-01Z'),
         (2, '${luz}', 8, 'wamid.2', 'inbound', 'b', '2025-02-01Z');`,
    ].join("\n"),
  );
  expect(await older.adopt()).toContain("One number in two spellings: 1 contact became part of another.");
  expect(
    await older.sql(
      `select array_agg(m.body order by m.id) as said, min(c.number_key) as key, min(a.former_id)::int as was
         from messages m join conversations v on v.id = m.conversation_id join contacts c on c.id = v.contact_id
         left join conversation_aliases a on a.conversation_id = v.id group by v.id`,
    ),
  ).toEqual([{ said: ["a", "b"], key: "525587654321", was: 7 }]);
});

test("leaves two spellings of a number apart where another table points to what would go", async () => {
  const older = await createOlderDatabase(
    [
      tenants,
      connections(),
      insertConnection(1, {}),
      `create table conversations (id int primary key, tenant_id uuid, connection_id uuid, wa_id text, created_at timestamptz);
       create table notes (conversation_id int references conversations (id));
       insert into conversations values (7, '${luz}', '${connection(1)}', '5215587654321', '2025-01-01Z'),
         (8, '${luz}', '${connection(1)}', '525587654321', '2025-02-01Z');
       insert into notes values (7), (8);`,
    ].join("\n"),
  );
  expect(await older.adopt()).toContain(
    "Contacts of one number in two spellings stay two: other tables point to them.",
  );
  expect(await older.sql("select id from conversations order by id")).toEqual([{ id: "7" }, { id: "8" }]);
});
