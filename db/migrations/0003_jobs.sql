-- Asking for a job. Enqueuing is a database write in the caller's own transaction. The web never touches the job tables:
-- it may call these functions and nothing else. They are owned by the role that owns graphile_worker and name their task
-- themselves, so a caller cannot enqueue anything but what stands here.

set local role app_jobs;

-- Of a workspace ------------------------------------------------------------------------------------------------------
-- A job's key holds its workspace: who names another's connection replaces none of its jobs, and the job finds nothing.
-- One at a time for each key: asking again while one waits replaces it.

-- `about`: the connection, or the teardown, that the job is for.
create function app.enqueue_own(task text, about uuid, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tenant uuid := app.own_tenant();
  about_name text := case
    when task in ('subscribe_waba', 'register_number', 'check_connection') then 'connectionId'
    when task = 'stop_deliveries' then 'teardownId' end;
begin
  if about_name is null then
    raise exception 'a workspace asks for no %', task using errcode = '42501';
  end if;
  perform graphile_worker.add_job(task,
    json_build_object('tenantId', tenant, about_name, about, 'requestId', request),
    run_at := now() + run_in, job_key := format('%s:%s:%s', task, tenant, about));
end $$;

-- For a trigger that knows the row which changes; nobody else names a workspace here.
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

-- Of the ingest -------------------------------------------------------------------------------------------------------

-- Makes sure that a job which begins after this transaction's commit drains what is open. One such job waits in each
-- lane. A lane runs one job at a time; the setting app.ingest_lanes (on the database) is how many drain at once, over all
-- workers. Who asks often keeps to a lane, so as not to wait for others.
--
-- A job that waits already is held until our commit: nobody can begin it without seeing what we store. Replacing it, as
-- add_job would, leaves a dead row and dead index entries behind each time, hundreds a second, which the next one walks
-- through. The table's name is graphile-worker's own: its version is pinned, and a test holds this.
create function app.wake_ingest(caller int)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  lanes int := coalesce(nullif(current_setting('app.ingest_lanes', true), ''), '2')::int;
  lane text := 'ingest:' || caller % lanes;
begin
  perform from graphile_worker._private_jobs
    where key = lane and locked_at is null and run_at <= now() and attempts = 0 for key share skip locked;
  if found then
    -- Whoever looked for a job while we held it found none, and looks again when told.
    perform pg_notify('jobs:insert', '{"count":1}');
  else
    perform graphile_worker.add_job('process_deliveries', '{}'::json, queue_name := lane, job_key := lane);
  end if;
end $$;

create function app.enqueue_account_event(
  tenant uuid, connection uuid, request text, delivery bigint, item_path text,
  field text, event text, detail jsonb, occurred_at timestamptz)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('apply_account_event',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request,
      'deliveryId', delivery::text, 'itemPath', item_path,
      'field', field, 'event', event, 'detail', detail, 'occurredAt', occurred_at));
end $$;

-- Of any number, for ingest. One for each number and place to go on from.
create function app.enqueue_any_replay(channel text, number_id text, after_item bigint, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('replay_parked',
    json_build_object('provider', channel, 'phoneNumberId', number_id, 'afterItem', after_item::text,
                      'requestId', request),
    run_at := now() + run_in, job_key := format('replay_parked:%s:%s:%s', channel, number_id, after_item));
end $$;

-- Of the owner's functions --------------------------------------------------------------------------------------------

create function app.enqueue_account_mail(mail uuid)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('send_account_mail', json_build_object('mailId', mail),
    job_key := 'send_account_mail:' || mail);
end $$;

revoke execute on function app.enqueue_own(text, uuid, interval, text),
  app.enqueue_mail_of(uuid, uuid, interval), app.enqueue_mail(uuid, interval), app.wake_ingest(int),
  app.enqueue_account_event(uuid, uuid, text, bigint, text, text, text, jsonb, timestamptz),
  app.enqueue_any_replay(text, text, bigint, interval, text), app.enqueue_account_mail(uuid) from public;
grant execute on function app.enqueue_own(text, uuid, interval, text), app.enqueue_mail(uuid, interval) to app_tenant;
grant execute on function app.wake_ingest(int) to app_web, app_ingest, app_owner;
grant execute on function
  app.enqueue_account_event(uuid, uuid, text, bigint, text, text, text, jsonb, timestamptz) to app_ingest;
grant execute on function app.enqueue_any_replay(text, text, bigint, interval, text) to app_ingest, app_owner;
grant execute on function app.enqueue_mail_of(uuid, uuid, interval), app.enqueue_account_mail(uuid) to app_owner;

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
