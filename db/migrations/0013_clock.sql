-- What the worker's clock does in all workspaces. It sees ids and times, and no rows.

-- Connections of all tenants that are due for a check, each put off so that no second clock takes it up meanwhile.
-- Returns ids only.
create function app.take_due_checks(most int, put_off interval)
  returns table (tenant_id uuid, connection_id uuid)
  language sql security definer set search_path = public, pg_temp as $$
  insert into connection_health (tenant_id, connection_id)
  select c.tenant_id, c.id from channel_connections c
   where c.status in ('active', 'error') and c.access_token_enc is not null and c.phone_number_id is not null
     and not exists (select from connection_health h where h.connection_id = c.id)
      on conflict do nothing;
  update connection_health h set next_check_at = now() + put_off
    from (select d.connection_id from connection_health d
           join channel_connections c on c.id = d.connection_id
          where d.next_check_at <= now() and c.status in ('active', 'error') and c.access_token_enc is not null
          order by d.next_check_at limit most for update of d skip locked) due
   where h.connection_id = due.connection_id
  returning h.tenant_id, h.connection_id $$;

-- A choice between numbers that nobody made in time: the attempt ends and its token is destroyed. Returns how many.
create function app.expire_number_choices()
  returns int
  language sql security definer set search_path = public, pg_temp as $$
  with ended as (
    update channel_connections
       set status = 'revoked', access_token_enc = null, token_expires_at = null,
           choice_expires_at = null, metadata = metadata - 'choices', updated_at = now()
     where status = 'pending' and choice_expires_at < now()
    returning 1)
  select count(*)::int from ended $$;

-- What has served its purpose: states a month after they ended (an address of theirs, kept by a browser, then names
-- nothing), the record of a deletion request three years after it was carried out, and tries to register a number that
-- nothing is counted by any more. Returns how many states and records went.
create function app.forget_outlived()
  returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
  states int;
begin
  -- Those without a person were taken over as history.
  delete from oauth_states where expires_at < now() - interval '30 days' and user_id is not null;
  get diagnostics states = row_count;
  delete from deletion_requests where completed_at < now() - interval '3 years';
  get diagnostics gone = row_count;
  delete from registration_tries where updated_at < now() - interval '4 days';
  return states + gone;
end $$;

-- What has served its purpose: sessions past their end (whose streams thereby end, too), mails and requests a month after
-- they were made. Returns how many rows went.
create function app.forget_past_access()
  returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
  total int := 0;
begin
  delete from sessions where expires_at < now();
  get diagnostics gone = row_count;
  total := total + gone;
  delete from account_mails where created_at < now() - interval '30 days';
  get diagnostics gone = row_count;
  total := total + gone;
  delete from password_resets r where r.requested_at < now() - interval '30 days';
  get diagnostics gone = row_count;
  return total + gone;
end $$;
grant execute on function app.take_due_checks(int, interval), app.expire_number_choices(), app.forget_outlived(),
  app.forget_past_access() to app_clock;
