-- The plain receiver's own small database. The same facts as the product keeps, without walls between workspaces.

create table tenants (
  id uuid primary key,
  name text not null
);

create table numbers (
  phone_number_id text primary key,
  tenant_id uuid not null references tenants (id)
);

create table contacts (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  wa_id text not null,
  user_id text,
  profile_name text,
  unique (tenant_id, wa_id)
);

create table conversations (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  phone_number_id text not null references numbers (phone_number_id),
  contact_id bigint not null references contacts (id),
  last_message_at timestamptz,
  unique (phone_number_id, contact_id)
);

create table messages (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  conversation_id bigint not null references conversations (id),
  provider_message_id text not null unique,
  direction text not null,
  type text not null,
  status text not null,
  body text,
  content jsonb not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz
);
create index messages_thread_idx on messages (conversation_id, occurred_at desc);
