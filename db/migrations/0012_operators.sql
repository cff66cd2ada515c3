-- Platform staff look across workspaces at what arrives and what becomes of it: deliveries, quarantine, jobs. Their role
-- reads no tenant's rows, no token, no message and no body; what it may do besides stands in the functions below, and
-- each of those that matters leaves a row in operator_events.

-- What staff did. No tenant_id: it is about deliveries, which belong to nobody yet. Written and read by the functions
-- below only. `subject` is what was wanted, `result` what came of it so far.
create table operator_events (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  user_id uuid not null references users (id),
  action text not null check (action in ('body_shown', 'replay')),
  subject jsonb not null,
  result jsonb not null default '{}',
  request_id text not null
);

-- What is looked at ---------------------------------------------------------------------------------------------------

create function app.delivery_sizes(wanted bigint[])
  returns table (id bigint, size_bytes int)
  language sql stable security definer set search_path = public, pg_temp as $$
  select d.id, octet_length(d.body) from webhook_deliveries d where d.id = any(wanted) $$;

-- Who holds these numbers now: the workspace and nothing else of it.
create function app.number_holders(numbers text[])
  returns table (phone_number_id text, tenant_id uuid, tenant_name text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select c.phone_number_id, t.id, t.name from number_claims c join tenants t on t.id = c.tenant_id
   where c.phone_number_id = any(numbers) and c.released_at is null $$;

-- The id of the last delivery that was received up to `moment`, 0 when there is none. Ids ascend with the time of receipt:
-- some thirty looks at the primary key instead of an index that every delivery would have to be written to.
create function app.delivery_id_at(moment timestamptz)
  returns bigint
  language plpgsql stable set search_path = public, pg_temp as $$
declare
  low bigint;
  high bigint;
  middle bigint;
  next_id bigint;
  next_at timestamptz;
begin
  select d.id - 1 into low from webhook_deliveries d order by d.id limit 1;
  select d.id into high from webhook_deliveries d order by d.id desc limit 1;
  if low is null then
    return 0;
  end if;
  while low < high loop
    middle := low + (high - low) / 2;
    select d.id, d.received_at into next_id, next_at
      from webhook_deliveries d where d.id > middle and d.id <= high order by d.id limit 1;
    if next_id is not null and next_at <= moment then
      low := next_id;
    else
      high := middle;
    end if;
  end loop;
  return low;
end $$;
grant execute on function app.delivery_sizes(bigint[]), app.number_holders(text[]),
  app.delivery_id_at(timestamptz) to app_operator;

set local role app_jobs;

-- The first line of an error. Tasks write nothing there that a body or a token could be in; this holds for the queue's
-- own errors, too: long runs with a digit in them are left out, and of long numbers all but four digits.
create function app.plain_error(message text)
  returns text
  language sql immutable set search_path = pg_catalog, pg_temp as $$
  select left(
    regexp_replace(
      regexp_replace(split_part(message, E'\n', 1), '(?=[A-Za-z_+/-]*[0-9])[A-Za-z0-9_+/-]{24,}', '…', 'g'),
      '[0-9]{3,}([0-9]{4})', '…\1', 'g'),
    200) $$;

-- The jobs of each task, never what they carry.
create function app.job_overview()
  returns table (task text, waiting int, running int, failing int, given_up int, oldest_run_at timestamptz,
    last_error text, last_failed_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select j.task_identifier::text,
           (count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts))::int,
           (count(*) filter (where j.locked_at is not null))::int,
           (count(*) filter (where j.last_error is not null and j.attempts < j.max_attempts))::int,
           (count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts))::int,
           min(j.run_at) filter (where j.locked_at is null and j.attempts < j.max_attempts),
           app.plain_error((array_agg(j.last_error order by j.updated_at desc)
                             filter (where j.last_error is not null))[1]),
           max(j.updated_at) filter (where j.last_error is not null)
      from graphile_worker.jobs j group by j.task_identifier order by 1;
end $$;

-- Jobs that are not tried again, the last to end first.
create function app.given_up_jobs(most int)
  returns table (id bigint, task text, tries int, last_error text, ended_at timestamptz)
  language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return query
    select j.id, j.task_identifier::text, j.attempts::int, app.plain_error(j.last_error), j.updated_at
      from graphile_worker.jobs j where j.locked_at is null and j.attempts >= j.max_attempts
     order by j.updated_at desc, j.id desc limit most;
end $$;

revoke execute on function app.plain_error(text), app.job_overview(), app.given_up_jobs(int) from public;
grant execute on function app.job_overview(), app.given_up_jobs(int) to app_operator;

set local role app_owner;

-- What is done --------------------------------------------------------------------------------------------------------

create function app.require_staff(person uuid)
  returns void
  language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from platform_staff s join users u on u.id = s.user_id
                  where s.user_id = person and u.disabled_at is null) then
    raise exception 'not platform staff' using errcode = '42501';
  end if;
end $$;

-- The beginning of one body, and in the same statement the row that says who looked.
create function app.operator_body(delivery bigint, actor uuid, request text)
  returns table (body bytea, size_bytes int)
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform app.require_staff(actor);
  return query
    with noted as (
      insert into operator_events (user_id, action, subject, request_id)
      select actor, 'body_shown', jsonb_build_object('deliveryId', d.id::text), request
        from webhook_deliveries d where d.id = delivery
      returning operator_events.id)
    select substring(d.body for 204800), octet_length(d.body)
      from webhook_deliveries d cross join noted where d.id = delivery;
end $$;

-- Writes down that somebody wants items processed again, as app.replay_items has it. Returns the row's id; nothing is
-- replayed here but what stands in such a row.
create function app.operator_replay_begin(actor uuid, wanted jsonb, request text)
  returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  event_id bigint;
begin
  perform app.require_staff(actor);
  insert into operator_events (user_id, action, subject, result, request_id)
  values (actor, 'replay', wanted, '{"items": 0, "deliveries": 0}', request) returning id into event_id;
  return event_id;
end $$;

-- The next part of what a row wants, and in its result how many items and deliveries that were.
create function app.operator_replay_part(event_id bigint, after_item bigint, most int)
  returns table (items int, deliveries int, go_on_after bigint)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  wanted jsonb;
begin
  select e.subject into wanted from operator_events e
   where e.id = event_id and e.action = 'replay' and e.at > now() - interval '10 minutes' for update;
  if wanted is null then
    raise exception 'no such replay' using errcode = '22023';
  end if;
  select r.items, r.deliveries, r.go_on_after into items, deliveries, go_on_after
    from app.replay_items(wanted, after_item, most) r;
  update operator_events e
     set result = jsonb_build_object('items', (e.result ->> 'items')::int + items,
                                     'deliveries', (e.result ->> 'deliveries')::int + deliveries)
   where e.id = event_id;
  return next;
end $$;

-- What staff did, newest first.
create function app.operator_trail(before_id bigint, most int)
  returns table (id bigint, at timestamptz, email text, action text, subject jsonb, result jsonb, request_id text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select e.id, e.at, u.email, e.action, e.subject, e.result, e.request_id
    from operator_events e join users u on u.id = e.user_id
   where before_id is null or e.id < before_id order by e.id desc limit most $$;
grant execute on function app.operator_body(bigint, uuid, text), app.operator_replay_begin(uuid, jsonb, text),
  app.operator_replay_part(bigint, bigint, int), app.operator_trail(bigint, int) to app_operator;
