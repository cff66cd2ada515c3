-- What Meta tells of accounts: found by the router between tenants, applied by a job within the tenant's wall.

-- Account fields name a WABA or a number as people write it, never our phone_number_id.
grant select (waba_id, phone_number_e164) on channel_connections to app_ingest;
create index channel_connections_waba_idx on channel_connections (provider, waba_id);
create index channel_connections_e164_idx on channel_connections (provider, phone_number_e164);

-- Meta repeats what it could not deliver for up to seven days, in bodies of their own. The digest of what was told,
-- with its time, lets each connection remember it once.
alter table connection_events add column source_digest text;
create unique index connection_events_source_key on connection_events (tenant_id, connection_id, source_digest)
  where source_digest is not null;

set local role app_jobs;

create function app.enqueue_account_event(
  tenant uuid, connection uuid, request text, delivery bigint, item_path text,
  field text, event text, detail jsonb, occurred_at timestamptz)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('apply_account_event',
    json_build_object('tenantId', tenant, 'connectionId', connection, 'requestId', request,
      'deliveryId', delivery::text, 'itemPath', item_path,
      'field', field, 'event', event, 'detail', detail, 'occurredAt', occurred_at));
end $$;
revoke execute on function
  app.enqueue_account_event(uuid, uuid, text, bigint, text, text, text, jsonb, timestamptz) from public;
grant execute on function
  app.enqueue_account_event(uuid, uuid, text, bigint, text, text, text, jsonb, timestamptz) to app_ingest;

set local role app_owner;
