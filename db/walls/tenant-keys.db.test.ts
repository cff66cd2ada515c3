/** A row of one workspace points at no row of another: every key that says so is tried, and every reference has one. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";

let database: TestDatabase;
const own = randomUUID();
const other = randomUUID();

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.empty("tenants", "users");
  await fill(own, [...pointedAt, ...pointing]);
  // Only what can be pointed at: no other key is in the way of a row that points there.
  await fill(other, pointedAt);
});

/** One row of each table, in this order; $1 stands for the workspace's id, which also serves for whatever is unique. */
const pointedAt = [
  "insert into tenants (id, name) values ($1, 'x')",
  "insert into users (id, email, password_hash) values ($1, $1 || '@x.example', 'none')",
  "insert into memberships (tenant_id, user_id, role) values ($1, $1, 'member')",
  `insert into channel_connections (tenant_id, provider, status, attempted_by)
   values ($1, 'meta_whatsapp', 'pending', $1)`,
  "insert into contacts (tenant_id, provider, wa_id) values ($1, 'meta_whatsapp', $1)",
  `insert into conversations (tenant_id, connection_id, contact_id)
   select $1, c.id, p.id from channel_connections c join contacts p using (tenant_id) where tenant_id = $1`,
  `insert into mail_outbox (tenant_id, connection_id, kind, incident)
   select $1, id, 'access_lost', $1 from channel_connections where tenant_id = $1`,
];
const ofConnection = (columns: string, values: string) =>
  `(tenant_id, connection_id, ${columns}) select $1, id, ${values} from channel_connections where tenant_id = $1`;
const pointing = [
  `insert into connection_events ${ofConnection("provider, kind", "provider, 'connected'")}`,
  `insert into connection_health ${ofConnection("refusals", "0")}`,
  `insert into connection_teardowns ${ofConnection("waba_id", "'1'")}`,
  `insert into number_claims ${ofConnection("provider, phone_number_id", "provider, $1")}`,
  `insert into number_registrations ${ofConnection("pin_enc", "'sealed'")}`,
  `insert into contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
   select $1, provider, 'waId', '1', id, now() from contacts where tenant_id = $1`,
  `insert into conversation_aliases (tenant_id, former_id, conversation_id)
   select $1, 0, id from conversations where tenant_id = $1`,
  `insert into mail_recipients (tenant_id, mail_id, user_id) select $1, id, $1 from mail_outbox where tenant_id = $1`,
  `insert into messages (tenant_id, conversation_id, provider_message_id, direction, type, status, content,
     occurred_at, delivery_id, received_at)
   select $1, id, $1, 'inbound', 'text', 'received', '{}', now(), 1, now() from conversations where tenant_id = $1`,
  `insert into oauth_states (tenant_id, user_id, session_id, provider, nonce)
   values ($1, $1, $1, 'meta_whatsapp', $1)`,
  `insert into sessions (tenant_id, user_id, token_hash, data, expires_at)
   values ($1, $1, sha256('x'), '{}', now() + interval '1 day')`,
];

async function fill(tenant: string, statements: string[]): Promise<void> {
  for (const statement of statements) await database.sql(statement.replaceAll("$1", `'${tenant}'`));
}

const tenantTables = `
  select c.oid from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
   where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and not a.attisdropped`;

interface Key {
  name: string;
  table: string;
  column: string;
  parent: string;
  parentColumn: string;
}
/** Foreign keys by workspace and one more column. */
const keys = () =>
  database.sql<Key>(
    `select f.conname as name, f.conrelid::regclass::text as table, a.attname as column,
            f.confrelid::regclass::text as parent, b.attname as "parentColumn"
       from pg_constraint f cross join lateral unnest(f.conkey, f.confkey) as pair (here, there)
       join pg_attribute a on a.attrelid = f.conrelid and a.attnum = here and a.attname <> 'tenant_id'
       join pg_attribute b on b.attrelid = f.confrelid and b.attnum = there
      where f.contype = 'f' and cardinality(f.conkey) > 1 and f.conrelid in (${tenantTables}) order by 1`,
  );

test("no key lets a row point at another workspace's", async () => {
  const found = await keys();
  const refusals = [];
  for (const { name, table, column, parent, parentColumn } of found) {
    // Tried on no row, a key would refuse nothing.
    expect(await database.sql(`select from ${table} where tenant_id = $1`, [own]), table).toHaveLength(1);
    const across = `update ${table} set ${column} =
      (select ${parentColumn} from ${parent} where tenant_id = $2) where tenant_id = $1`;
    const refusal = await database.sql(across, [own, other]).then(
      () => "let in",
      ({ code, constraint }) => `${code} ${constraint}`,
    );
    refusals.push([name, refusal]);
  }
  expect(refusals).toEqual(found.map(({ name }) => [name, `23503 ${name}`]));
  console.log(`${found.length} keys tried`);
});

test("a column that names a row stands in such a key, or is known to name none that must be there", async () => {
  const alone = await database.sql<{ name: string }>(
    `select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where a.attrelid in (${tenantTables}) and a.attnum > 0 and not a.attisdropped
        and a.attname ~ '._(id|by)$' and a.attname <> 'tenant_id' and a.atttypid in ('uuid'::regtype, 'bigint'::regtype)
        and not exists (select from pg_constraint f where f.contype = 'f' and f.conrelid = a.attrelid
                           and cardinality(f.conkey) > 1 and a.attnum = any(f.conkey)) order by 1`,
  );
  expect(alone.map(({ name }) => name)).toEqual([
    // Whoever did it may have left, and what they did stays.
    "connection_events.actor_user_id",
    // The address of a conversation that is gone.
    "conversation_aliases.former_id",
    // People are of several workspaces.
    "mail_recipients.user_id",
    "memberships.user_id",
    // Deliveries go before messages do.
    "messages.delivery_id",
    // A sign-in at Meta outlives the session that began it, and opens nothing then.
    "oauth_states.session_id",
  ]);
});
