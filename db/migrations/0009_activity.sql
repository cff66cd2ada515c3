-- Who is who in a workspace, by e-mail, for the people in it: the log of changes names its actors.
create function app.people_of_tenant()
  returns table (user_id uuid, email text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.email from memberships m join users u on u.id = m.user_id
   where m.tenant_id = app.current_tenant() $$;

-- A choice between numbers that nobody made in time: the attempt ends and its token is destroyed. Answers how many.
create function app.expire_number_choices()
  returns int
  language sql security definer set search_path = public, pg_temp as $$
  with ended as (
    update channel_connections
       set status = 'revoked', access_token_enc = null, token_expires_at = null,
           metadata = metadata - 'choices', updated_at = now()
     where status = 'pending' and (metadata->'choices'->>'expires_at')::timestamptz < now()
    returning 1)
  select count(*)::int from ended $$;

revoke execute on function app.people_of_tenant(), app.expire_number_choices() from public;
grant execute on function app.people_of_tenant(), app.expire_number_choices() to app_tenant;
