-- People who change their number or their id, and what Meta tells with the steps of a message.

-- Ids that a contact had. A user_id is never given to anybody else; a number may be, so for a wa_id the row says until
-- when it was the contact's: what occurred later and names it is about whoever has it then.
create table contact_aliases (
  tenant_id uuid not null,
  provider text not null,
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

-- When the present id was first told; null for contacts of before: then created_at stands for it.
alter table contacts add column wa_id_at timestamptz, add column user_id_at timestamptz;
-- One whose number has passed to somebody else may be left with former ids only, and with its history.
alter table contacts drop constraint contacts_check;

-- Everything Meta told with steps of a message (pricing, conversation, errors, biz_opaque_callback_data), each thing
-- under a digest of itself: as a set, it ends the same in whatever order and however often it is told.
alter table messages add column status_detail jsonb;

-- Makes one person of two contacts of a tenant: what `gone` has becomes `kept`'s, and conversations on the same
-- connection become one. Whoever is about to add to one of them is waited for, and what it added is moved too; whoever
-- comes later finds its contact or conversation gone (23503) and looks again. Harmless when `gone` is gone already.
create function app.merge_contacts(tenant uuid, kept bigint, gone bigint)
  returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform 1 from contacts where tenant_id = tenant and id in (kept, gone) order by id for update;
  perform 1 from conversations where tenant_id = tenant and contact_id in (kept, gone) order by id for update;

  update messages m set conversation_id = k.id
    from conversations g join conversations k on k.tenant_id = g.tenant_id and k.connection_id = g.connection_id
   where g.tenant_id = tenant and g.contact_id = gone and k.contact_id = kept
     and m.tenant_id = tenant and m.conversation_id = g.id;
  update conversations k
     set last_message_at = greatest(k.last_message_at, g.last_message_at),
         last_inbound_at = greatest(k.last_inbound_at, g.last_inbound_at),
         created_at = least(k.created_at, g.created_at)
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
revoke execute on function app.merge_contacts(uuid, bigint, bigint) from public;
grant execute on function app.merge_contacts(uuid, bigint, bigint) to app_ingest;
