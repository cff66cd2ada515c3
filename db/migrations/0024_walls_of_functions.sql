-- Functions with the owner's rights that a transaction within a workspace may call take the workspace from the setting,
-- not from an argument: none of them touches another workspace's rows, jobs or people, whatever it is told. What works
-- across workspaces belongs to the clock of the worker, in a role of its own.
--
-- Web processes and workers of before go on beside this schema: their calls still say which workspace they mean, and are
-- refused (42501) when it is not the transaction's own. Two things of theirs pause until they are replaced: a language
-- chosen meanwhile is not remembered for e-mails, and the clock's jobs of an old worker fail and are done by a new one.

-- New functions of the owner are nobody's before they are granted.
alter default privileges revoke execute on functions from public;
revoke execute on procedure app.wall_off(regclass) from public;

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

-- For callers of before.
create function app.expect_own_tenant(named uuid)
  returns void
  language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if named is distinct from app.own_tenant() then
    raise exception 'another workspace is named' using errcode = '42501';
  end if;
end $$;
grant execute on function app.current_tenant() to app_jobs;
grant execute on function app.own_tenant(), app.expect_own_tenant(uuid) to app_tenant, app_jobs;

-- The rows of the workspace that asks are its own business, and what another gave up is free; see 0002.
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

-- See 0008.
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
  if not found or (holder.metadata->>'requested_at')::timestamptz > now() - interval '1 day' then
    return;
  end if;
  update channel_connections
     set metadata = metadata || jsonb_build_object('requested_at', now()) where id = holder.id;
  insert into connection_events (tenant_id, connection_id, provider, kind, request_id)
  values (holder.tenant_id, holder.id, channel, 'number_requested', request);
end $$;

-- Of a WABA that the workspace itself is leaving; of any other the answer is the one that changes nothing.
create or replace function app.waba_in_use(channel text, waba text)
  returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select not exists (
    select from connection_teardowns where tenant_id = (select app.current_tenant()) and waba_id = waba)
  or exists (
    select from channel_connections
     where provider = channel and waba_id = waba and status in ('active', 'error')) $$;

-- Of a person in the transaction's workspace; of anybody else nothing is kept.
create or replace function app.keep_language(person uuid, spoken text, only_if_unknown boolean)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update users set language = spoken
   where id = person and language is distinct from spoken and (language is null or not only_if_unknown)
     and exists (select from memberships m where m.user_id = person and m.tenant_id = app.current_tenant()) $$;
grant execute on function app.keep_language(uuid, text, boolean) to app_tenant;

grant execute on function app.take_over_revoked_number(text), app.ask_holder_for_number(text, text, text) to app_tenant;

create or replace function app.take_over_revoked_number(number_id text, claiming_tenant uuid)
  returns text
  language sql as $$
  select app.expect_own_tenant(claiming_tenant);
  select app.take_over_revoked_number(number_id) $$;
create or replace function app.ask_holder_for_number(channel text, number_id text, asking_tenant uuid, request text)
  returns void
  language sql as $$
  select app.expect_own_tenant(asking_tenant);
  select app.ask_holder_for_number(channel, number_id, request) $$;

-- The clock looks at all workspaces, and at ids and times only.
grant usage on schema app to app_clock;
revoke execute on function app.take_due_checks(int, interval), app.expire_number_choices(), app.forget_outlived()
  from app_tenant;
grant execute on function app.take_due_checks(int, interval), app.expire_number_choices(), app.forget_outlived()
  to app_clock;

set local role app_jobs;

-- A job's key holds its workspace: who names another's connection replaces none of its jobs, and the job finds nothing.
create function app.enqueue_subscription(connection uuid, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := app.own_tenant();
begin
  perform graphile_worker.add_job('subscribe_waba',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    job_key := format('subscribe_waba:%s:%s', tenant, connection));
end $$;

create function app.enqueue_teardown(teardown uuid, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := app.own_tenant();
begin
  perform graphile_worker.add_job('stop_deliveries',
    json_build_object('tenantId', tenant, 'teardownId', teardown, 'requestId', request),
    job_key := format('stop_deliveries:%s:%s', tenant, teardown));
end $$;

create function app.enqueue_check(connection uuid, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := app.own_tenant();
begin
  perform graphile_worker.add_job('check_connection',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    run_at := now() + run_in, job_key := format('check_connection:%s:%s', tenant, connection));
end $$;

create function app.enqueue_registration(connection uuid, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := app.own_tenant();
begin
  perform graphile_worker.add_job('register_number',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    run_at := now() + run_in, job_key := format('register_number:%s:%s', tenant, connection));
end $$;

-- For the trigger below, which knows the row that changes; nobody else names a workspace here.
create function app.enqueue_mail_of(tenant uuid, mail uuid, run_in interval)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('send_mail',
    json_build_object('tenantId', tenant, 'mailId', mail),
    run_at := now() + run_in, job_key := format('send_mail:%s:%s', tenant, mail));
end $$;

create function app.enqueue_mail(mail uuid, run_in interval)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform app.enqueue_mail_of(app.own_tenant(), mail, run_in);
end $$;

-- As 0013 had it for everybody: for ingest, which routes between workspaces.
create function app.enqueue_any_replay(channel text, number_id text, after_item bigint, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('replay_parked',
    json_build_object('provider', channel, 'phoneNumberId', number_id, 'afterItem', after_item::text,
                      'requestId', request),
    run_at := now() + run_in, job_key := format('replay_parked:%s:%s:%s', channel, number_id, after_item));
end $$;

revoke execute on function app.enqueue_subscription(uuid, text), app.enqueue_teardown(uuid, text),
  app.enqueue_check(uuid, interval, text), app.enqueue_registration(uuid, interval, text),
  app.enqueue_mail_of(uuid, uuid, interval), app.enqueue_mail(uuid, interval),
  app.enqueue_any_replay(text, text, bigint, interval, text) from public;
grant execute on function app.enqueue_subscription(uuid, text), app.enqueue_teardown(uuid, text),
  app.enqueue_check(uuid, interval, text), app.enqueue_registration(uuid, interval, text),
  app.enqueue_mail(uuid, interval) to app_tenant;
grant execute on function app.enqueue_mail_of(uuid, uuid, interval) to app_owner;
grant execute on function app.enqueue_any_replay(text, text, bigint, interval, text) to app_ingest, app_owner;

create or replace function app.enqueue_subscription(tenant uuid, connection uuid, request text)
  returns void
  language sql as $$
  select app.expect_own_tenant(tenant);
  select app.enqueue_subscription(connection, request) $$;
create or replace function app.enqueue_teardown(tenant uuid, teardown uuid, request text)
  returns void
  language sql as $$
  select app.expect_own_tenant(tenant);
  select app.enqueue_teardown(teardown, request) $$;
create or replace function app.enqueue_check(tenant uuid, connection uuid, run_in interval, request text)
  returns void
  language sql as $$
  select app.expect_own_tenant(tenant);
  select app.enqueue_check(connection, run_in, request) $$;
create or replace function app.enqueue_registration(tenant uuid, connection uuid, run_in interval, request text)
  returns void
  language sql as $$
  select app.expect_own_tenant(tenant);
  select app.enqueue_registration(connection, run_in, request) $$;
create or replace function app.enqueue_mail(tenant uuid, mail uuid, run_in interval)
  returns void
  language sql as $$
  select app.expect_own_tenant(tenant);
  select app.enqueue_mail(mail, run_in) $$;
revoke execute on function app.enqueue_mail(uuid, uuid, interval) from app_owner;

set local role app_owner;

-- A workspace asks for what is parked for a number that it holds.
create function app.enqueue_own_replay(channel text, number_id text, after_item bigint, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from number_claims
                  where tenant_id = app.own_tenant() and provider = channel and phone_number_id = number_id
                    and released_at is null) then
    raise exception 'another''s number' using errcode = '42501';
  end if;
  perform app.enqueue_any_replay(channel, number_id, after_item, run_in, request);
end $$;
grant execute on function app.enqueue_own_replay(text, text, bigint, interval, text) to app_tenant;

set local role app_jobs;

-- As whoever calls: ingest for any number, a workspace for its own.
create or replace function app.enqueue_replay(channel text, number_id text, after_item bigint, run_in interval, request text)
  returns void
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if has_function_privilege('app.enqueue_any_replay(text, text, bigint, interval, text)', 'execute') then
    perform app.enqueue_any_replay(channel, number_id, after_item, run_in, request);
  else
    perform app.enqueue_own_replay(channel, number_id, after_item, run_in, request);
  end if;
end $$;

set local role app_owner;

-- As 0019 had it, and as the owner: of the workspace of the row that changes, whoever changes it.
create or replace function app.follow_incidents()
  returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  opened uuid;
begin
  update mail_outbox set over_at = now()
   where tenant_id = new.tenant_id and connection_id = new.id and over_at is null
     and case kind when 'access_lost' then new.status <> 'error'
                   else new.status <> 'active' or new.token_expires_at is distinct from old.token_expires_at end;

  if old.status = 'active' and new.status = 'error' then
    insert into mail_outbox (tenant_id, connection_id, kind, incident)
    values (new.tenant_id, new.id, 'access_lost',
            format('access_lost:%s:%s', new.id, coalesce(new.metadata #>> '{error,at}', now()::text)))
        on conflict (incident) do nothing
    returning id into opened;
    if opened is not null then
      -- Meta's word may be about another partner, and the look that follows it within a minute disproves it then; a
      -- move to another phone is usually over in minutes. What two looks have shown is told at once.
      perform app.enqueue_mail_of(new.tenant_id, opened,
        case new.metadata #>> '{error,code}'
          when 'access_removed' then interval '2 minutes'
          when 'offboarded' then interval '10 minutes'
          else interval '0' end);
    end if;
  end if;
  return null;
end $$;
