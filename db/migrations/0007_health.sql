-- When each connection is looked after, and what the last look found. Apart from channel_connections, whose columns are
-- the mission's, and because a check every few hours should not rewrite the row that everything reads.

create table connection_health (
  tenant_id uuid not null,
  connection_id uuid primary key,
  -- A new connection is provisioned first; the look comes after.
  next_check_at timestamptz not null default now() + interval '1 hour',
  checked_at timestamptz,
  -- Conclusive refusals in a row; one alone never changes what the tenant sees.
  refusals int not null default 0,
  last_result text,
  -- The shortest warning before the token's end that was given: 14, 7 or 1 days.
  warned_days int,
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
create index connection_health_due_idx on connection_health (next_check_at);
call app.wall_off('connection_health');
grant select, insert, update on connection_health to app_tenant;

-- Connections of all tenants that are due for a look, each put off so that no second clock takes it up meanwhile.
-- Answers ids only.
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
revoke execute on function app.take_due_checks(int, interval) from public;
grant execute on function app.take_due_checks(int, interval) to app_tenant;

set local role app_jobs;

-- One at a time for each connection; asking again while one waits replaces it.
create function app.enqueue_check(tenant uuid, connection uuid, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('check_connection',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    run_at := now() + run_in, job_key := 'check_connection:' || connection);
end $$;
revoke execute on function app.enqueue_check(uuid, uuid, interval, text) from public;
grant execute on function app.enqueue_check(uuid, uuid, interval, text) to app_tenant;

set local role app_owner;
