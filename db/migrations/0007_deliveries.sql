-- What arrives: raw deliveries, and what of them reached nobody.
--
-- Deliveries are drained: a job takes up whatever is open, in batches, and not a list of ids. Under load many groups of
-- deliveries then share one waiting job, and a batch is as large as what came in meanwhile.

-- A delivery is kept as the bytes that were signed: JSON may hold \u0000 and lone surrogates, which text and jsonb refuse.
create table webhook_deliveries (
  id bigint generated always as identity primary key,
  provider text not null check (provider = 'meta_whatsapp'),
  request_id text not null,
  received_at timestamptz not null default clock_timestamp(),
  body bytea not null,
  processed_at timestamptz,
  outcome text check (outcome in ('processed', 'quarantined', 'ignored', 'failed')),
  -- One that cannot be processed for a reason that is not in its items is tried alone, later and later.
  attempts smallint not null default 0,
  retry_at timestamptz,
  -- Processed once more; everything in it that was stored already stays as it is.
  reopened_at timestamptz,
  -- Fields and lists in it that the build which processed it passed by, as it cannot read them. A build that can processes
  -- it once more, and notes what it passes by itself. Null where nothing was.
  ignored_fields text[],
  -- One account that is flooded must not make everybody wait for the end of its flood: each delivery falls into one of
  -- 64 shares by the account it names, and whoever takes up work takes some of each share. It is a hint for the order of
  -- work and nothing else: a delivery for several accounts falls into the share of the first.
  share smallint not null default 0 check (share between 0 and 63),
  check ((processed_at is null) = (outcome is null))
)
-- A delivery leaves a dead row when it is processed and another when it is dropped. A fifth of the table, the default
-- for a vacuum, is days of them: a twentieth keeps what is waiting to be used again small. Bodies over 2 kB stand in
-- the second table.
with (
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05,
  toast.autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_insert_scale_factor = 0.05);
create index webhook_deliveries_open_idx on webhook_deliveries (share, id) where processed_at is null;
-- The second is for what was ignored before that was noted: anything may be in it.
create index webhook_deliveries_ignored_idx on webhook_deliveries using gin (ignored_fields)
  where ignored_fields is not null;
create index webhook_deliveries_unnoted_idx on webhook_deliveries (id)
  where outcome = 'ignored' and ignored_fields is null;
grant insert, select (id) on webhook_deliveries to app_web;
grant select, update (processed_at, outcome, attempts, retry_at, reopened_at, ignored_fields) on webhook_deliveries to app_ingest;
-- Everything but the body.
grant select (id, provider, request_id, received_at, processed_at, outcome, attempts, retry_at, reopened_at)
  on webhook_deliveries to app_operator;

-- Items of a delivery that reached nobody: kept with their place in it, so that they can be looked into and replayed.
create table delivery_quarantine (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references webhook_deliveries (id),
  item_path text not null,
  reason text not null check (reason in ('unreadable', 'unknown_number', 'conflict', 'failed')),
  phone_number_id text,
  detail text,
  created_at timestamptz not null default now(),
  replayed_at timestamptz,
  unique (delivery_id, item_path)
);
create index delivery_quarantine_parked_idx on delivery_quarantine (phone_number_id, id) where replayed_at is null;
create index delivery_quarantine_replayed_idx on delivery_quarantine (replayed_at) where replayed_at is not null;
grant select, insert, update (reason, detail, replayed_at) on delivery_quarantine to app_ingest;
grant select on delivery_quarantine to app_operator;

-- Stores deliveries and wakes the ingest: one statement, one commit, one round trip. As the caller's own role. The bodies
-- come one after the other in one value: an array of them would be written as text, twice as long.
create function app.accept_deliveries(
  caller int, providers text[], request_ids text[], sizes int[], bodies bytea, shares smallint[] default '{}')
  returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  insert into webhook_deliveries (provider, request_id, body, share)
  select provider, request_id, substring(bodies from (ends - size + 1)::int for size), coalesce(share, 0)
    from (select provider, request_id, size, share, sum(size) over (order by n) as ends
            from unnest(providers, request_ids, sizes, shares)
                 with ordinality as d (provider, request_id, size, share, n)) placed
   order by ends;
  perform app.enqueue('process_deliveries', '{}', lane := caller);
end $$;
grant execute on function app.accept_deliveries(int, text[], text[], int[], bytea, smallint[]) to app_web;

-- Opens processed deliveries again, as if none of their attempts had been; returns which. An open one is left as it is.
create function app.reopen_deliveries(wanted bigint[])
  returns setof bigint
  language sql set search_path = public, pg_temp as $$
  with held as (
    select id from webhook_deliveries where id = any(wanted) and processed_at is not null
     order by id for no key update)
  update webhook_deliveries d
     set processed_at = null, outcome = null, reopened_at = now(), attempts = 0, retry_at = null
    from held where d.id = held.id returning d.id $$;
grant execute on function app.reopen_deliveries(bigint[]) to app_ingest;

-- Opens the deliveries of the next `most` wanted items in quarantine again and wakes the ingest, in the caller's
-- transaction. `wanted`: {"ids": [..]}, or {"reason": .., "phoneNumberId": ..} with either left out. `go_on_after`: the last
-- item's id, null at the end. One way for operators on the server and for those on the pages.
create function app.replay_items(wanted jsonb, after_item bigint, most int)
  returns table (items int, deliveries int, go_on_after bigint)
  language plpgsql security definer
  -- Planned with what is wanted this time: a number has an index, and so have ids.
  set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  wanted_ids bigint[] := case when wanted ? 'ids'
    then array(select jsonb_array_elements_text(wanted -> 'ids')::bigint) end;
  wanted_number text := wanted ->> 'phoneNumberId';
  wanted_reason text := wanted ->> 'reason';
  found_deliveries bigint[];
begin
  select array_agg(distinct part.delivery_id), count(*)::int, max(part.id)
    into found_deliveries, items, go_on_after
    from (select q.id, q.delivery_id from delivery_quarantine q
           where q.replayed_at is null and q.id > after_item
             and (wanted_ids is null or q.id = any(wanted_ids))
             and (wanted_number is null or q.phone_number_id = wanted_number)
             and (wanted_reason is null or q.reason = wanted_reason)
           order by q.id limit most) part;
  if items < most then
    go_on_after := null;
  end if;
  select count(*)::int into deliveries from app.reopen_deliveries(found_deliveries);
  if deliveries > 0 then
    perform app.enqueue_as('app_owner', 'process_deliveries', '{}');
  end if;
  return next;
end $$;
grant execute on function app.replay_items(jsonb, bigint, int) to app_ingest;

-- How many items that came since `since`, while this connection held its number, are in quarantine. Looks at the number's
-- newest `most` and no further; 0 for a connection of another workspace.
create function app.count_set_aside(connection uuid, since timestamptz, most int)
  returns int
  language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int
    from number_claims n
   cross join lateral (
     select q.created_at from delivery_quarantine q
      where q.phone_number_id = n.phone_number_id and q.replayed_at is null
      order by q.id desc limit most) newest
   where n.tenant_id = (select app.current_tenant()) and n.connection_id = connection and n.released_at is null
     and newest.created_at >= greatest(since, n.claimed_at) $$;
grant execute on function app.count_set_aside(uuid, timestamptz, int) to app_tenant;

-- Retention -----------------------------------------------------------------------------------------------------------

-- Every delivery up to `dropped_through` was looked at: it is gone, or has items in quarantine. Without this mark each
-- run would pass by all that is kept, and by the index entries of what it dropped before.
create table delivery_retention (
  only_row boolean primary key default true check (only_row),
  dropped_through bigint not null default 0
);
insert into delivery_retention default values;

-- Drops processed deliveries that were received longer than `keep_for` ago, at most `most` of those that never had an
-- item in quarantine, and those of at most `most` items that were replayed that long ago, with these items. It stops at
-- the first delivery that is open or too young; ids ascend with the time of receipt. `more`: call again. Meta repeats a
-- delivery for seven days: it must still be found then.
create function app.drop_deliveries(keep_for interval, most int)
  returns table (dropped int, more boolean)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  cutoff timestamptz := now() - keep_for;
  mark bigint;
  last_seen bigint;
  through bigint;
  looked_at int;
  replayed int;
  freed bigint[];
  freed_count int;
begin
  if keep_for < interval '8 days' then
    raise exception 'deliveries are kept for at least 8 days' using errcode = '22023';
  end if;
  dropped := 0;
  more := false;
  select dropped_through into mark from delivery_retention for update skip locked;
  if not found then
    return next; -- Another worker is at it.
    return;
  end if;

  select coalesce(min(id) filter (where stays) - 1, max(id)), max(id), count(*) into through, last_seen, looked_at
    from (select id, processed_at is null or received_at >= cutoff as stays
            from webhook_deliveries where id > mark order by id limit most) chunk;
  if through > mark then
    -- The range is named twice: however large the quarantine is, only this part of it is looked at.
    delete from webhook_deliveries d where id > mark and id <= through
       and not exists (select from delivery_quarantine q
                        where q.delivery_id = d.id and q.delivery_id > mark and q.delivery_id <= through);
    get diagnostics dropped = row_count;
    update delivery_retention set dropped_through = through;
    more := looked_at = most and through = last_seen;
    mark := through;
  end if;

  with outlived as (
    delete from delivery_quarantine where id in (
      select id from delivery_quarantine where replayed_at < cutoff order by replayed_at limit most)
    returning delivery_id)
  select array_agg(distinct delivery_id), count(*) into freed, replayed from outlived;
  delete from webhook_deliveries d where id = any(freed) and id <= mark and processed_at is not null
     and not exists (select from delivery_quarantine q where q.delivery_id = d.id);
  get diagnostics freed_count = row_count;
  dropped := dropped + freed_count;
  more := more or replayed = most;
  return next;
end $$;
grant execute on function app.drop_deliveries(interval, int) to app_ingest;
