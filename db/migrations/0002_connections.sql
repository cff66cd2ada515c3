-- A workspace's connection to a channel, the OAuth states that lead to one, and what happened along the way.

create table channel_connections (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references tenants (id),
  provider text not null,
  status text not null check (status in ('pending', 'active', 'error', 'revoked')),
  waba_id text,
  phone_number_id text unique,
  phone_number_e164 text,
  display_name text,
  access_token_enc text,
  token_expires_at timestamptz,
  scopes jsonb not null default '[]',
  metadata jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (provider, phone_number_id),
  unique (tenant_id, id),
  -- An active connection always knows its number; a revoked one never keeps a token.
  check (status <> 'active' or (phone_number_id is not null and waba_id is not null)),
  check (status <> 'revoked' or access_token_enc is null)
);
create index channel_connections_tenant_provider_idx on channel_connections (tenant_id, provider);
call app.wall_off('channel_connections');
grant select, insert, update on channel_connections to app_tenant;
-- The router between tenants never sees a token: it has no grant on that column.
grant select (id, tenant_id, provider, status, phone_number_id) on channel_connections to app_ingest;
create policy ingest_routes on channel_connections for select to app_ingest using (true);

create table oauth_states (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  user_id uuid not null,
  session_id uuid not null,
  provider text not null,
  nonce text not null unique,
  created_at timestamptz not null default now(),
  used_at timestamptz,
  expires_at timestamptz not null default now() + interval '10 minutes',
  metadata jsonb not null default '{}',
  foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
);
create index oauth_states_tenant_idx on oauth_states (tenant_id, created_at);
call app.wall_off('oauth_states');
grant select, insert, update on oauth_states to app_tenant;

-- Which tenant owned a number, and when. Routing asks for the owner at the moment a delivery was received, so that
-- nothing received before a number changed hands can reach its next owner.
create table number_claims (
  id bigint generated always as identity primary key,
  provider text not null,
  phone_number_id text not null,
  tenant_id uuid not null,
  connection_id uuid not null,
  claimed_at timestamptz not null default clock_timestamp(),
  released_at timestamptz,
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id),
  check (released_at is null or released_at >= claimed_at)
);
create unique index number_claims_one_owner on number_claims (provider, phone_number_id) where released_at is null;
create index number_claims_lookup_idx on number_claims (provider, phone_number_id, claimed_at);
create index number_claims_connection_idx on number_claims (tenant_id, connection_id);
call app.wall_off('number_claims');
grant select, insert, update on number_claims to app_tenant;
grant select on number_claims to app_ingest;
create policy ingest_routes on number_claims for select to app_ingest using (true);

-- Everything that happened to a connection or to an attempt to make one: who, what, when, under which request.
create table connection_events (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  connection_id uuid,
  provider text not null,
  kind text not null,
  actor_user_id uuid,
  request_id text,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
create index connection_events_tenant_idx on connection_events (tenant_id, id desc);
call app.wall_off('connection_events');
grant select, insert on connection_events to app_tenant;

-- What is left to do at Meta after a disconnect. Keeps the credential, sealed for this row, only until Meta has
-- confirmed that deliveries stopped (or refused for good), then destroys it.
create table connection_teardowns (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  connection_id uuid not null,
  waba_id text not null,
  access_token_enc text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text check (outcome in ('unsubscribed', 'still_in_use', 'refused', 'gave_up')),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id),
  check ((finished_at is null) = (outcome is null)),
  check (finished_at is null or access_token_enc is null)
);
create index connection_teardowns_open_idx on connection_teardowns (tenant_id, connection_id) where finished_at is null;
call app.wall_off('connection_teardowns');
grant select, insert, update on connection_teardowns to app_tenant;

-- A number changes hands only after its owner let it go: the revoked row of another workspace gives the id up and
-- remembers it. Answers 'free' (nobody else holds it now) or 'taken', and nothing about the holder.
create function app.take_over_revoked_number(number_id text, claiming_tenant uuid)
  returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  holder channel_connections%rowtype;
begin
  select * into holder from channel_connections
   where phone_number_id = number_id and tenant_id <> claiming_tenant for update;
  if not found then
    return 'free';
  end if;
  if holder.status <> 'revoked' then
    return 'taken';
  end if;
  update channel_connections
     set phone_number_id = null,
         metadata = metadata || jsonb_build_object('former_phone_number_id', number_id, 'given_up_at', now())
   where id = holder.id;
  return 'free';
end $$;

-- A WABA may carry numbers of several workspaces. The last one to leave turns the deliveries off, nobody earlier.
-- Answers only yes or no.
create function app.waba_in_use(channel text, waba text)
  returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select from channel_connections
     where provider = channel and waba_id = waba and status in ('active', 'error')) $$;

revoke execute on function app.take_over_revoked_number(text, uuid), app.waba_in_use(text, text) from public;
grant execute on function app.take_over_revoked_number(text, uuid), app.waba_in_use(text, text) to app_tenant;
