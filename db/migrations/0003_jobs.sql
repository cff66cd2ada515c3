-- Asking for a job. It is a database write in the caller's own transaction: app.enqueue, and nothing else. Nobody but the
-- queue's own role touches the job tables.
--
-- What a job is called and carries stands in db/jobs.ts; here stands what holds whoever asks, and however: which role may
-- ask for it, and by what its key tells one job from another. The wall between workspaces needs both, so no caller says
-- either. `walls.txt` lists them.

-- One job waits for each key: asking again replaces it, with its time and its tries.
create table app.jobs (
  task text primary key,
  -- Fields of the payload that follow the task in the key. With tenantId among them, who names another workspace's
  -- connection replaces none of its jobs, and the job finds nothing.
  key text[],
  -- Instead, of a job that is for whatever is open when it runs: the name of its lanes. See below.
  lane text,
  check ((key is null) <> (lane is null))
);

-- A job that is in no row is nobody's to ask for but the clock's, which is the queue's own.
create table app.job_rights (
  task text not null references app.jobs,
  role text not null,
  -- Only for a number that the workspace holds.
  own_number boolean not null default false,
  primary key (task, role)
);
grant select on app.jobs, app.job_rights to app_jobs;

insert into app.jobs (task, key, lane) values
  ('process_deliveries', null, 'ingest'),
  ('subscribe_waba', '{tenantId,connectionId}', null),
  ('stop_deliveries', '{tenantId,teardownId}', null),
  ('register_number', '{tenantId,connectionId}', null),
  ('request_history', '{tenantId,connectionId}', null),
  ('check_connection', '{tenantId,connectionId}', null),
  ('apply_account_event', '{tenantId,connectionId,deliveryId,itemPath}', null),
  ('replay_parked', '{provider,phoneNumberId,afterItem}', null),
  ('send_mail', '{tenantId,mailId}', null),
  ('send_account_mail', '{mailId}', null);

insert into app.job_rights (task, role, own_number) values
  ('process_deliveries', 'app_web', false),
  ('process_deliveries', 'app_ingest', false),
  ('process_deliveries', 'app_owner', false),
  ('subscribe_waba', 'app_tenant', false),
  ('stop_deliveries', 'app_tenant', false),
  ('register_number', 'app_tenant', false),
  ('request_history', 'app_tenant', false),
  ('check_connection', 'app_tenant', false),
  ('apply_account_event', 'app_ingest', false),
  ('replay_parked', 'app_tenant', true),
  ('replay_parked', 'app_ingest', false),
  ('send_mail', 'app_tenant', false),
  ('send_mail', 'app_owner', false),
  ('send_account_mail', 'app_owner', false);

create function app.holds_number(tenant uuid, channel text, number_id text)
  returns boolean
  language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return exists (select from number_claims
                  where tenant_id = tenant and provider = channel and phone_number_id = number_id
                    and released_at is null);
end $$;
grant execute on function app.holds_number(uuid, text, text) to app_jobs;

set local role app_jobs;

-- The one that enqueues. `asking` is believed, so it is called by app.enqueue, and by the owner's functions: these act
-- with more than their caller's rights, and know the row that a job is about.
--
-- With lanes: makes sure that a job which begins after this transaction's commit drains what is open. One such job waits
-- in each lane. A lane runs one job at a time; the setting app.ingest_lanes (on the database) is how many drain at once,
-- over all workers. Who asks often keeps to a lane, so as not to wait for others; who names none gets any.
--
-- A job that waits in a lane already is held until our commit: nobody can begin it without seeing what we store.
-- Replacing it, as add_job would, leaves a dead row and dead index entries behind each time, hundreds a second, which the
-- next one walks through. The table's name is graphile-worker's own: its version is pinned, and a test holds this.
create function app.enqueue_as(asking text, job text, payload jsonb, run_in interval default '0', lane int default null)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rule record;
  job_key text;
  lanes int;
begin
  select j.key, j.lane, r.own_number into rule
    from app.job_rights r join app.jobs j on j.task = r.task where r.task = job and r.role = asking;
  if not found then
    raise exception '% asks for no %', asking, job using errcode = '42501';
  end if;

  if rule.lane is not null then
    lanes := coalesce(nullif(current_setting('app.ingest_lanes', true), ''), '2')::int;
    job_key := rule.lane || ':' || coalesce(lane, floor(random() * 1000)::int) % lanes;
    perform from graphile_worker._private_jobs
      where key = job_key and locked_at is null and run_at <= now() and attempts = 0 for key share skip locked;
    if found then
      -- Whoever looked for a job while we held it found none, and looks again when told.
      perform pg_notify('jobs:insert', '{"count":1}');
    else
      perform graphile_worker.add_job(job, payload::json, queue_name := job_key, job_key := job_key);
    end if;
    return;
  end if;

  if rule.own_number
     and not app.holds_number((payload ->> 'tenantId')::uuid, payload ->> 'provider', payload ->> 'phoneNumberId') then
    raise exception 'another''s number' using errcode = '42501';
  end if;
  select string_agg(payload ->> field, ':' order by at) into job_key
    from unnest(rule.key) with ordinality k (field, at) having count(payload ->> field) = cardinality(rule.key);
  if job_key is null then
    raise exception '% has a key of %', job, rule.key using errcode = '22023';
  end if;
  perform graphile_worker.add_job(job, payload::json, run_at := now() + run_in, job_key := job || ':' || job_key);
end $$;

-- What everybody calls. Who asks is the role in which the session acts, which a function with its owner's rights does not
-- change. A workspace's job is its transaction's, whatever workspace the payload names.
create function app.enqueue(job text, payload jsonb, run_in interval default '0', lane int default null)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  asking text := current_setting('role');
begin
  if asking = 'app_tenant' then
    payload := payload || jsonb_build_object('tenantId', app.own_tenant());
  end if;
  perform app.enqueue_as(asking, job, payload, run_in, lane);
end $$;

revoke execute on function app.enqueue_as(text, text, jsonb, interval, int), app.enqueue(text, jsonb, interval, int)
  from public;
grant execute on function app.enqueue(text, jsonb, interval, int) to app_tenant, app_web, app_ingest;
grant execute on function app.enqueue_as(text, text, jsonb, interval, int) to app_owner;

set local role app_owner;
