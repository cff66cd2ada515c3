-- Tenants (workspaces), the people in them, their sessions and feature flags.
--
-- The wall: every table with a tenant_id has row-level security, ENABLED and FORCED. `app_tenant` (and `app_web`,
-- which inherits it) sees the one tenant named by the setting app.tenant_id and nothing when none is named. The
-- nullif keeps a reused pooled connection, where the setting is '' and not null, from failing on ''::uuid; the
-- sub-select lets the planner evaluate it once and not per row.

create schema if not exists app;
grant usage on schema app to app_tenant, app_ingest, app_jobs;
grant create on schema app to app_jobs;

-- Which files made this database, and in which state: see db/migration-files.ts. Everybody may ask.
create table app.migrations (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default clock_timestamp()
);
grant select on app.migrations to app_web, app_ingest, app_tenant, app_jobs, app_operator, app_clock;

create function app.current_tenant() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

-- Gives a tenant table its wall. One definition, so that no table can get a half one.
create procedure app.wall_off(tenant_table regclass)
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format(
    'create policy tenant_wall on %s for all to app_tenant
       using (tenant_id = (select app.current_tenant()))
       with check (tenant_id = (select app.current_tenant()))', tenant_table);
  -- Migrations and the narrow SECURITY DEFINER functions run as the owner, which FORCE would otherwise blind.
  execute format('create policy owner_sees_all on %s for all to app_owner using (true) with check (true)', tenant_table);
end $$;

create table tenants (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null default now()
);
alter table tenants enable row level security;
alter table tenants force row level security;
create policy tenant_wall on tenants for select to app_tenant using (id = (select app.current_tenant()));
create policy owner_sees_all on tenants for all to app_owner using (true) with check (true);
grant select on tenants to app_tenant;

create table users (
  id uuid primary key default gen_random_uuid(),
  email text not null,
  password_hash text not null,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index users_email_key on users (lower(email));
-- No tenant_id: a person may work in several workspaces. Nobody but the owner reads this table; see the functions.

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

create table feature_flags (
  tenant_id uuid not null references tenants (id),
  flag text not null,
  enabled boolean not null default true,
  primary key (tenant_id, flag)
);
call app.wall_off('feature_flags');
grant select on feature_flags to app_tenant;

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

-- Pre-tenant look-ups: what must be known before a tenant is. Each is narrow and pins its search_path.

create function app.login_candidate(login_email text)
  returns table (user_id uuid, tenant_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp as $$
  -- The workspace joined first is where a sign-in lands.
  select u.id, m.tenant_id, u.password_hash
    from users u join memberships m on m.user_id = u.id
   where lower(u.email) = lower(login_email) and u.disabled_at is null
   order by m.created_at, m.tenant_id limit 1 $$;

create function app.session_create(hash bytea, session_user_id uuid, session_tenant_id uuid, session_data jsonb, expires timestamptz)
  returns uuid
  language sql security definer set search_path = public, pg_temp as $$
  insert into sessions (token_hash, user_id, tenant_id, data, expires_at)
  values (hash, session_user_id, session_tenant_id, session_data, expires) returning id $$;

-- Live only while the person is enabled and still a member; the role is read now, not at sign-in.
create function app.session_read(hash bytea, idle interval)
  returns table (session_id uuid, user_id uuid, tenant_id uuid, role text, email text, tenant_name text, data jsonb)
  language sql security definer set search_path = public, pg_temp as $$
  update sessions s
     set last_seen_at = case when s.last_seen_at < now() - interval '1 minute' then now() else s.last_seen_at end
    from users u, memberships m, tenants t
   where s.token_hash = hash and s.expires_at > now() and s.last_seen_at > now() - idle
     and u.id = s.user_id and u.disabled_at is null
     and m.user_id = s.user_id and m.tenant_id = s.tenant_id
     and t.id = s.tenant_id
  returning s.id, s.user_id, s.tenant_id, m.role, u.email, t.name, s.data $$;

create function app.session_write(hash bytea, session_data jsonb)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update sessions set data = session_data where token_hash = hash $$;

create function app.session_delete(hash bytea)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  delete from sessions where token_hash = hash or expires_at < now() - interval '1 day' $$;

revoke execute on all functions in schema app from public;
grant execute on function app.current_tenant() to app_tenant, app_ingest;
grant execute on function app.login_candidate(text), app.session_create(bytea, uuid, uuid, jsonb, timestamptz),
  app.session_read(bytea, interval), app.session_write(bytea, jsonb), app.session_delete(bytea) to app_web;

-- Counters of the login limiter (rate-limiter-flexible's own layout).
create table login_limits (
  key text primary key,
  points integer not null default 0,
  expire bigint
);
grant select, insert, update, delete on login_limits to app_web;
