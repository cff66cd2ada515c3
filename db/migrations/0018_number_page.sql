-- What a number's own page shows: what the last look at Meta brought, and how the last day went.

alter table connection_health
  -- When a person asked for a look; under way until `checked_at` passes it.
  add column check_requested_at timestamptz,
  -- The last look that Meta answered. The three below are from then, in Meta's own code words but the first.
  add column answered_at timestamptz,
  add column deliveries text check (deliveries in ('ours', 'missing', 'elsewhere')),
  add column quality_rating text,
  add column messaging_limit text;

-- Only messages that failed once have an entry: ordinary ones cost nothing, and a receipt does not move it.
create index messages_failed_idx on messages (tenant_id, failed_at) where failed_at is not null;

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
revoke execute on function app.count_set_aside(uuid, timestamptz, int) from public;
grant execute on function app.count_set_aside(uuid, timestamptz, int) to app_tenant;
