-- Somebody proved rights to a number at Meta while another workspace holds it. The holder learns that it was asked for,
-- and never by whom; the asker learns nothing either. At most one event a day for each number, however often it is tried.
create function app.ask_holder_for_number(channel text, number_id text, asking_tenant uuid, request text)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  holder channel_connections%rowtype;
begin
  select * into holder from channel_connections
   where provider = channel and phone_number_id = number_id and tenant_id <> asking_tenant
     and status in ('active', 'error') for no key update;
  if not found or (holder.metadata->>'requested_at')::timestamptz > now() - interval '1 day' then
    return;
  end if;
  update channel_connections
     set metadata = metadata || jsonb_build_object('requested_at', now()) where id = holder.id;
  insert into connection_events (tenant_id, connection_id, provider, kind, request_id)
  values (holder.tenant_id, holder.id, channel, 'number_requested', request);
end $$;
revoke execute on function app.ask_holder_for_number(text, text, uuid, text) from public;
grant execute on function app.ask_holder_for_number(text, text, uuid, text) to app_tenant;
