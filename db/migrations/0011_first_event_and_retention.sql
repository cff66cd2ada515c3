-- When the first delivery came for a number since it was claimed: only that proves that a connection works.
alter table number_claims add column first_event_at timestamptz;
grant update (first_event_at) on number_claims to app_ingest;
create policy ingest_marks on number_claims for update to app_ingest using (true) with check (true);

-- What has served its purpose: states a month after they ended (an address of theirs, kept by a browser, then names
-- nothing), and the record of a deletion request three years after it was carried out. Answers how many rows went.
create function app.forget_outlived()
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
  return states + gone;
end $$;
revoke execute on function app.forget_outlived() from public;
grant execute on function app.forget_outlived() to app_tenant;
