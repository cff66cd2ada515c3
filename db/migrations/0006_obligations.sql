-- What an app owes Meta's users: when one of them takes our access back (deauthorize) or asks for their data to be
-- deleted. Meta names the person by an id of its own, scoped to our app, and no tenant. The connections that person
-- granted remember it (granted_by_meta_user); a connection whose token names no user cannot be found this way.

create index channel_connections_granted_by_idx on channel_connections (granted_by_meta_user)
  where granted_by_meta_user is not null;

-- No tenant_id: a person may have granted connections in several workspaces. Nobody but the owner reads this table;
-- see the functions. The person is kept as a keyed digest only, so that the record of a deletion holds nothing of them.
create table deletion_requests (
  id uuid primary key default gen_random_uuid(),
  confirmation_code text not null unique check (confirmation_code ~ '^[0-9a-f]{32}$'),
  meta_user_digest bytea not null check (octet_length(meta_user_digest) = 32),
  -- Meta's time of the request (issued_at); with the person it names the request, however often it is sent.
  requested_at timestamptz not null,
  received_at timestamptz not null default now(),
  completed_at timestamptz not null default now(),
  -- Connections that no longer know who granted them, and sealed tokens destroyed with that.
  connections_cleared integer not null check (connections_cleared >= 0),
  tokens_destroyed integer not null check (tokens_destroyed >= 0),
  status text not null generated always as
    (case when connections_cleared = 0 then 'nothing_found' else 'completed' end) stored,
  unique (meta_user_digest, requested_at)
);

-- Connections of all tenants that this person granted before `asked_at`, locked. What they granted after it stands, so
-- that an old request that comes again ends nothing new. Meta's clock and ours differ by less than ten seconds, and
-- nobody takes access back and grants it again in that time.
create function app.lock_connections_granted_by(meta_user text, asked_at timestamptz)
  returns setof channel_connections
  language sql set search_path = public, pg_temp as $$
  select * from channel_connections
   where granted_by_meta_user = meta_user and granted_at <= asked_at + interval '10 seconds'
   order by id for update $$;

-- Marks what the person granted as `error` and destroys the tokens, which Meta has made worthless. The claims on the
-- numbers stay: while Meta still delivers, messages are stored. Each grant is taken back once, whatever else is told of
-- its account meanwhile. Returns how many connections changed, nothing else.
create function app.deauthorize_meta_user(meta_user text, asked_at timestamptz, request text)
  returns integer
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  held channel_connections%rowtype;
  ended integer := 0;
begin
  for held in select * from app.lock_connections_granted_by(meta_user, asked_at) loop
    continue when held.status = 'revoked' or held.grant_taken_back_at is not null;
    update channel_connections
       set status = 'error', access_token_enc = null, token_expires_at = null, updated_at = now(),
           grant_taken_back_at = now(),
           choice_expires_at = null,
           metadata = (metadata - 'choices')
             || jsonb_build_object('error', jsonb_build_object('code', 'deauthorized', 'at', now()))
     where id = held.id;
    insert into connection_events (tenant_id, connection_id, provider, kind, request_id)
    values (held.tenant_id, held.id, held.provider, 'deauthorized', request);
    ended := ended + 1;
  end loop;
  return ended;
end $$;

-- Deletes what is the person's own: the id Meta gave them, the scopes they granted and every sealed token of theirs,
-- also the copies that wait for a teardown. What was open is deauthorized first, and that is all its workspace learns.
-- Conversations are the workspace's and stay. Records the request and returns its confirmation code: `new_code` the
-- first time, the first one ever after.
create function app.delete_meta_user_data(
  meta_user text, user_digest bytea, asked_at timestamptz, new_code text, request text)
  returns text
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  held channel_connections%rowtype;
  copies integer;
  connections integer := 0;
  tokens integer := 0;
  code text;
begin
  for held in select * from app.lock_connections_granted_by(meta_user, asked_at) loop
    connections := connections + 1;
    tokens := tokens + (held.access_token_enc is not null)::integer;
  end loop;
  perform app.deauthorize_meta_user(meta_user, asked_at, request);
  for held in select * from app.lock_connections_granted_by(meta_user, asked_at) loop
    update channel_connections
       set scopes = '[]', granted_by_meta_user = null, granted_at = null, grant_taken_back_at = null
     where id = held.id;
    update connection_teardowns set access_token_enc = null
     where tenant_id = held.tenant_id and connection_id = held.id and access_token_enc is not null;
    get diagnostics copies = row_count;
    tokens := tokens + copies;
  end loop;
  insert into deletion_requests as known
    (confirmation_code, meta_user_digest, requested_at, connections_cleared, tokens_destroyed)
  values (new_code, user_digest, asked_at, connections, tokens)
      on conflict (meta_user_digest, requested_at) do update
     set connections_cleared = known.connections_cleared + excluded.connections_cleared,
         tokens_destroyed = known.tokens_destroyed + excluded.tokens_destroyed,
         completed_at = case when excluded.connections_cleared > 0 then now() else known.completed_at end
  returning confirmation_code into code;
  return code;
end $$;

-- For the public status page: knowing the code is the permission. Tells times and counts, nobody's identity.
create function app.deletion_request(code text)
  returns table (status text, requested_at timestamptz, completed_at timestamptz,
    connections_cleared integer, tokens_destroyed integer)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.status, d.requested_at, d.completed_at, d.connections_cleared, d.tokens_destroyed
    from deletion_requests d where d.confirmation_code = code $$;

grant execute on function app.deauthorize_meta_user(text, timestamptz, text),
  app.delete_meta_user_data(text, bytea, timestamptz, text, text), app.deletion_request(text) to app_web;
