-- A workspace's connection to a channel, the OAuth states that lead to one, and what happened along the way.
--
-- `provider` names the channel, here and in every table that has it. There is one; a second one widens each of these
-- checks by a migration (db/README.md).

create table channel_connections (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null references tenants (id),
  provider text not null check (provider = 'meta_whatsapp'),
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
  -- An attempt is its person's: a grant that waits for its number is seen, continued and replaced by nobody else. Null
  -- for a row that has, or had, a number: that is the workspace's.
  attempted_by uuid,
  -- Until when the choice between the numbers of a kept grant can be made.
  choice_expires_at timestamptz,
  -- When somebody last proved rights to its number from another workspace.
  requested_at timestamptz,
  -- Who granted it, by Meta's id scoped to our app, where the token named a user; and when that was taken back at Meta.
  granted_by_meta_user text,
  granted_at timestamptz,
  grant_taken_back_at timestamptz,
  unique (provider, phone_number_id),
  unique (tenant_id, id),
  -- An active connection always knows its number; a revoked one never keeps a token.
  check (status <> 'active' or phone_number_id is not null),
  check (status <> 'active' or provider <> 'meta_whatsapp' or waba_id is not null),
  check (status <> 'revoked' or access_token_enc is null),
  check ((granted_by_meta_user is null) = (granted_at is null)),
  check (grant_taken_back_at is null or granted_at is not null),
  foreign key (tenant_id, attempted_by) references memberships (tenant_id, user_id) on delete set null (attempted_by)
);
create index channel_connections_tenant_provider_idx on channel_connections (tenant_id, provider);
create unique index channel_connections_attempt_key on channel_connections (tenant_id, provider, attempted_by)
  where phone_number_id is null and status in ('pending', 'error');
-- News of accounts name a WABA or a number as people write it, never our phone_number_id.
create index channel_connections_waba_idx on channel_connections (provider, waba_id);
create index channel_connections_number_idx on channel_connections (provider, app.number_key(phone_number_e164));
call app.wall_off('channel_connections');
grant select, insert, update on channel_connections to app_tenant;
-- The router between tenants never sees a token: it has no grant on that column.
grant select (id, tenant_id, provider, status, waba_id, phone_number_id, phone_number_e164)
  on channel_connections to app_ingest;
create policy ingest_routes on channel_connections for select to app_ingest using (true);

-- One without a person is history of before Curbe: nobody can redeem it.
create table oauth_states (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  user_id uuid,
  session_id uuid,
  provider text not null check (provider = 'meta_whatsapp'),
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
  provider text not null check (provider = 'meta_whatsapp'),
  phone_number_id text not null,
  tenant_id uuid not null,
  connection_id uuid not null,
  claimed_at timestamptz not null default clock_timestamp(),
  released_at timestamptz,
  -- Connected anew while it was held: what was received before proves nothing of it.
  reconnected_at timestamptz,
  -- Its first delivery since it was claimed or connected anew: only that proves that a connection works.
  first_event_at timestamptz,
  -- When the platform's assistant last took part in a conversation of the number, to about six hours.
  agent_seen_at timestamptz,
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id),
  check (released_at is null or released_at >= claimed_at)
);
create unique index number_claims_one_owner on number_claims (provider, phone_number_id) where released_at is null;
create index number_claims_lookup_idx on number_claims (provider, phone_number_id, claimed_at);
create index number_claims_connection_idx on number_claims (tenant_id, connection_id);
call app.wall_off('number_claims');
grant select, insert, update on number_claims to app_tenant;
grant select, update (first_event_at, agent_seen_at) on number_claims to app_ingest;
create policy ingest_routes on number_claims for select to app_ingest using (true);
create policy ingest_marks on number_claims for update to app_ingest using (true) with check (true);

-- Everything that happened to a connection or to an attempt to make one: who, what, when, under which request.
create table connection_events (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  connection_id uuid,
  provider text not null check (provider = 'meta_whatsapp'),
  -- db/queries/connections/event-kinds.ts has the same list.
  kind text not null check (kind in (
    'connected', 'reconnected', 'adopted', 'connect_failed', 'number_choice_offered', 'number_awaited',
    'reach_awaited', 'attempt_ended', 'disconnected', 'deliveries_on', 'deliveries_failed', 'deliveries_missing',
    'deliveries_elsewhere', 'deliveries_off', 'teardown_still_in_use', 'teardown_refused', 'teardown_gave_up',
    'deliveries_retried', 'registration_retried', 'history_asked', 'history_complete', 'history_declined',
    'history_refused', 'access_lost', 'access_recovered', 'deauthorized',
    'silence_noticed', 'silence_ended', 'token_expiring', 'number_requested', 'partner_added', 'partner_removed',
    'partner_app_installed', 'partner_app_uninstalled', 'account_violation', 'account_restriction',
    'phone_number_quality_update', 'phone_number_name_update', 'security', 'business_capability_update',
    'check_requested', 'test_skipped', 'outdated_news', 'number_registered', 'registration_missing',
    'registration_failed', 'account_deleted', 'account_disabled', 'account_disable_scheduled', 'account_reinstated', 'account_ban_update',
    'account_offboarded', 'account_reconnected', 'account_update')),
  actor_user_id uuid,
  request_id text,
  detail jsonb not null default '{}',
  created_at timestamptz not null default now(),
  -- Meta repeats what it could not deliver for up to seven days, in bodies of their own. The digest of what was told,
  -- with its time, lets each connection remember it once.
  source_digest text,
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
create index connection_events_tenant_idx on connection_events (tenant_id, id desc);
create unique index connection_events_source_key on connection_events (tenant_id, connection_id, source_digest)
  where source_digest is not null;
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

-- Between workspaces --------------------------------------------------------------------------------------------------

-- A number changes hands only after its owner let it go: the revoked row of another workspace gives the id up and
-- remembers it. Returns 'free' (nobody else holds it now) or 'taken', and nothing about the holder.
create function app.take_over_revoked_number(number_id text)
  returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  claiming_tenant uuid := app.own_tenant();
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
grant execute on function app.take_over_revoked_number(text) to app_tenant;

-- Somebody proved rights to a number at Meta while another workspace holds it. The holder learns that it was asked for,
-- and never by whom; the asker learns nothing either. At most one event a day for each number, however often it is tried.
create function app.ask_holder_for_number(channel text, number_id text, request text)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  asking_tenant uuid := app.own_tenant();
  holder channel_connections%rowtype;
begin
  select * into holder from channel_connections
   where provider = channel and phone_number_id = number_id and tenant_id <> asking_tenant
     and status in ('active', 'error') for no key update;
  if not found or holder.requested_at > now() - interval '1 day' then
    return;
  end if;
  update channel_connections set requested_at = now() where id = holder.id;
  insert into connection_events (tenant_id, connection_id, provider, kind, request_id)
  values (holder.tenant_id, holder.id, channel, 'number_requested', request);
end $$;
grant execute on function app.ask_holder_for_number(text, text, text) to app_tenant;

-- A WABA may carry numbers of several workspaces. The last one to leave turns the deliveries off, nobody earlier. Of a
-- WABA that the workspace itself is leaving; of any other the answer is the one that changes nothing.
create function app.waba_in_use(channel text, waba text)
  returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select not exists (
    select from connection_teardowns where tenant_id = (select app.current_tenant()) and waba_id = waba)
  or exists (
    select from channel_connections
     where provider = channel and waba_id = waba and status in ('active', 'error')) $$;
grant execute on function app.waba_in_use(text, text) to app_tenant;

-- The end of a membership ---------------------------------------------------------------------------------------------

-- Destroys what the person was granted and has not connected. Returns how many grants.
create function app.end_attempts(tenant uuid, person uuid)
  returns int
  language plpgsql set search_path = public, pg_temp as $$
declare
  attempt channel_connections%rowtype;
  ended int := 0;
begin
  for attempt in
    select * from channel_connections
     where tenant_id = tenant and attempted_by = person and phone_number_id is null
       and status in ('pending', 'error') order by id for update
  loop
    update channel_connections
       set status = 'revoked', access_token_enc = null, token_expires_at = null, updated_at = now(),
           choice_expires_at = null, metadata = metadata - 'choices' - 'error'
     where id = attempt.id;
    continue when attempt.status <> 'pending';
    insert into connection_events (tenant_id, connection_id, provider, kind)
    values (tenant, attempt.id, attempt.provider, 'attempt_ended');
    ended := ended + 1;
  end loop;
  return ended;
end $$;

-- Whatever ends a membership, or stops a person from acting, ends their attempts in the same transaction.
create function app.follow_memberships()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform app.end_attempts(old.tenant_id, old.user_id);
  return old;
end $$;
create trigger end_attempts before delete on memberships
  for each row execute function app.follow_memberships();

create function app.follow_disabling()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
declare
  held memberships%rowtype;
begin
  for held in select * from memberships where user_id = new.id order by tenant_id for no key update loop
    perform app.end_attempts(held.tenant_id, held.user_id);
  end loop;
  return null;
end $$;
create trigger end_attempts after update of disabled_at on users
  for each row when (old.disabled_at is null and new.disabled_at is not null)
  execute function app.follow_disabling();
