-- A person's account: one person behind every spelling of an address, a password that is changed or set anew, sessions
-- that end for open pages too, and mails to the person, which are of no workspace.

-- One spelling of an address ------------------------------------------------------------------------------------------

-- Width, case and composition of letters make no other address. The lower case of all letters, whatever the database's
-- own locale knows: Unicode's rules from ICU, or PostgreSQL's own copy of them.
do $$
declare
  chosen text := coalesce(
    (select format('pg_catalog.%I', collname) from pg_collation
      where collnamespace = 'pg_catalog'::regnamespace and collname in ('und-x-icu', 'pg_c_utf8')
      order by collname desc limit 1),
    'pg_catalog."default"');
begin
  execute format(
    'create function app.email_key(address text) returns text
       language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $key$
       select normalize(lower(btrim(normalize(address, NFKC), E'' \t\r\n\f\v'') collate %s), NFKC) $key$', chosen);
end $$;
revoke execute on function app.email_key(text) from public;
grant execute on function app.email_key(text) to app_web;

alter table users add column email_key text;

create function app.keep_email_key()
  returns trigger
  language plpgsql set search_path = public, pg_temp as $$
begin
  new.email_key := app.email_key(new.email);
  return new;
end $$;
revoke execute on function app.keep_email_key() from public;

-- Who was let in beside each other until now stays two people: the first keeps the key, and the others are found by
-- the address as it was written, as before.
update users u
   set email_key = case when ranked.place = 1 then app.email_key(u.email) else u.id::text end
  from (select id, row_number() over (partition by app.email_key(email)
                                      order by disabled_at is not null, created_at, id) as place from users) ranked
 where ranked.id = u.id;
alter table users alter column email_key set not null;
create unique index users_email_key_key on users (email_key);
create trigger keep_email_key before insert or update of email on users
  for each row execute function app.keep_email_key();

create or replace function app.login_candidate(login_email text)
  returns table (user_id uuid, tenant_id uuid, password_hash text)
  language sql stable security definer set search_path = public, pg_temp as $$
  -- Written as it is stored comes first; then the workspace joined first is where a sign-in lands.
  select u.id, m.tenant_id, u.password_hash
    from users u join memberships m on m.user_id = u.id
   where (u.email_key = app.email_key(login_email) or lower(u.email) = lower(btrim(login_email)))
     and u.disabled_at is null
   order by lower(u.email) = lower(btrim(login_email)) desc, m.created_at, m.tenant_id limit 1 $$;

-- The counters of the sign-in live up to months now.
create index login_limits_expire_idx on login_limits (expire);

-- Mails to a person ---------------------------------------------------------------------------------------------------

-- A request to set a new password. The token is made by whoever sends the mail and stored as its SHA-256 alone.
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
-- No tenant_id, as in users. Nobody but the owner reads this table and the next one; see the functions.

create table account_mails (
  -- The Message-ID is made of it: the same in every attempt.
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references users (id) on delete cascade,
  kind text not null check (kind in ('sign_in_failures', 'password_changed', 'password_reset')),
  reset_id uuid references password_resets (id) on delete cascade,
  created_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'not_sent')),
  -- See mail_outbox in 0019.
  reason text check (reason in ('off', 'over', 'refused', 'gave_up')),
  check ((state = 'not_sent') = (reason is not null)),
  check ((kind = 'password_reset') = (reset_id is not null))
);
create index account_mails_person_idx on account_mails (user_id, kind, created_at);
create index account_mails_reset_idx on account_mails (reset_id) where reset_id is not null;

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

create function app.mail_is_sent()
  returns boolean
  language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((select sends from mail_service), false) $$;

set local role app_jobs;

create function app.enqueue_account_mail(mail uuid)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform graphile_worker.add_job('send_account_mail', json_build_object('mailId', mail),
    job_key := 'send_account_mail:' || mail);
end $$;
revoke execute on function app.enqueue_account_mail(uuid) from public;
grant execute on function app.enqueue_account_mail(uuid) to app_owner;

set local role app_owner;

create function app.open_account_mail(person uuid, mail_kind text, reset uuid default null)
  returns void
  language plpgsql set search_path = public, pg_temp as $$
declare
  opened uuid;
begin
  insert into account_mails (user_id, kind, reset_id) values (person, mail_kind, reset) returning id into opened;
  perform app.enqueue_account_mail(opened);
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

revoke execute on function app.note_mail_service(boolean), app.mail_is_sent(), app.tell_sign_in_failures(uuid),
  app.open_account_mail(uuid, text, uuid), app.waiting_account_mail(uuid), app.arm_password_reset(uuid, bytea),
  app.settle_account_mail(uuid, text) from public;
grant execute on function app.note_mail_service(boolean), app.waiting_account_mail(uuid),
  app.arm_password_reset(uuid, bytea), app.settle_account_mail(uuid, text) to app_jobs;
grant execute on function app.mail_is_sent(), app.tell_sign_in_failures(uuid) to app_web;

-- The end of sessions -------------------------------------------------------------------------------------------------

-- Whatever ends a session, the web processes hear its row's id, which is not secret, and end its streams.
create function app.tell_session_ended()
  returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('live', 'session_ended ' || old.id);
  return null;
end $$;
create trigger tell_session_ended after delete on sessions
  for each row execute function app.tell_session_ended();

-- Nobody who is disabled has a session, or a mail that gives them one.
create function app.end_access_of_disabled()
  returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from sessions where user_id = new.id;
  update password_resets set ended_at = now(), token_hash = null where user_id = new.id and ended_at is null;
  return null;
end $$;
create trigger end_access_of_disabled after update of disabled_at on users
  for each row when (new.disabled_at is not null) execute function app.end_access_of_disabled();
revoke execute on function app.tell_session_ended(), app.end_access_of_disabled() from public;

-- Begins a session, as long as the password that was checked is still the person's: whoever looks at one while it is
-- being changed waits here, and finds that it was. Web processes of before begin theirs by `session_create`.
create function app.open_session(hash bytea, person uuid, tenant uuid, checked_password_hash text, session_data jsonb,
                                 lifetime interval)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform from users u
    where u.id = person and u.password_hash = checked_password_hash and u.disabled_at is null for share;
  if not found then
    return false;
  end if;
  perform from memberships m where m.user_id = person and m.tenant_id = tenant for key share;
  if not found then
    return false;
  end if;
  insert into sessions (token_hash, user_id, tenant_id, data, expires_at)
  values (hash, person, tenant, session_data, now() + lifetime);
  return true;
end $$;
revoke execute on function app.open_session(bytea, uuid, uuid, text, jsonb, interval) from public;
grant execute on function app.open_session(bytea, uuid, uuid, text, jsonb, interval) to app_web;

-- Passwords -----------------------------------------------------------------------------------------------------------
-- Each acts for the person whose session or token the caller can show the hash of, and for nobody else.

-- Another password: every session but `kept` ends, and so does what was mailed. Answers how many ended.
create function app.replace_password(person uuid, new_password_hash text, kept uuid)
  returns int
  language plpgsql set search_path = public, pg_temp as $$
declare
  ended int;
begin
  update users set password_hash = new_password_hash where id = person;
  delete from sessions where user_id = person and id is distinct from kept;
  get diagnostics ended = row_count;
  update password_resets set ended_at = now(), token_hash = null where user_id = person and ended_at is null;
  perform app.open_account_mail(person, 'password_changed');
  return ended;
end $$;

create function app.own_password_hash(session_hash bytea)
  returns text
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.password_hash from sessions s join users u on u.id = s.user_id
   where s.token_hash = session_hash and s.expires_at > now() and u.disabled_at is null $$;

-- The session goes on under another token. False when the password is not the one that was checked, or no session is.
create function app.change_password(session_hash bytea, checked_password_hash text, new_password_hash text, new_session_hash bytea)
  returns boolean
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  person uuid;
  own uuid;
begin
  -- The person first, as everything that ends sessions does: two changes at once wait for each other.
  select u.id into person from users u
   where u.id = (select s.user_id from sessions s where s.token_hash = session_hash and s.expires_at > now())
     and u.password_hash = checked_password_hash and u.disabled_at is null for update;
  update sessions set token_hash = new_session_hash where token_hash = session_hash and user_id = person
  returning id into own;
  if own is null then
    return false;
  end if;
  perform app.replace_password(person, new_password_hash, own);
  return true;
end $$;

create function app.count_other_sessions(session_hash bytea, idle interval)
  returns int
  language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int from sessions s join sessions own on own.user_id = s.user_id and own.id <> s.id
   where own.token_hash = session_hash and s.expires_at > now() and s.last_seen_at > now() - idle $$;

create function app.end_other_sessions(session_hash bytea)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  delete from sessions s using sessions own
   where own.token_hash = session_hash and own.expires_at > now() and s.user_id = own.user_id and s.id <> own.id $$;

-- Answers nothing, whoever is asked for. A newer request ends the one before it. Past three in an hour the one that
-- stands is left standing, and only when it is over there is another, so that nobody asks the person out of their own
-- reset; past eight in a day there is one in two hours, so that nobody's mailbox is flooded.
create function app.request_password_reset(address text)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  person uuid;
  in_hour int;
  in_day int;
  latest timestamptz;
  stands boolean;
  reset uuid;
begin
  select c.user_id into person from app.login_candidate(address) c;
  if person is null then
    return;
  end if;
  perform from users where id = person for no key update;
  select count(*) filter (where requested_at > now() - interval '1 hour'), count(*), max(requested_at),
         coalesce(bool_or(ended_at is null and expires_at > now()), false)
    into in_hour, in_day, latest, stands
    from password_resets where user_id = person and requested_at > now() - interval '1 day';
  if (in_hour >= 3 and stands) or (in_day >= 8 and latest > now() - interval '2 hours') then
    return;
  end if;
  update password_resets set ended_at = now(), token_hash = null where user_id = person and ended_at is null;
  insert into password_resets (user_id) values (person) returning id into reset;
  perform app.open_account_mail(person, 'password_reset', reset);
end $$;

-- Whose password a token may set, while it may.
create function app.find_password_reset(hash bytea)
  returns text
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.email from password_resets r join users u on u.id = r.user_id
   where r.token_hash = hash and r.ended_at is null and r.expires_at > now() and u.disabled_at is null $$;

-- Once: of several at the same moment one finds it open. Every session ends. Answers the person, or null.
create function app.use_password_reset(hash bytea, new_password_hash text)
  returns uuid
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  person uuid;
begin
  select u.id into person from users u
   where u.id = (select r.user_id from password_resets r where r.token_hash = hash) and u.disabled_at is null for update;
  update password_resets set ended_at = now(), token_hash = null
   where token_hash = hash and user_id = person and ended_at is null and expires_at > now();
  if not found then
    return null;
  end if;
  perform app.replace_password(person, new_password_hash, null);
  return person;
end $$;

revoke execute on function app.replace_password(uuid, text, uuid), app.own_password_hash(bytea),
  app.change_password(bytea, text, text, bytea), app.count_other_sessions(bytea, interval),
  app.end_other_sessions(bytea), app.request_password_reset(text), app.find_password_reset(bytea),
  app.use_password_reset(bytea, text) from public;
grant execute on function app.own_password_hash(bytea), app.change_password(bytea, text, text, bytea),
  app.count_other_sessions(bytea, interval), app.end_other_sessions(bytea), app.request_password_reset(text),
  app.find_password_reset(bytea), app.use_password_reset(bytea, text) to app_web;

-- What has served its purpose: sessions past their end (whose streams thereby end, too), mails and requests a month after
-- they were made. Answers how many rows went.
create function app.forget_past_access()
  returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  gone int;
  total int := 0;
begin
  delete from sessions where expires_at < now();
  get diagnostics gone = row_count;
  total := total + gone;
  delete from account_mails where created_at < now() - interval '30 days';
  get diagnostics gone = row_count;
  total := total + gone;
  delete from password_resets r where r.requested_at < now() - interval '30 days';
  get diagnostics gone = row_count;
  return total + gone;
end $$;
revoke execute on function app.forget_past_access() from public;
grant execute on function app.forget_past_access() to app_clock;
