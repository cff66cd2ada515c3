-- One account that is flooded must not make everybody wait for the end of its flood. Each delivery falls into one of 64
-- shares by the account it names, and whoever takes up work takes some of each share. It is a hint for the order of
-- work and nothing else: a delivery for several accounts falls into the share of the first.
alter table webhook_deliveries add column share smallint not null default 0 check (share between 0 and 63);

drop index webhook_deliveries_open_idx;
create index webhook_deliveries_open_idx on webhook_deliveries (share, id) where processed_at is null;

-- Web processes of before do not name shares; theirs are all the same one.
drop function app.accept_deliveries(int, text[], text[], int[], bytea);
create function app.accept_deliveries(
  caller int, providers text[], request_ids text[], sizes int[], bodies bytea, shares smallint[] default '{}')
  returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  insert into webhook_deliveries (provider, request_id, body, share)
  select provider, request_id, substring(bodies from (ends - size + 1)::int for size), coalesce(share, 0)
    from (select provider, request_id, size, share, sum(size) over (order by n) as ends
            from unnest(providers, request_ids, sizes, shares)
                 with ordinality as d (provider, request_id, size, share, n)) placed
   order by ends;
  perform app.wake_ingest(caller);
end $$;
revoke execute on function app.accept_deliveries(int, text[], text[], int[], bytea, smallint[]) from public;
grant execute on function app.accept_deliveries(int, text[], text[], int[], bytea, smallint[]) to app_web;
