-- Deliveries are drained: a job takes up whatever is open, in batches, and not a list of ids. Under load many groups of
-- deliveries then share one waiting job, and a batch is as large as what came in meanwhile.

-- A delivery that cannot be processed for a reason that is not in its items is tried alone, later and later.
alter table webhook_deliveries
  add column attempts smallint not null default 0,
  add column retry_at timestamptz;
grant update (attempts, retry_at) on webhook_deliveries to app_ingest;

-- Every message of a conversation moves its time, and each index of the table is written with it: three instead of five.
alter table messages drop constraint messages_tenant_id_conversation_id_fkey;
alter table conversations
  drop constraint conversations_pkey,
  drop constraint conversations_tenant_id_id_key,
  drop constraint conversations_tenant_id_connection_id_contact_id_key,
  add primary key (tenant_id, id),
  add unique (tenant_id, contact_id, connection_id);
drop index conversations_contact_idx;
alter table messages add foreign key (tenant_id, conversation_id) references conversations (tenant_id, id);

set local role app_jobs;

-- Makes sure that a job which begins after this transaction's commit drains what is open. One such job waits in each
-- lane. A lane runs one job at a time; the setting app.ingest_lanes (on the database) is how many drain at once, over all
-- workers. Who asks often keeps to a lane, so as not to wait for others.
--
-- A job that waits already is held until our commit: nobody can begin it without seeing what we store. Replacing it, as
-- add_job would, leaves a dead row and dead index entries behind each time, hundreds a second, which the next one walks
-- through. The table's name is graphile-worker's own: its version is pinned, and a test holds this.
create function app.wake_ingest(caller int)
  returns void
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  lanes int := coalesce(nullif(current_setting('app.ingest_lanes', true), ''), '2')::int;
  lane text := 'ingest:' || caller % lanes;
begin
  perform from graphile_worker._private_jobs
    where key = lane and locked_at is null and run_at <= now() and attempts = 0 for key share skip locked;
  if found then
    -- Whoever looked for a job while we held it found none, and looks again when told.
    perform pg_notify('jobs:insert', '{"count":1}');
  else
    perform graphile_worker.add_job('process_deliveries', '{}'::json, queue_name := lane, job_key := lane);
  end if;
end $$;
revoke execute on function app.wake_ingest(int) from public;
grant execute on function app.wake_ingest(int) to app_web, app_ingest;

drop function app.enqueue_deliveries(bigint[]);

set local role app_owner;

-- Stores deliveries and wakes the ingest: one statement, one commit, one round trip. As the caller's own role. The bodies
-- come one after the other in one value: an array of them would be written as text, twice as long.
create function app.accept_deliveries(caller int, providers text[], request_ids text[], sizes int[], bodies bytea)
  returns void
  language plpgsql set search_path = public, pg_temp as $$
begin
  insert into webhook_deliveries (provider, request_id, body)
  select provider, request_id, substring(bodies from (ends - size + 1)::int for size)
    from (select provider, request_id, size, sum(size) over (order by n) as ends
            from unnest(providers, request_ids, sizes) with ordinality as d (provider, request_id, size, n)) placed
   order by ends;
  perform app.wake_ingest(caller);
end $$;
revoke execute on function app.accept_deliveries(int, text[], text[], int[], bytea) from public;
grant execute on function app.accept_deliveries(int, text[], text[], int[], bytea) to app_web;
