-- Items in quarantine get another chance, and deliveries that have served their purpose go.

-- A delivery is reopened to be processed once more; everything in it that was stored already stays as it is.
alter table webhook_deliveries add column reopened_at timestamptz;
grant update (reopened_at) on webhook_deliveries to app_ingest;

drop index delivery_quarantine_number_idx;
create index delivery_quarantine_parked_idx on delivery_quarantine (phone_number_id, id) where replayed_at is null;
create index delivery_quarantine_replayed_idx on delivery_quarantine (replayed_at) where replayed_at is not null;

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
revoke execute on function app.drop_deliveries(interval, int) from public;
grant execute on function app.drop_deliveries(interval, int) to app_ingest;

-- A delivery leaves a dead row when it is processed and another when it is dropped. A fifth of the table, the default
-- for a vacuum, is days of them: a twentieth keeps what is waiting to be used again small. Bodies over 2 kB stand in
-- the second table.
alter table webhook_deliveries set (
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.05,
  toast.autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_insert_scale_factor = 0.05);

set local role app_jobs;

-- One for each number and place to go on from: asking again while one waits only replaces it.
create function app.enqueue_replay(channel text, number_id text, after_item bigint, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('replay_parked',
    json_build_object('provider', channel, 'phoneNumberId', number_id, 'afterItem', after_item::text,
                      'requestId', request),
    run_at := now() + run_in, job_key := format('replay_parked:%s:%s:%s', channel, number_id, after_item));
end $$;
revoke execute on function app.enqueue_replay(text, text, bigint, interval, text) from public;
grant execute on function app.enqueue_replay(text, text, bigint, interval, text) to app_tenant, app_ingest;

set local role app_owner;
