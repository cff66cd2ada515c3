-- Tenants (workspaces), and the wall between them.
--
-- The wall: every table with a tenant_id has row-level security, ENABLED and FORCED. `app_tenant` (and `app_web`,
-- which inherits it) sees the one tenant named by the setting app.tenant_id and nothing when none is named.
--
-- Functions with the owner's rights (SECURITY DEFINER) are narrow and pin their search_path. Those that a transaction
-- within a workspace may call take the workspace from the setting, not from an argument: none of them touches another
-- workspace's rows, jobs or people, whatever it is told. What works across workspaces belongs to the router of what
-- arrives (app_ingest), to the clock of the worker (app_clock) or to platform staff (app_operator).

create schema if not exists app;
grant usage on schema app to app_tenant, app_ingest, app_jobs, app_operator, app_clock;
grant create on schema app to app_jobs;

-- New functions of the owner are nobody's before they are granted.
alter default privileges revoke execute on functions from public;

-- Which files made this database, and in which state: see db/migration-files.ts. Everybody may ask.
create table app.migrations (
  name text primary key,
  digest text not null,
  applied_at timestamptz not null default clock_timestamp()
);
grant select on app.migrations to app_web, app_ingest, app_tenant, app_jobs, app_operator, app_clock;

-- The nullif keeps a reused pooled connection, where the setting is '' and not null, from failing on ''::uuid.
create function app.current_tenant() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;
grant execute on function app.current_tenant() to app_tenant, app_ingest, app_jobs;

-- The same for whoever cannot go on without one.
create function app.own_tenant()
  returns uuid
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  own uuid := app.current_tenant();
begin
  if own is null then
    raise exception 'no workspace is named' using errcode = '42501';
  end if;
  return own;
end $$;
grant execute on function app.own_tenant() to app_tenant, app_jobs;

-- Gives a tenant table its wall. One definition, so that no table can get a half one. The sub-select lets the planner
-- evaluate the setting once and not per row.
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

-- What phone numbers are compared by, of people and of our own: spellings of one line have one key. A + and separators do
-- not count, nor does the 1 of Mexico's mobile numbers; Brazil's ninth digit is put in where a mobile number lacks it.
-- Argentina's 9 stays as it is: with it and without it may be two lines. What is no number is its own key.
create function app.number_key(said text)
  returns text
  language plpgsql immutable strict parallel safe cost 50 as $$
declare
  digits text := said;
begin
  if said !~ '^[1-9][0-9]*$' then
    -- People copy numbers with the invisible signs that say which way they are read.
    if said !~ '[0-9]' or said !~ '^[-+0-9 ().\/\t\u00a0\u00ad\u2007\u200b-\u200f\u2010-\u2015\u202a-\u202f\u2060-\u2069\ufeff]+$' then
      return said;
    end if;
    digits := regexp_replace(regexp_replace(said, '[^0-9]', '', 'g'), '^00', '');
  end if;
  -- Every message asks: of most numbers the first two digits are looked at and no more.
  if digits like '52%' then
    if digits ~ '^521[0-9]{10}$' then return '52' || substr(digits, 4); end if;
  elsif digits like '55%' then
    if digits ~ '^55[1-9][1-9][6-9][0-9]{7}$' then return left(digits, 4) || '9' || substr(digits, 5); end if;
  end if;
  return digits;
end $$;
grant execute on function app.number_key(text) to app_tenant, app_ingest;

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

create table feature_flags (
  tenant_id uuid not null references tenants (id),
  flag text not null,
  enabled boolean not null default true,
  primary key (tenant_id, flag)
);
call app.wall_off('feature_flags');
grant select on feature_flags to app_tenant;
