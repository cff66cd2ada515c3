-- The roles of the database. They belong to the whole cluster, so each statement asks first and tolerates a second
-- process that does the same in another database at the same moment.
do $$
declare
  wanted text;
  -- Before PostgreSQL 16 every member may SET ROLE.
  may_set text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
begin
  foreach wanted in array array['app_owner', 'app_jobs', 'app_tenant', 'app_ingest', 'app_web', 'app_operator', 'app_clock']
  loop
    begin
      if not exists (select from pg_roles where rolname = wanted) then
        execute format('create role %I nologin nosuperuser nobypassrls nocreatedb nocreaterole', wanted);
      end if;
    exception when duplicate_object or unique_violation then
      null;
    end;
    begin
      if not pg_has_role(current_user, wanted, may_set) then
        execute format('grant %I to current_user', wanted);
      end if;
    exception when unique_violation then
      null;
    end;
  end loop;

  -- The web acts within one tenant, and besides may store deliveries and look up sessions.
  begin
    if not pg_has_role('app_web', 'app_tenant', 'usage') then
      grant app_tenant to app_web;
    end if;
  exception when unique_violation then
    null;
  end;

  execute format('grant create on database %I to app_owner, app_jobs', current_database());
end $$;

grant usage, create on schema public to app_owner;
grant usage on schema public to app_jobs, app_tenant, app_ingest, app_web, app_operator;
