-- What arrives: raw deliveries, the contacts, conversations and messages made of them, and what could not be read.

-- A delivery is kept as the bytes that were signed: JSON may hold \u0000 and lone surrogates, which text and jsonb refuse.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  provider text not null,
  request_id text not null,
  received_at timestamptz not null default clock_timestamp(),
  body bytea not null,
  processed_at timestamptz,
  outcome text check (outcome in ('processed', 'quarantined', 'ignored', 'failed')),
  check ((processed_at is null) = (outcome is null))
);
create index webhook_deliveries_open_idx on webhook_deliveries (id) where processed_at is null;
grant insert on webhook_deliveries to app_web;
grant select (id) on webhook_deliveries to app_web;
grant select on webhook_deliveries to app_ingest;
grant update (processed_at, outcome) on webhook_deliveries to app_ingest;

-- Items of a delivery that reached nobody: kept with their place in it, so that they can be looked into and replayed.
create table delivery_quarantine (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references webhook_deliveries (id),
  item_path text not null,
  reason text not null check (reason in ('unreadable', 'unknown_number', 'conflict', 'failed')),
  phone_number_id text,
  detail text,
  created_at timestamptz not null default now(),
  replayed_at timestamptz,
  unique (delivery_id, item_path)
);
create index delivery_quarantine_number_idx on delivery_quarantine (phone_number_id) where replayed_at is null;
grant select, insert on delivery_quarantine to app_ingest;
grant update (reason, detail, replayed_at) on delivery_quarantine to app_ingest;

-- A person on a channel. Meta may name them by wa_id, by its business-scoped user_id, or both; never shared between tenants.
create table contacts (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  provider text not null,
  wa_id text,
  user_id text,
  username text,
  profile_name text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  check (wa_id is not null or user_id is not null)
);
create unique index contacts_wa_id_key on contacts (tenant_id, provider, wa_id) where wa_id is not null;
create unique index contacts_user_id_key on contacts (tenant_id, provider, user_id) where user_id is not null;
call app.wall_off('contacts');
grant select on contacts to app_tenant;

-- One conversation for each contact on each connection; it outlives the connection.
create table conversations (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  connection_id uuid not null,
  contact_id bigint not null,
  last_message_at timestamptz,
  last_inbound_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, connection_id, contact_id),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
);
create index conversations_recent_idx on conversations (tenant_id, last_message_at desc nulls last, id desc);
create index conversations_contact_idx on conversations (tenant_id, contact_id);
call app.wall_off('conversations');
grant select on conversations to app_tenant;

-- Stored once by provider_message_id. For outbound ones each step keeps its first time and `status` is the highest
-- rank seen (sent < failed < delivered < read < played), so that any order and any repetition end in the same row.
-- A status that comes before its message makes the row (type 'unknown'); the message fills it in later.
create table messages (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  conversation_id bigint not null,
  provider_message_id text not null unique,
  direction text not null check (direction in ('inbound', 'outbound')),
  type text not null,
  status text not null check (status in ('received', 'sent', 'failed', 'delivered', 'read', 'played')),
  body text,
  content jsonb not null default '{}',
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  played_at timestamptz,
  failed_at timestamptz,
  error jsonb,
  delivery_id bigint,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id),
  check ((direction = 'inbound') = (status = 'received'))
);
create index messages_thread_idx on messages (tenant_id, conversation_id, occurred_at desc, id desc);
call app.wall_off('messages');
grant select on messages to app_tenant;

-- The worker's ingest is the router between tenants and writes many of them in one statement. It sees all tenants of
-- these three tables and nothing else of theirs; the composite foreign keys make a row that points across impossible.
create policy ingest_writes on contacts for all to app_ingest using (true) with check (true);
create policy ingest_writes on conversations for all to app_ingest using (true) with check (true);
create policy ingest_writes on messages for all to app_ingest using (true) with check (true);
grant select, insert, update on contacts, conversations, messages to app_ingest;
