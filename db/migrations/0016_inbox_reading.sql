-- Reading the inbox: what the people of a workspace have opened, finding a conversation, and where one that became part
-- of another is found.

-- The newest of the customer's messages that somebody of the workspace has opened: what came later is unread. Null where
-- nobody ever opened it. A conversation that is there already counts as read: a default that is taken away again stands
-- for the rows of before without writing them. In no index, so that marking makes no work for one (HOT), and never
-- written by ingest.
alter table conversations add column read_up_to timestamptz default now();
alter table conversations alter column read_up_to drop default;
grant update (read_up_to) on conversations to app_tenant;

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

-- As before (0014), and now the address of a conversation that goes leads to the one that stays, and what nobody has
-- opened stays unread.
create or replace function app.merge_contacts(tenant uuid, kept bigint, gone bigint)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from contacts where tenant_id = tenant and id in (kept, gone) order by id for update;
  perform 1 from conversations where tenant_id = tenant and contact_id in (kept, gone) order by id for update;

  update messages m set conversation_id = k.id
    from conversations g join conversations k on k.tenant_id = g.tenant_id and k.connection_id = g.connection_id
   where g.tenant_id = tenant and g.contact_id = gone and k.contact_id = kept
     and m.tenant_id = tenant and m.conversation_id = g.id;
  update conversation_aliases a set conversation_id = k.id
    from conversations g join conversations k on k.tenant_id = g.tenant_id and k.connection_id = g.connection_id
   where g.tenant_id = tenant and g.contact_id = gone and k.contact_id = kept
     and a.tenant_id = tenant and a.conversation_id = g.id;
  insert into conversation_aliases (tenant_id, former_id, conversation_id)
  select tenant, g.id, k.id
    from conversations g join conversations k on k.tenant_id = g.tenant_id and k.connection_id = g.connection_id
   where g.tenant_id = tenant and g.contact_id = gone and k.contact_id = kept;
  update conversations k
     set last_message_at = greatest(k.last_message_at, g.last_message_at),
         last_inbound_at = greatest(k.last_inbound_at, g.last_inbound_at),
         created_at = least(k.created_at, g.created_at),
         -- Of one that is read up to its end, the time says nothing about the other.
         read_up_to = case
           when coalesce(k.last_inbound_at <= k.read_up_to, k.last_inbound_at is null)
             then case when coalesce(g.last_inbound_at <= g.read_up_to, g.last_inbound_at is null)
                       then greatest(k.read_up_to, g.read_up_to) else g.read_up_to end
           when coalesce(g.last_inbound_at <= g.read_up_to, g.last_inbound_at is null) then k.read_up_to
           else nullif(least(coalesce(k.read_up_to, '-infinity'), coalesce(g.read_up_to, '-infinity')), '-infinity')
         end
    from conversations g
   where g.tenant_id = tenant and g.contact_id = gone
     and k.tenant_id = tenant and k.contact_id = kept and k.connection_id = g.connection_id;
  delete from conversations g using conversations k
   where g.tenant_id = tenant and g.contact_id = gone
     and k.tenant_id = tenant and k.contact_id = kept and k.connection_id = g.connection_id;
  update conversations set contact_id = kept where tenant_id = tenant and contact_id = gone;

  insert into contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
  select tenant_id, provider, kind, former_id, kept, held_until
    from contact_aliases where tenant_id = tenant and contact_id = gone
      on conflict (tenant_id, provider, kind, former_id, contact_id)
      do update set held_until = greatest(contact_aliases.held_until, excluded.held_until);
  delete from contact_aliases where tenant_id = tenant and contact_id = gone;
  delete from contacts where tenant_id = tenant and id = gone;
end $$;

-- Search by part of a name or number. Under row-level security an index serves only operators that leak nothing, and none
-- that finds parts of words is one; so a narrow function of the owner looks, in the caller's own workspace only. The
-- index is made of what every PostgreSQL carries (arrays under GIN): pg_trgm is a package of its own in some places.

-- Small letters without accents, words one space apart.
create function app.search_fold(said text)
  returns text
  language plpgsql immutable strict parallel safe cost 100 as $$
declare
  folded text := lower(said);
begin
  if octet_length(folded) > length(folded) then
    folded := lower(regexp_replace(normalize(folded, nfkd), '[\u0300-\u036f]', '', 'g'));
    folded := translate(folded, 'øłđħıß', 'oldhis');
  end if;
  if folded ~ '\s\s|[^\S ]' then
    folded := regexp_replace(folded, '\s+', ' ', 'g');
  end if;
  return folded;
end $$;

-- What a contact is found by: the words of the names, and # before the number, which is not to be found by its first one
-- or two digits. Numbers of Mexico and Argentina stand with their mobile digit and without, as people write both.
create function app.search_text(profile_name text, username text, wa_id text)
  returns text
  language plpgsql immutable parallel safe cost 200 as $$
declare
  names text := app.search_fold(' ' || left(coalesce(profile_name, ''), 200) || ' ' || left(coalesce(username, ''), 200));
begin
  if length(wa_id) = 13 and left(wa_id, 3) in ('521', '549') then
    return names || ' #' || wa_id || ' #' || left(wa_id, 2) || substr(wa_id, 4);
  end if;
  return names || coalesce(' #' || wa_id, '');
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

-- New entries wait in a list until it is full or the table is vacuumed, which spares ingest most of their cost; a search
-- reads the list as well, so it is kept short.
create index contacts_search_idx on contacts
  using gin (app.search_grams(tenant_id, app.search_text(profile_name, username, wa_id), true))
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
        and app.search_text(p.profile_name, p.username, p.wa_id) like all (patterns) offset 0) p
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
       and app.search_grams(tenant_id, app.search_text(profile_name, username, wa_id), true) @> grams
       and app.search_text(profile_name, username, wa_id) like all (patterns))
  select c.id
    from p join conversations c on c.tenant_id = tenant and c.contact_id = p.id
   where (c.last_message_at, c.id) < (edge_at, edge_id)
   order by c.last_message_at desc, c.id desc limit at_most - found_so_far;
end $$;

revoke execute on function app.search_fold(text), app.search_text(text, text, text), app.search_grams(uuid, text, boolean),
  app.search_conversations(text[], timestamptz, bigint, int) from public;
-- Whoever writes a contact computes its place in the index.
grant execute on function app.search_fold(text), app.search_text(text, text, text), app.search_grams(uuid, text, boolean)
  to app_ingest;
grant execute on function app.search_conversations(text[], timestamptz, bigint, int) to app_tenant;
