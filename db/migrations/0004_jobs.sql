-- Enqueuing is a database write in the caller's own transaction. The web never touches the job tables: it may call
-- these functions and nothing else. They are owned by the role that owns graphile_worker and name their task
-- themselves, so a caller cannot enqueue anything but what stands here.

set local role app_jobs;

create function app.enqueue_deliveries(delivery_ids bigint[])
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('process_deliveries',
    json_build_object('deliveryIds', (select json_agg(id::text) from unnest(delivery_ids) id)));
end $$;

-- One job at a time for each connection: asking again while one waits only replaces it.
create function app.enqueue_subscription(tenant uuid, connection uuid, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('subscribe_waba',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request),
    job_key := 'subscribe_waba:' || connection);
end $$;

create function app.enqueue_teardown(tenant uuid, teardown uuid, request text)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('stop_deliveries',
    json_build_object('tenantId', tenant, 'teardownId', teardown, 'requestId', request),
    job_key := 'stop_deliveries:' || teardown);
end $$;

revoke execute on function app.enqueue_deliveries(bigint[]), app.enqueue_subscription(uuid, uuid, text),
  app.enqueue_teardown(uuid, uuid, text) from public;
grant execute on function app.enqueue_deliveries(bigint[]) to app_web, app_ingest;
grant execute on function app.enqueue_subscription(uuid, uuid, text), app.enqueue_teardown(uuid, uuid, text) to app_tenant;

set local role app_owner;
