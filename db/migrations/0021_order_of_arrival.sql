-- Meta tells the second of a message and no less, so what comes in one second is shown as it arrived: by delivery, and
-- in one delivery by id. 0 stands for a message that no delivery brought.
--
-- Reads the whole table and builds its largest index anew: pages and ingest wait meanwhile, webhooks are received.
update messages set delivery_id = 0 where delivery_id is null;
alter table messages alter column delivery_id set default 0, alter column delivery_id set not null;

drop index messages_thread_idx;
create index messages_thread_idx
  on messages (tenant_id, conversation_id, occurred_at desc, delivery_id desc, id desc);

-- Ingest gives the ids itself, in order of arrival, because it writes the rows in another.
grant usage on sequence messages_id_seq to app_ingest;
