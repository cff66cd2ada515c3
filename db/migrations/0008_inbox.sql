-- What is made of deliveries: contacts, conversations and messages, who they are and how they are found.
--
-- The worker's ingest is the router between tenants and writes many of them in one statement. It sees all tenants of
-- these tables and nothing else of theirs; the composite foreign keys make a row that points across impossible.

-- A person on a channel. Meta may name them by wa_id, by its business-scoped user_id, or both; never shared between
-- tenants. One whose number has passed to somebody else may be left with former ids only, and with its history. `wa_id` is
-- as Meta sent it, which sending needs; who somebody is says `number_key`, the same for every spelling.
-- A group is one as well, named by an id of its own and by nothing else: it never becomes part of a person.
create table contacts (
  id bigint generated always as identity primary key,
  tenant_id uuid not null references tenants (id),
  provider text not null check (provider = 'meta_whatsapp'),
  wa_id text,
  user_id text,
  username text,
  profile_name text,
  -- What the business calls them in its own address book, and when that was last told: null where it never was.
  saved_name text,
  saved_name_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- When the present id was first told.
  wa_id_at timestamptz not null default now(),
  user_id_at timestamptz not null default now(),
  -- Whether they want marketing messages, as they last told themselves, and when that was.
  marketing text check (marketing in ('wanted', 'unwanted')),
  marketing_at timestamptz,
  number_key text generated always as (app.number_key(wa_id)) stored,
  group_id text,
  unique (tenant_id, id),
  check (group_id is null or (wa_id is null and user_id is null))
);
create unique index contacts_number_key on contacts (tenant_id, provider, number_key) where number_key is not null;
create unique index contacts_group_id_key on contacts (tenant_id, provider, group_id) where group_id is not null;
create unique index contacts_user_id_key on contacts (tenant_id, provider, user_id) where user_id is not null;
call app.wall_off('contacts');
grant select on contacts to app_tenant;
create policy ingest_writes on contacts for all to app_ingest using (true) with check (true);
grant select, insert, update on contacts to app_ingest;

-- Ids that a contact had, a number by its key. A user_id is never given to anybody else; a number may be, so for a wa_id
-- the row says until when it was the contact's: what occurred later and names it is about whoever has it then. One that
-- Meta named beside another for the same person is theirs as well, from then on: it is held until the year 9999.
create table contact_aliases (
  tenant_id uuid not null,
  provider text not null check (provider = 'meta_whatsapp'),
  kind text not null check (kind in ('waId', 'userId')),
  former_id text not null,
  contact_id bigint not null,
  held_until timestamptz not null,
  primary key (tenant_id, provider, kind, former_id, contact_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
);
create index contact_aliases_contact_idx on contact_aliases (tenant_id, contact_id);
call app.wall_off('contact_aliases');
grant select on contact_aliases to app_tenant;
create policy ingest_writes on contact_aliases for all to app_ingest using (true) with check (true);
grant select, insert, update on contact_aliases to app_ingest;

-- One conversation for each contact on each connection; it outlives the connection. Every message of it moves its time,
-- and each index of the table is written with that: three, and none of the id alone.
create table conversations (
  id bigint generated always as identity,
  tenant_id uuid not null,
  connection_id uuid not null,
  contact_id bigint not null,
  last_message_at timestamptz,
  last_inbound_at timestamptz,
  -- The newest of the customer's messages that somebody of the workspace has opened: what came later is unread. Null
  -- where nobody ever opened it. In no index, so that marking makes no work for one (HOT), and never written by ingest.
  read_up_to timestamptz,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, contact_id, connection_id),
  foreign key (tenant_id, connection_id) references channel_connections (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id)
);
create index conversations_recent_idx on conversations (tenant_id, last_message_at desc nulls last, id desc);
call app.wall_off('conversations');
grant select, update (read_up_to) on conversations to app_tenant;
create policy ingest_writes on conversations for all to app_ingest using (true) with check (true);
grant select, insert, update on conversations to app_ingest;

-- Addresses of conversations that became part of another when two contacts turned out to be one person.
create table conversation_aliases (
  tenant_id uuid not null,
  former_id bigint not null,
  conversation_id bigint not null,
  primary key (tenant_id, former_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create index conversation_aliases_conversation_idx on conversation_aliases (tenant_id, conversation_id);
call app.wall_off('conversation_aliases');
grant select on conversation_aliases to app_tenant;

-- Stored once by provider_message_id. For outbound ones each step keeps its first time and `status` is the highest
-- rank seen (sent < failed < delivered < read < played), so that any order and any repetition end in the same row.
-- A status that comes before its message makes the row (type 'unknown'); the message fills it in later.
create table messages (
  id bigint generated always as identity primary key,
  tenant_id uuid not null,
  conversation_id bigint not null,
  -- In a group: who of it said it.
  sender_contact_id bigint,
  provider_message_id text not null unique,
  direction text not null check (direction in ('inbound', 'outbound')),
  type text not null,
  status text not null check (status in ('received', 'sent', 'failed', 'delivered', 'read', 'played')),
  body text,
  content jsonb not null default '{}',
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  played_at timestamptz,
  failed_at timestamptz,
  error jsonb,
  -- 0 when no delivery brought it.
  delivery_id bigint not null default 0,
  -- Of an outbound one: who sent it, when it was not us. `agent` is the platform's assistant.
  sent_by text check (sent_by in ('business_app', 'agent', 'other_app')),
  -- Unread until somebody opens it. Not so for reactions, edits, deletions, notices and what came with a history.
  counts_unread boolean not null default true,
  -- 0: only statuses of it are known. 1: a placeholder, whose content comes later under the same id. 2: as a history tells
  -- it. 3: as it was told when it happened. The higher takes the place of the lower, and never the other way.
  completeness smallint not null default 3 check (completeness between 0 and 3),
  -- Everything Meta told with steps of a message (pricing, conversation, errors, biz_opaque_callback_data), each thing
  -- under a digest of itself: as a set, it ends the same in whatever order and however often it is told.
  status_detail jsonb,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id),
  foreign key (tenant_id, sender_contact_id) references contacts (tenant_id, id),
  check ((direction = 'inbound') = (status = 'received')),
  check (sent_by is null or direction = 'outbound')
);
-- Meta tells the second of a message and no less, so what comes in one second is shown as it arrived: by delivery, and
-- in one delivery by id.
create index messages_thread_idx
  on messages (tenant_id, conversation_id, occurred_at desc, delivery_id desc, id desc);
-- Only messages that failed once have an entry: ordinary ones cost nothing, and a receipt does not move it.
create index messages_failed_idx on messages (tenant_id, failed_at) where failed_at is not null;
-- Of messages in groups alone, for when somebody's contact becomes part of another.
create index messages_sender_idx on messages (tenant_id, sender_contact_id) where sender_contact_id is not null;
call app.wall_off('messages');
grant select on messages to app_tenant;
create policy ingest_writes on messages for all to app_ingest using (true) with check (true);
grant select, insert, update on messages to app_ingest;
-- Ingest gives the ids itself, in order of arrival, because it writes the rows in another.
grant usage on sequence messages_id_seq to app_ingest;

-- Makes one person of two contacts of a tenant: what `gone` has becomes `kept`'s, and conversations on the same
-- connection become one: its former address leads to the one that stays, and what nobody has opened stays unread.
-- Whoever is about to add to one of them is waited for, and what it added is moved too; whoever comes later finds its
-- contact or conversation gone (23503) and looks again. Harmless when `gone` is gone already.
create function app.merge_contacts(tenant uuid, kept bigint, gone bigint)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  pair record;
begin
  perform 1 from contacts where tenant_id = tenant and id in (kept, gone) order by id for update;
  perform 1 from conversations where tenant_id = tenant and contact_id in (kept, gone) order by id for update;

  for pair in
    select g.id as gone_id, k.id as kept_id
      from conversations g join conversations k on k.tenant_id = g.tenant_id and k.connection_id = g.connection_id
     where g.tenant_id = tenant and g.contact_id = gone and k.contact_id = kept
  loop
    update messages set conversation_id = pair.kept_id where tenant_id = tenant and conversation_id = pair.gone_id;
    update conversation_aliases set conversation_id = pair.kept_id
     where tenant_id = tenant and conversation_id = pair.gone_id;
    insert into conversation_aliases (tenant_id, former_id, conversation_id)
    values (tenant, pair.gone_id, pair.kept_id);
    update conversations
       set (last_message_at, last_inbound_at, created_at, read_up_to) = (
         select max(last_message_at), max(last_inbound_at), min(created_at),
                -- Of one that is read up to its end, the time says nothing about the other.
                nullif(coalesce(min(coalesce(read_up_to, '-infinity'))
                                  filter (where last_inbound_at > coalesce(read_up_to, '-infinity')),
                                max(read_up_to)), '-infinity')
           from conversations where tenant_id = tenant and id in (pair.gone_id, pair.kept_id))
     where tenant_id = tenant and id = pair.kept_id;
    delete from conversations where tenant_id = tenant and id = pair.gone_id;
  end loop;
  update conversations set contact_id = kept where tenant_id = tenant and contact_id = gone;
  update messages set sender_contact_id = kept where tenant_id = tenant and sender_contact_id = gone;

  insert into contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
  select tenant_id, provider, kind, former_id, kept, held_until
    from contact_aliases where tenant_id = tenant and contact_id = gone
      on conflict (tenant_id, provider, kind, former_id, contact_id)
      do update set held_until = greatest(contact_aliases.held_until, excluded.held_until);
  delete from contact_aliases where tenant_id = tenant and contact_id = gone;
  update contacts k set marketing = g.marketing, marketing_at = g.marketing_at
    from contacts g
   where k.tenant_id = tenant and k.id = kept and g.tenant_id = tenant and g.id = gone
     and g.marketing_at > coalesce(k.marketing_at, '-infinity');
  delete from contacts where tenant_id = tenant and id = gone;
end $$;
grant execute on function app.merge_contacts(uuid, bigint, bigint) to app_ingest;

-- Search --------------------------------------------------------------------------------------------------------------
-- By part of a name or number. Under row-level security an index serves only operators that leak nothing, and none
-- that finds parts of words is one; so a narrow function of the owner looks, in the caller's own workspace only. The
-- index is made of what every PostgreSQL carries (arrays under GIN): pg_trgm is a package of its own in some places.

-- Small letters without accents, words one space apart; the same in every database, whatever its locale. A small sigma
-- is one, at the end of a word or not.
create function app.search_fold(said text)
  returns text
  language plpgsql immutable strict parallel safe cost 100 as $$
declare
  folded text := lower(said collate "C");
begin
  if octet_length(folded) > length(folded) then
    folded := app.lower_case(regexp_replace(normalize(folded, nfkd), '[\u0300-\u036f]', '', 'g'));
    folded := translate(folded, 'øłđħıßς', 'oldhisσ');
  end if;
  if folded ~ '\s\s|[^\S ]' then
    folded := regexp_replace(folded, '\s+', ' ', 'g');
  end if;
  return folded;
end $$;

-- What a contact is found by: the words of all its names, and # before the number, which is not to be found by its first one
-- or two digits. Numbers of Mexico, Argentina and Brazil stand with their mobile digit and without, as people write both.
create function app.search_text(saved_name text, profile_name text, username text, wa_id text)
  returns text
  language plpgsql immutable parallel safe cost 200 as $$
declare
  names text := app.search_fold(' ' || coalesce(left(saved_name, 200) || ' ', '')
    || left(coalesce(profile_name, ''), 200) || ' ' || left(coalesce(username, ''), 200));
  key text := app.number_key(wa_id);
begin
  if key like '5%' then
    if key ~ '^52[0-9]{10}$' then
      return names || ' #' || key || ' #521' || substr(key, 3);
    elsif key ~ '^549[0-9]{10}$' then
      return names || ' #' || key || ' #54' || substr(key, 4);
    elsif key ~ '^54[0-9]{10}$' then
      return names || ' #' || key || ' #549' || substr(key, 3);
    elsif key ~ '^55[1-9][1-9]9[6-9][0-9]{7}$' then
      return names || ' #' || key || ' #' || left(key, 4) || substr(key, 6);
    end if;
  end if;
  return names || coalesce(' #' || key, '');
end $$;

-- Every three characters in a row of each word and, if asked for, the one and the two that it begins with, as numbers
-- that mean the same in no other workspace. What is part of a text has no grams that the text has not.
create function app.search_grams(tenant uuid, words text, beginnings boolean)
  returns bigint[]
  language plpgsql immutable strict parallel safe cost 1000 as $$
declare
  seed bigint := uuid_hash_extended(tenant, 0);
  grams bigint[] := '{}';
  word text;
begin
  foreach word in array string_to_array(words, ' ') loop
    for place in 1 .. length(word) - 2 loop
      grams := grams || hashtextextended(substr(word, place, 3), seed);
    end loop;
    if beginnings and word <> '' and left(word, 1) <> '#' then
      grams := grams || hashtextextended('^' || left(word, 1), seed) || hashtextextended('^' || left(word, 2), seed);
    end if;
  end loop;
  return grams;
end $$;
-- Whoever writes a contact computes its place in the index.
grant execute on function app.search_fold(text), app.search_text(text, text, text, text), app.search_grams(uuid, text, boolean)
  to app_ingest;

-- New entries wait in a list until it is full or the table is vacuumed, which spares ingest most of their cost; a search
-- reads the list as well, so it is kept short.
create index contacts_search_idx on contacts
  using gin (app.search_grams(tenant_id, app.search_text(saved_name, profile_name, username, wa_id), true))
  with (gin_pending_list_limit = 1024);

-- The newest of the workspace's conversations before a place in the list whose contact has every one of `terms`: as part
-- of a name or a number, or, below three characters, at the beginning of a word of a name. A frequent term is soon found
-- among the newest, so these are looked through first; a rare one has few grams to follow.
create function app.search_conversations(terms text[], before_at timestamptz, before_id bigint, at_most int)
  returns setof bigint
  language plpgsql stable security definer
  set search_path = public, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  tenant uuid := app.current_tenant();
  looked_through constant int := 1500;
  edge_at timestamptz := coalesce(before_at, 'infinity');
  edge_id bigint := coalesce(before_id, 9223372036854775807);
  patterns text[] := '{}';
  grams bigint[] := '{}';
  term text;
  found_so_far int;
begin
  foreach term in array string_to_array(app.search_fold(array_to_string(terms, ' ')), ' ') loop
    continue when term = '';
    grams := grams || app.search_grams(tenant, term, length(term) < 3);
    if length(term) < 3 then term := ' ' || term; end if;
    patterns := patterns || ('%' || replace(replace(replace(term, '\', '\\'), '%', '\%'), '_', '\_') || '%');
  end loop;
  if tenant is null or patterns = '{}' then return; end if;

  return query
  select c.id
    from (select cc.id, cc.contact_id, cc.last_message_at from conversations cc
           where cc.tenant_id = tenant and (cc.last_message_at, cc.id) < (edge_at, edge_id)
           order by cc.last_message_at desc nulls last, cc.id desc limit looked_through) c
   cross join lateral (
     select 1 from contacts p
      where p.tenant_id = tenant and p.id = c.contact_id
        and app.search_text(p.saved_name, p.profile_name, p.username, p.wa_id) like all (patterns) offset 0) p
   order by c.last_message_at desc, c.id desc limit at_most;
  get diagnostics found_so_far = row_count;
  if found_so_far >= at_most then return; end if;

  select c.last_message_at, c.id into edge_at, edge_id from conversations c
   where c.tenant_id = tenant and (c.last_message_at, c.id) < (edge_at, edge_id)
   order by c.last_message_at desc nulls last, c.id desc offset looked_through - 1 limit 1;
  if not found then return; end if;

  return query
  with p as materialized (
    select contacts.id from contacts
     where tenant_id = tenant
       and app.search_grams(tenant_id, app.search_text(saved_name, profile_name, username, wa_id), true) @> grams
       and app.search_text(saved_name, profile_name, username, wa_id) like all (patterns))
  select c.id
    from p join conversations c on c.tenant_id = tenant and c.contact_id = p.id
   where (c.last_message_at, c.id) < (edge_at, edge_id)
   order by c.last_message_at desc, c.id desc limit at_most - found_so_far;
end $$;
grant execute on function app.search_conversations(text[], timestamptz, bigint, int) to app_tenant;
