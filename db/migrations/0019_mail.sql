-- E-mail to a workspace's admins when one of its numbers needs them.
--
-- An incident is one stretch of `error` of a connection that worked before it. However one begins (a look at Meta, news
-- of the account, a person who takes our access back), it begins by an UPDATE of channel_connections, so the table
-- itself opens its mail, in the same transaction, and ends it when the connection works again or is left.

-- The language a person has chosen, or had when they first signed in.
alter table users add column language text check (language in ('en', 'es'));

create function app.keep_language(person uuid, spoken text, only_if_unknown boolean)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  update users set language = spoken
   where id = person and language is distinct from spoken and (language is null or not only_if_unknown) $$;
revoke execute on function app.keep_language(uuid, text, boolean) from public;
grant execute on function app.keep_language(uuid, text, boolean) to app_web;

-- Whom a mail about the workspace is for, with what is needed to write to them.
create function app.admins_of_tenant()
  returns table (user_id uuid, email text, language text)
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.id, u.email, u.language from memberships m join users u on u.id = m.user_id
   where m.tenant_id = app.current_tenant() and m.role = 'admin' and u.disabled_at is null $$;
revoke execute on function app.admins_of_tenant() from public;
grant execute on function app.admins_of_tenant() to app_tenant;

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
grant select, insert on mail_outbox to app_tenant;
grant update (over_at, state, reason) on mail_outbox to app_tenant;

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
grant select, insert on mail_recipients to app_tenant;
grant update (sent_at, refused_code) on mail_recipients to app_tenant;

set local role app_jobs;

create function app.enqueue_mail(tenant uuid, mail uuid, run_in interval)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('send_mail',
    json_build_object('tenantId', tenant, 'mailId', mail),
    run_at := now() + run_in, job_key := 'send_mail:' || mail);
end $$;
revoke execute on function app.enqueue_mail(uuid, uuid, interval) from public;
grant execute on function app.enqueue_mail(uuid, uuid, interval) to app_tenant, app_owner;

set local role app_owner;

-- Acts in the role and within the wall of whoever changes the connection.
create function app.follow_incidents()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
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
      -- Meta's word may be about another partner, and the look that follows it within a minute disproves it then; a
      -- move to another phone is usually over in minutes. What two looks have shown is told at once.
      perform app.enqueue_mail(new.tenant_id, opened,
        case new.metadata #>> '{error,code}'
          when 'access_removed' then interval '2 minutes'
          when 'offboarded' then interval '10 minutes'
          else interval '0' end);
    end if;
  end if;
  return null;
end $$;
revoke execute on function app.follow_incidents() from public;

create trigger follow_incidents after update on channel_connections
  for each row
  when (old.status is distinct from new.status or old.token_expires_at is distinct from new.token_expires_at)
  execute function app.follow_incidents();
