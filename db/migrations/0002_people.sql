-- People, the workspaces they are members of, and their sessions.

-- The lower case of all letters, whatever the database's own locale knows: Unicode's rules from ICU, or PostgreSQL's own
-- copy of them.
do $$
declare
  chosen text := coalesce(
    (select format('pg_catalog.%I', collname) from pg_collation
      where collnamespace = 'pg_catalog'::regnamespace and collname in ('und-x-icu', 'pg_c_utf8')
      order by collname desc limit 1),
    'pg_catalog."default"');
begin
  execute format(
    'create function app.lower_case(said text) returns text
       language sql immutable strict parallel safe as $lower$ select lower(said collate %s) $lower$', chosen);
end $$;
grant execute on function app.lower_case(text) to app_web, app_ingest;

-- One spelling of an address. Width, case and composition of letters make no other address.
create function app.email_key(address text)
  returns text
  language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  select normalize(app.lower_case(btrim(normalize(address, NFKC), E' \t\r\n\f\v')), NFKC)
$$;
grant execute on function app.email_key(text) to app_web;

-- No tenant_id: a person may work in several workspaces. Nobody but the owner reads this table; see the functions.
create table users (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  email_key text not null generated always as (app.email_key(email)) stored unique,
  password_hash text not null,
  disabled_at timestamptz,
  -- The one they have chosen, or had when they first signed in.
  language text check (language in ('en', 'es')),
  created_at timestamptz not null default now()
);

-- Who may look across workspaces: a person with a workspace of their own, like everybody else, and this mark. Nobody but
-- the owner reads this table.
create table platform_staff (
  user_id uuid primary key references users (id) on delete cascade,
  created_at timestamptz not null default now()
);

create table memberships (
  tenant_id uuid not null references tenants (id),
  user_id uuid not null references users (id),
  role text not null check (role in ('admin', 'member')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
create index memberships_user_idx on memberships (user_id);
call app.wall_off('memberships');
grant select on memberships to app_tenant;

-- A session belongs to one person in one workspace. Only the SHA-256 of its token is stored.
create table sessions (
  id uuid primary key default gen_random_uuid(),
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  tenant_id uuid not null,
  user_id uuid not null,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
);
create index sessions_expiry_idx on sessions (expires_at);
create index sessions_member_idx on sessions (tenant_id, user_id);
call app.wall_off('sessions');

-- Counters of the sign-in's limiter (rate-limiter-flexible's own layout). They live up to months.
create table login_limits (
  key text primary key,
  points integer not null default 0,
  expire bigint
);
create index login_limits_expire_idx on login_limits (expire);
grant select, insert, update, delete on login_limits to app_web;

-- Before a tenant is known --------------------------------------------------------------------------------------------

-- The workspace joined first is where a sign-in lands.
create function app.login_candidate(login_email text)
  returns table (user_id uuid, tenant_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, m.tenant_id, u.password_hash
    from users u join memberships m on m.user_id = u.id
   where u.email_key = app.email_key(login_email) and u.disabled_at is null
   order by m.created_at, m.tenant_id limit 1 $$;
grant execute on function app.login_candidate(text) to app_web;

-- Begins a session, as long as the password that was checked is still the person's: whoever looks at one while it is
-- being changed waits here, and finds that it was.
create function app.open_session(hash bytea, person uuid, tenant uuid, checked_password_hash text, session_data jsonb,
                                 lifetime interval)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from users u
    where u.id = person and u.password_hash = checked_password_hash and u.disabled_at is null for share;
  if not found then
    return false;
  end if;
  perform from memberships m where m.user_id = person and m.tenant_id = tenant for key share;
  if not found then
    return false;
  end if;
  insert into sessions (token_hash, user_id, tenant_id, data, expires_at)
  values (hash, person, tenant, session_data, now() + lifetime);
  return true;
end $$;
grant execute on function app.open_session(bytea, uuid, uuid, text, jsonb, interval) to app_web;

-- Live only while the person is enabled and still a member; role and mark are read now, not at sign-in.
create function app.session_read(hash bytea, idle interval)
  returns table (session_id uuid, user_id uuid, tenant_id uuid, role text, email text, tenant_name text, data jsonb,
    is_staff boolean)
  language sql security definer set search_path = public, pg_temp as $$
  update sessions s
     set last_seen_at = case when s.last_seen_at < now() - interval '1 minute' then now() else s.last_seen_at end
    from users u, memberships m, tenants t
   where s.token_hash = hash and s.expires_at > now() and s.last_seen_at > now() - idle
     and u.id = s.user_id and u.disabled_at is null
     and m.user_id = s.user_id and m.tenant_id = s.tenant_id
     and t.id = s.tenant_id
  returning s.id, s.user_id, s.tenant_id, m.role, u.email, t.name, s.data,
            exists (select from platform_staff p where p.user_id = u.id) $$;
grant execute on function app.session_read(bytea, interval) to app_web;

create function app.session_write(hash bytea, session_data jsonb)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update sessions set data = session_data where token_hash = hash $$;
grant execute on function app.session_write(bytea, jsonb) to app_web;

create function app.session_delete(hash bytea)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  delete from sessions where token_hash = hash or expires_at < now() - interval '1 day' $$;
grant execute on function app.session_delete(bytea) to app_web;

-- Whatever ends a session, the web processes hear its row's id, which is not secret, and end its streams.
create function app.tell_session_ended()
  returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('live', 'session_ended ' || old.id);
  return null;
end $$;
create trigger tell_session_ended after delete on sessions
  for each row execute function app.tell_session_ended();

-- Within a workspace --------------------------------------------------------------------------------------------------

-- Who is who in a workspace, by e-mail, for the people in it: the log of changes names its actors.
create function app.people_of_tenant()
  returns table (user_id uuid, email text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.email from memberships m join users u on u.id = m.user_id
   where m.tenant_id = app.current_tenant() $$;
grant execute on function app.people_of_tenant() to app_tenant;

-- Whom a mail about the workspace is for, with what is needed to write to them.
create function app.admins_of_tenant()
  returns table (user_id uuid, email text, language text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.email, u.language from memberships m join users u on u.id = m.user_id
   where m.tenant_id = app.current_tenant() and m.role = 'admin' and u.disabled_at is null $$;
grant execute on function app.admins_of_tenant() to app_tenant;

-- Of a person in the transaction's workspace; of anybody else nothing is kept.
create function app.keep_language(person uuid, spoken text, only_if_unknown boolean)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update users set language = spoken
   where id = person and language is distinct from spoken and (language is null or not only_if_unknown)
     and exists (select from memberships m where m.user_id = person and m.tenant_id = app.current_tenant()) $$;
grant execute on function app.keep_language(uuid, text, boolean) to app_web, app_tenant;

-- Whether the person is an enabled member of the present tenant. That stays true until the transaction ends: whoever ends
-- the membership waits, and then finds what was kept meanwhile. In two statements, for the second must see what was
-- committed while the first waited.
create function app.hold_membership(person uuid)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from memberships m where m.tenant_id = app.current_tenant() and m.user_id = person for no key update;
  if not found then
    return false;
  end if;
  return exists (select from users u where u.id = person and u.disabled_at is null);
end $$;
grant execute on function app.hold_membership(uuid) to app_tenant;
