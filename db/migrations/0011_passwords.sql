-- A password that is changed or set anew, and the access that ends with it. Each function acts for the person whose
-- session or token the caller can show the hash of, and for nobody else.

-- Another password: every session but `kept` ends, and so does what was mailed. Returns how many ended.
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
grant execute on function app.own_password_hash(bytea) to app_web;

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
grant execute on function app.change_password(bytea, text, text, bytea) to app_web;

create function app.count_other_sessions(session_hash bytea, idle interval)
  returns int
  language sql stable security definer set search_path = public, pg_temp as $$
  select count(*)::int from sessions s join sessions own on own.user_id = s.user_id and own.id <> s.id
   where own.token_hash = session_hash and s.expires_at > now() and s.last_seen_at > now() - idle $$;
grant execute on function app.count_other_sessions(bytea, interval) to app_web;

create function app.end_other_sessions(session_hash bytea)
  returns void
  language sql security definer set search_path = public, pg_temp as $$
  delete from sessions s using sessions own
   where own.token_hash = session_hash and own.expires_at > now() and s.user_id = own.user_id and s.id <> own.id $$;
grant execute on function app.end_other_sessions(bytea) to app_web;

-- Returns nothing, whoever is asked for. A newer request ends the one before it. Past three in an hour the one that
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
grant execute on function app.request_password_reset(text) to app_web;

-- Whose password a token may set, while it may.
create function app.find_password_reset(hash bytea)
  returns text
  language sql stable security definer set search_path = public, pg_temp as $$
  select u.email from password_resets r join users u on u.id = r.user_id
   where r.token_hash = hash and r.ended_at is null and r.expires_at > now() and u.disabled_at is null $$;
grant execute on function app.find_password_reset(bytea) to app_web;

-- Once: of several at the same moment one finds it open. Every session ends. Returns the person, or null.
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
grant execute on function app.use_password_reset(bytea, text) to app_web;

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
