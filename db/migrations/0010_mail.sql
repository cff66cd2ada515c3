-- E-mail: to a workspace's admins when one of its numbers needs them, and to a person about their account.

-- To admins -----------------------------------------------------------------------------------------------------------
-- An incident is one stretch of `error` of a connection that worked before it. However one begins (a check at Meta, news
-- of the account, a person who takes our access back), it begins by an UPDATE of channel_connections, so the table
-- itself opens its mail, in the same transaction, and ends it when the connection works again or is left.

create table mail_outbox (
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  connection_id uuid not null,
  kind text not null check (kind in ('access_lost', 'token_expiring')),
  -- What it tells of: the kind, the connection, and when it began. Told of again, it makes no second mail.
  incident text not null unique,
  created_at timestamptz not null default now(),
  -- When the incident ended: whoever has not been told by then is not told any more.
  over_at timestamptz,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'not_sent')),
  -- Why nobody was told: no mail server is set up, it was over before, the workspace has no admin, every address was
  -- refused, the last attempt failed.
  reason text check (reason in ('off', 'over', 'nobody', 'refused', 'gave_up')),
  check ((state = 'not_sent') = (reason is not null)),
  unique (tenant_id, id),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id) on delete cascade
);
create index mail_outbox_open_idx on mail_outbox (tenant_id, connection_id) where over_at is null;
call app.wall_off('mail_outbox');
grant select, insert, update (over_at, state, reason) on mail_outbox to app_tenant;

-- A row for each person and mail, so that an attempt goes on where the one before it ended. Holds no address.
create table mail_recipients (
  -- The Message-ID is made of it: the same in every attempt.
  id uuid primary key default gen_random_uuid(),
  tenant_id uuid not null,
  mail_id uuid not null,
  user_id uuid not null references users (id) on delete cascade,
  sent_at timestamptz,
  -- The reply of a mail server that will never take it.
  refused_code text,
  unique (mail_id, user_id),
  check (sent_at is null or refused_code is null),
  foreign key (tenant_id, mail_id) references mail_outbox (tenant_id, id) on delete cascade
);
call app.wall_off('mail_recipients');
grant select, insert, update (sent_at, refused_code) on mail_recipients to app_tenant;

-- As the owner: of the workspace of the row that changes, whoever changes it.
create function app.follow_incidents()
  returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  opened uuid;
begin
  update mail_outbox set over_at = now()
   where tenant_id = new.tenant_id and connection_id = new.id and over_at is null
     and case kind when 'access_lost' then new.status <> 'error'
                   else new.status <> 'active' or new.token_expires_at is distinct from old.token_expires_at end;

  if old.status = 'active' and new.status = 'error' then
    insert into mail_outbox (tenant_id, connection_id, kind, incident)
    values (new.tenant_id, new.id, 'access_lost',
            format('access_lost:%s:%s', new.id, coalesce(new.metadata #>> '{error,at}', now()::text)))
        on conflict (incident) do nothing
    returning id into opened;
    if opened is not null then
      -- Meta's word may be about another partner, and the check that follows it within a minute disproves it then; a
      -- move to another phone is usually over in minutes. What two checks have shown is told at once.
      perform app.enqueue_as('app_owner', 'send_mail',
        jsonb_build_object('tenantId', new.tenant_id, 'mailId', opened),
        case new.metadata #>> '{error,code}'
          when 'access_removed' then interval '2 minutes'
          when 'offboarded' then interval '10 minutes'
          else interval '0' end);
    end if;
  end if;
  return null;
end $$;
create trigger follow_incidents after update on channel_connections
  for each row
  when (old.status is distinct from new.status or old.token_expires_at is distinct from new.token_expires_at)
  execute function app.follow_incidents();

-- To a person ---------------------------------------------------------------------------------------------------------

-- A request to set a new password. The token is made by whoever sends the mail and stored as its SHA-256 alone. No
-- tenant_id, as in users. Nobody but the owner reads this table and the next one; see the functions.
create table password_resets (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id) on delete cascade,
  requested_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '30 minutes',
  token_hash bytea unique check (octet_length(token_hash) = 32),
  -- Used, or followed by a newer request, another password or the end of the account.
  ended_at timestamptz,
  check (ended_at is null or token_hash is null)
);
create index password_resets_person_idx on password_resets (user_id, requested_at);

create table account_mails (
  -- The Message-ID is made of it: the same in every attempt.
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('sign_in_failures', 'password_changed', 'password_reset')),
  reset_id uuid references password_resets (id) on delete cascade,
  created_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'not_sent')),
  -- As in mail_outbox; there is always somebody.
  reason text check (reason in ('off', 'over', 'refused', 'gave_up')),
  check ((state = 'not_sent') = (reason is not null)),
  check ((kind = 'password_reset') = (reset_id is not null))
);
create index account_mails_person_idx on account_mails (user_id, kind, created_at);
create index account_mails_reset_idx on account_mails (reset_id) where reset_id is not null;

create function app.open_account_mail(person uuid, mail_kind text, reset uuid default null)
  returns void
  language plpgsql set search_path = public, pg_temp as $$
declare
  opened uuid;
begin
  insert into account_mails (user_id, kind, reset_id) values (person, mail_kind, reset) returning id into opened;
  perform app.enqueue_as('app_owner', 'send_account_mail', jsonb_build_object('mailId', opened));
end $$;

-- Once in a day, however often it is told.
create function app.tell_sign_in_failures(person uuid)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from users where id = person and disabled_at is null for no key update;
  if not found or exists (select from account_mails where user_id = person and kind = 'sign_in_failures'
                             and created_at > now() - interval '1 day') then
    return;
  end if;
  perform app.open_account_mail(person, 'sign_in_failures');
end $$;
grant execute on function app.tell_sign_in_failures(uuid) to app_web;

-- What a mail says, to whom and in which language; nothing once it was settled. Whoever is disabled is told nothing.
create function app.waiting_account_mail(mail uuid)
  returns table (kind text, email text, language text, created_at timestamptz, expires_at timestamptz, is_over boolean)
  language sql stable security definer set search_path = public, pg_temp as $$
  select m.kind, u.email, u.language, m.created_at, r.expires_at,
         u.disabled_at is not null or (m.reset_id is not null and (r.ended_at is not null or r.expires_at <= now()))
    from account_mails m join users u on u.id = m.user_id left join password_resets r on r.id = m.reset_id
   where m.id = mail and m.state = 'waiting' $$;

-- From now on the token with this hash opens what the mail is about, and no earlier attempt's does. False when it is over.
create function app.arm_password_reset(mail uuid, hash bytea)
  returns boolean
  language sql security definer set search_path = public, pg_temp as $$
  with armed as (
    update password_resets r set token_hash = hash from account_mails m
     where m.id = mail and m.state = 'waiting' and r.id = m.reset_id and r.ended_at is null and r.expires_at > now()
    returning r.id)
  select exists (select from armed) $$;

create function app.settle_account_mail(mail uuid, why_not text)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update account_mails set state = case when why_not is null then 'sent' else 'not_sent' end, reason = why_not
   where id = mail and state = 'waiting' $$;
grant execute on function app.waiting_account_mail(uuid), app.arm_password_reset(uuid, bytea),
  app.settle_account_mail(uuid, text) to app_jobs;

-- The service ---------------------------------------------------------------------------------------------------------

-- Whether mails are sent is known to the worker. It says so when it starts, and pages offer what can be kept.
create table mail_service (
  one_row boolean primary key default true check (one_row),
  sends boolean not null,
  noted_at timestamptz not null default now()
);

create function app.note_mail_service(can_send boolean)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  insert into mail_service (sends) values (can_send)
      on conflict (one_row) do update set sends = excluded.sends, noted_at = now() $$;
grant execute on function app.note_mail_service(boolean) to app_jobs;

create function app.mail_is_sent()
  returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select sends from mail_service), false) $$;
grant execute on function app.mail_is_sent() to app_web;
