-- How often a number may be registered, and whose an attempt to connect is.

-- Meta counts the calls that register a number, whoever makes them, and locks it for 72 hours after ten of them in 72
-- hours. Counted by number and not by connection: the count goes with the number when it changes hands. No tenant_id:
-- nobody but the owner reads this table, and the functions below answer for a number that the present tenant holds, with
-- a time and nothing else.
create table registration_tries (
  provider text not null,
  phone_number_id text not null,
  -- Of the last 72 hours. Each is committed before Meta hears of it.
  tried_at timestamptz[] not null default '{}',
  -- Meta has said itself that it was too often.
  held_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (provider, phone_number_id)
);

-- When the next try is allowed; null or past: now. Eight of Meta's ten are ours, the rest is left to WhatsApp Manager
-- and to other partners, whose calls nobody tells us of.
create function app.registration_opens_at(tries timestamptz[], held timestamptz)
  returns timestamptz
  language sql immutable parallel safe as $$
  select greatest(held, (select at + interval '72 hours' from unnest(tries) at order by at desc offset 7 limit 1)) $$;

create function app.registration_again_at(connection uuid)
  returns timestamptz
  language sql stable security definer set search_path = public, pg_temp as $$
  select opens_at
    from channel_connections c
    join registration_tries t on t.provider = c.provider and t.phone_number_id = c.phone_number_id
   cross join app.registration_opens_at(t.tried_at, t.held_until) opens_at
   where c.tenant_id = (select app.current_tenant()) and c.id = connection and c.status = 'active'
     and opens_at > clock_timestamp() $$;

-- Counts one try, unless it would be one too many. However many ask at once, they take their turns at the number's row.
create function app.take_registration_try(connection uuid)
  returns table (taken boolean, opens_at timestamptz)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  channel text;
  number_id text;
begin
  select c.provider, c.phone_number_id into channel, number_id from channel_connections c
   where c.tenant_id = app.current_tenant() and c.id = connection and c.status = 'active';
  if number_id is null then
    return query select false, null::timestamptz;
    return;
  end if;
  insert into registration_tries (provider, phone_number_id) values (channel, number_id) on conflict do nothing;
  select app.registration_opens_at(t.tried_at, t.held_until) into opens_at from registration_tries t
   where t.provider = channel and t.phone_number_id = number_id for update;
  taken := coalesce(opens_at <= clock_timestamp(), true);
  if taken then
    opens_at := null;
    update registration_tries t
       set updated_at = clock_timestamp(),
           tried_at = array(select at from unnest(t.tried_at) at
                             where at > clock_timestamp() - interval '72 hours' order by at) || clock_timestamp()
     where t.provider = channel and t.phone_number_id = number_id;
  end if;
  return next;
end $$;

-- Meta has locked the number: nothing is tried before its 72 hours are over.
create function app.hold_registration(connection uuid)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  insert into registration_tries as t (provider, phone_number_id, held_until)
  select c.provider, c.phone_number_id, clock_timestamp() + interval '72 hours' from channel_connections c
   where c.tenant_id = (select app.current_tenant()) and c.id = connection and c.status = 'active'
     and c.phone_number_id is not null
      on conflict (provider, phone_number_id) do update
     set held_until = excluded.held_until, updated_at = clock_timestamp() $$;

create or replace function app.forget_outlived()
  returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
  states int;
begin
  delete from oauth_states where expires_at < now() - interval '30 days';
  get diagnostics states = row_count;
  delete from deletion_requests where completed_at < now() - interval '3 years';
  get diagnostics gone = row_count;
  delete from registration_tries where updated_at < now() - interval '4 days';
  return states + gone;
end $$;

-- An attempt is its person's: a grant that waits for its number is seen, continued and replaced by nobody else. Null for
-- a row that has, or had, a number: that is the workspace's.
alter table channel_connections
  add column attempted_by uuid,
  add foreign key (tenant_id, attempted_by) references memberships (tenant_id, user_id)
    on delete set null (attempted_by);

-- Nobody wrote down until now whose they are. The longest lived of them would have ended within the hour.
update channel_connections
   set status = 'revoked', access_token_enc = null, token_expires_at = null, updated_at = now(),
       metadata = metadata - 'choices' - 'error'
 where phone_number_id is null and status in ('pending', 'error');

create unique index channel_connections_attempt_key on channel_connections (tenant_id, provider, attempted_by)
  where phone_number_id is null and status in ('pending', 'error');

-- Whether the person is an enabled member of the present tenant. That stays true until the transaction ends: whoever ends
-- the membership waits, and then finds what was kept meanwhile. In two statements, for the second must see what was
-- committed while the first waited.
create function app.hold_membership(person uuid)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from memberships m where m.tenant_id = app.current_tenant() and m.user_id = person for no key update;
  if not found then
    return false;
  end if;
  return exists (select from users u where u.id = person and u.disabled_at is null);
end $$;

-- Destroys what the person was granted and has not connected. Answers how many grants. A web process of before connects
-- a number in such a row and leaves whose it was: that number is the workspace's all the same.
create function app.end_attempts(tenant uuid, person uuid)
  returns int
  language plpgsql set search_path = public, pg_temp as $$
declare
  attempt channel_connections%rowtype;
  ended int := 0;
begin
  for attempt in
    select * from channel_connections
     where tenant_id = tenant and attempted_by = person and phone_number_id is null
       and status in ('pending', 'error') order by id for update
  loop
    update channel_connections
       set status = 'revoked', access_token_enc = null, token_expires_at = null, updated_at = now(),
           metadata = metadata - 'choices' - 'error'
     where id = attempt.id;
    continue when attempt.status <> 'pending';
    insert into connection_events (tenant_id, connection_id, provider, kind)
    values (tenant, attempt.id, attempt.provider, 'attempt_ended');
    ended := ended + 1;
  end loop;
  return ended;
end $$;

-- Whatever ends a membership, or stops a person from acting, ends their attempts in the same transaction.
create function app.follow_memberships()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform app.end_attempts(old.tenant_id, old.user_id);
  return old;
end $$;
create trigger end_attempts before delete on memberships
  for each row execute function app.follow_memberships();

create function app.follow_disabling()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
declare
  held memberships%rowtype;
begin
  for held in select * from memberships where user_id = new.id order by tenant_id for no key update loop
    perform app.end_attempts(held.tenant_id, held.user_id);
  end loop;
  return null;
end $$;
create trigger end_attempts after update of disabled_at on users
  for each row when (old.disabled_at is null and new.disabled_at is not null)
  execute function app.follow_disabling();

-- Ends a membership and all that stands on it: sessions, sign-ins at Meta that are under way, grants that wait. Answers
-- what that was; `was_member` is false, and nothing changed, for somebody who is no member. Numbers that the person connected
-- are the workspace's and stay. For the owner alone.
create function app.end_membership(tenant uuid, person uuid)
  returns table (was_member boolean, sessions int, states int, grants int, admins_left int)
  language plpgsql set search_path = public, pg_temp as $$
begin
  perform from memberships m where m.tenant_id = tenant and m.user_id = person for update;
  was_member := found;
  select count(*)::int into sessions from sessions s where s.tenant_id = tenant and s.user_id = person;
  select count(*)::int into states from oauth_states o
   where o.tenant_id = tenant and o.user_id = person and o.used_at is null and o.expires_at > now();
  select count(*)::int into grants from channel_connections c
   where c.tenant_id = tenant and c.attempted_by = person and c.status = 'pending';
  delete from memberships m where m.tenant_id = tenant and m.user_id = person;
  select count(*)::int into admins_left from memberships m join users u on u.id = m.user_id
   where m.tenant_id = tenant and m.role = 'admin' and u.disabled_at is null;
  return next;
end $$;

revoke execute on function app.registration_opens_at(timestamptz[], timestamptz), app.registration_again_at(uuid),
  app.take_registration_try(uuid), app.hold_registration(uuid), app.hold_membership(uuid),
  app.end_attempts(uuid, uuid), app.follow_memberships(), app.follow_disabling(),
  app.end_membership(uuid, uuid) from public;
grant execute on function app.registration_again_at(uuid), app.take_registration_try(uuid),
  app.hold_registration(uuid), app.hold_membership(uuid) to app_tenant;
