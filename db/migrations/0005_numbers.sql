-- How a connected number is looked after: checks at Meta, and its registration. Apart from channel_connections, whose
-- columns integrators read, and because a check every few hours should not rewrite the row that everything reads.

create table connection_health (
  tenant_id uuid not null,
  connection_id uuid primary key,
  -- A new connection is provisioned first; the check comes after.
  next_check_at timestamptz not null default now() + interval '1 hour',
  checked_at timestamptz,
  -- Conclusive refusals in a row; one alone never changes what the tenant sees.
  refusals int not null default 0,
  last_result text,
  -- The shortest warning before the token's end that was given: 14, 7 or 1 days.
  warned_days int,
  -- When a person asked for a check; under way until `checked_at` passes it.
  check_requested_at timestamptz,
  -- The last check that Meta answered. The three below are from then, in Meta's own code words but the first.
  answered_at timestamptz,
  deliveries text check (deliveries in ('ours', 'missing', 'elsewhere')),
  quality_rating text,
  messaging_limit text,
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
create index connection_health_due_idx on connection_health (next_check_at);
call app.wall_off('connection_health');
grant select, insert, update on connection_health to app_tenant;

-- A number that is added at Meta is not registered: it receives nothing until it is. The two-step PIN that registering
-- sets; what became of it is a fact of the connection. One PIN for a number, kept: a new one at each reconnect would be a
-- wrong one, and Meta locks a number for 72 hours after ten.
create table number_registrations (
  tenant_id uuid not null,
  connection_id uuid primary key,
  pin_enc text not null,
  -- It does not open any more, and that was told.
  pin_unreadable boolean not null default false,
  updated_at timestamptz not null default now(),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id)
);
call app.wall_off('number_registrations');
grant select, insert on number_registrations to app_tenant;
grant update (pin_unreadable, updated_at) on number_registrations to app_tenant;

-- A PIN that does not open any more may be replaced, and no other: nobody could register the number with it again.
create function app.replace_unreadable_pin(connection uuid, sealed text)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update number_registrations set pin_enc = sealed, pin_unreadable = false, updated_at = now()
   where tenant_id = app.current_tenant() and connection_id = connection and pin_unreadable $$;
grant execute on function app.replace_unreadable_pin(uuid, text) to app_tenant;

-- Meta counts the calls that register a number, whoever makes them, and locks it for 72 hours after ten of them in 72
-- hours. Counted by number and not by connection: the count goes with the number when it changes hands. No tenant_id:
-- nobody but the owner reads this table, and the functions below answer for a number that the present tenant holds, with
-- a time and nothing else.
create table registration_tries (
  provider text not null check (provider = 'meta_whatsapp'),
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
grant execute on function app.registration_again_at(uuid), app.take_registration_try(uuid),
  app.hold_registration(uuid) to app_tenant;
