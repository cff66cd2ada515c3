-- Open pages are told when something of their workspace changed, by NOTIFY on the channel "live": a topic, then the ids
-- of workspaces, and never what changed. PostgreSQL sends it at COMMIT, or not at all.
--
-- Ingest tells of conversations itself, once for a batch (db/queries/inbox/live.ts). Connections change in many places and
-- seldom, so their tables tell: whatever the card, the number's page and the log of changes are made of. The same words
-- twice in a transaction are sent once.
create function app.tell_connections()
  returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('live', 'connections ' || new.tenant_id);
  return null;
end $$;

create trigger tell_live after insert or update on channel_connections
  for each row execute function app.tell_connections();
create trigger tell_live after insert on connection_events
  for each row execute function app.tell_connections();
-- Its first delivery, that an assistant answers for it, and the end of what it holds.
create trigger tell_live after update of first_event_at, agent_seen_at, released_at on number_claims
  for each row execute function app.tell_connections();
-- A sign-in at Meta that somebody set out to, or came back from.
create trigger tell_live after insert or update of used_at on oauth_states
  for each row execute function app.tell_connections();
create trigger tell_live after insert or update of checked_at on connection_health
  for each row execute function app.tell_connections();
