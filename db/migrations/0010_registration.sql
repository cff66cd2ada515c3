-- A number that is added at Meta is not registered: it receives nothing until it is. What became of that, for each
-- connection, and the two-step PIN that registering sets. One PIN for a number, kept: a new one at each reconnect would
-- be a wrong one, and Meta locks a number for 72 hours after ten.
create table number_registrations (
  tenant_id uuid not null,
  connection_id uuid primary key,
  pin_enc text not null,
  result text not null default 'open' check (result in ('open', 'registered', 'failed')),
  code text,
  updated_at timestamptz not null default now(),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
call app.wall_off('number_registrations');
grant select, insert on number_registrations to app_tenant;
grant update (result, code, updated_at) on number_registrations to app_tenant;

set local role app_jobs;

create function app.enqueue_registration(tenant uuid, connection uuid, run_in interval, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('register_number',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    run_at := now() + run_in, job_key := 'register_number:' || connection);
end $$;
revoke execute on function app.enqueue_registration(uuid, uuid, interval, text) from public;
grant execute on function app.enqueue_registration(uuid, uuid, interval, text) to app_tenant;

set local role app_owner;
