-- A PIN that does not open any more may be replaced, and no other: nobody could register the number with it again.

create function app.replace_unreadable_pin(connection uuid, sealed text)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update number_registrations set pin_enc = sealed, updated_at = now()
   where tenant_id = app.current_tenant() and connection_id = connection and code = 'pin_unreadable' $$;
revoke execute on function app.replace_unreadable_pin(uuid, text) from public;
grant execute on function app.replace_unreadable_pin(uuid, text) to app_tenant;
