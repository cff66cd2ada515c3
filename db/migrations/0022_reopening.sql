-- Opens processed deliveries again, as if none of their attempts had been; answers which. An open one is left as it is.
-- One way for the worker, for operators on the server and for those on the pages.
create function app.reopen_deliveries(wanted bigint[])
  returns setof bigint
  language sql set search_path = public, pg_temp as $$
  with held as (
    select id from webhook_deliveries where id = any(wanted) and processed_at is not null
     order by id for no key update)
  update webhook_deliveries d
     set processed_at = null, outcome = null, reopened_at = now(), attempts = 0, retry_at = null
    from held where d.id = held.id returning d.id $$;
revoke execute on function app.reopen_deliveries(bigint[]) from public;
grant execute on function app.reopen_deliveries(bigint[]) to app_ingest;

create or replace function app.operator_replay_part(event_id bigint, after_item bigint, most int)
  returns table (items int, deliveries int, go_on_after bigint)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  wanted jsonb;
  wanted_ids bigint[];
  found_deliveries bigint[];
begin
  select e.subject into wanted from operator_events e
   where e.id = event_id and e.action = 'replay' and e.at > now() - interval '10 minutes' for update;
  if wanted is null then
    raise exception 'no such replay' using errcode = '22023';
  end if;
  if wanted ? 'ids' then
    wanted_ids := array(select jsonb_array_elements_text(wanted -> 'ids')::bigint);
  end if;
  select array_agg(distinct part.delivery_id), count(*)::int, max(part.id)
    into found_deliveries, items, go_on_after
    from (select q.id, q.delivery_id from delivery_quarantine q
           where q.replayed_at is null and q.id > after_item
             and (wanted_ids is null or q.id = any(wanted_ids))
             and (wanted ->> 'phoneNumberId' is null or q.phone_number_id = wanted ->> 'phoneNumberId')
             and (wanted ->> 'reason' is null or q.reason = wanted ->> 'reason')
           order by q.id limit most) part;
  if items < most then
    go_on_after := null;
  end if;
  select count(*)::int into deliveries from app.reopen_deliveries(found_deliveries);
  if deliveries > 0 then
    perform app.wake_ingest((event_id % 1000)::int);
  end if;
  update operator_events e
     set result = jsonb_build_object('items', (e.result ->> 'items')::int + items,
                                     'deliveries', (e.result ->> 'deliveries')::int + deliveries)
   where e.id = event_id;
  return next;
end $$;
