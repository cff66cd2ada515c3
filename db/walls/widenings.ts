/** Ways to make a hole in the walls, each one statement or two, for trying whether the snapshot shows it. */

/** Of any table with the wall. */
export function widenTable(table: string): string[] {
  return [
    `create policy also on ${table} for all to app_tenant using (true)`,
    `create policy also on ${table} for select to public using (true)`,
    `alter table ${table} no force row level security`,
    `alter table ${table} disable row level security`,
    `drop policy tenant_wall on ${table}`,
    `alter policy tenant_wall on ${table} using (true)`,
    `alter policy tenant_wall on ${table} using (app.current_tenant() is not null)`,
    `alter policy owner_sees_all on ${table} to app_owner, app_web`,
    `drop policy tenant_wall on ${table}; create policy tenant_wall on ${table} for all to app_tenant
       using (true) with check (true)`,
    `grant delete on ${table} to app_tenant`,
    `grant select on ${table} to app_operator`,
    `grant select on ${table} to app_clock with grant option`,
    `grant select on ${table} to public`,
    `grant truncate on ${table} to app_ingest`,
    `alter table ${table} owner to app_web`,
    // `tenants` is the one table without a tenant_id, and nobody writes it.
    ...(table === "tenants"
      ? [
          `drop policy tenant_wall on tenants; create policy tenant_wall on tenants for all to app_tenant using (true)`,
        ]
      : [
          `alter policy tenant_wall on ${table} with check (true)`,
          `grant update (tenant_id) on ${table} to app_tenant`,
        ]),
  ];
}

const grants = [
  "grant select (password_hash) on users to app_web",
  "grant select on users to app_tenant",
  "grant insert on users to app_web",
  "grant update (disabled_at) on users to app_operator",
  "grant select (token_hash) on sessions to app_web",
  "grant select on sessions to app_operator",
  "grant select (token_hash) on password_resets to app_web",
  "grant insert on password_resets to app_jobs",
  "grant select on account_mails to app_web",
  "grant insert on memberships to app_web",
  "grant insert on platform_staff to app_operator",
  "grant select (pin_enc) on number_registrations to app_ingest",
  "grant update (pin_enc) on number_registrations to app_tenant",
  "grant select (access_token_enc) on channel_connections to app_ingest",
  "grant select (access_token_enc) on connection_teardowns to app_operator",
  "grant select (body) on webhook_deliveries to app_operator",
  "grant update (body) on webhook_deliveries to app_ingest",
  "grant select on webhook_deliveries to app_web",
  "grant update on operator_events to app_operator",
  "grant select on delivery_quarantine to app_tenant",
  "grant select on deletion_requests to app_web",
  "grant references on users to app_tenant",
  "grant trigger on messages to app_ingest",
  "grant update on sequence messages_id_seq to app_web",
  "grant usage on schema graphile_worker to app_web",
  "grant select on graphile_worker._private_jobs to app_web",
  "grant select on graphile_worker.jobs to app_operator",
  "grant execute on function graphile_worker.force_unlock_workers(text[]) to app_web",
  "grant create on schema app to app_web",
  "grant create on schema public to public",
  "grant create on database postgres to app_web",
  "grant set on parameter session_replication_role to app_web",
  "grant select on app.migrations to public",
];

const roles = [
  ...["superuser", "bypassrls", "createrole", "createdb", "replication", "login"].map(
    (may) => `alter role app_web ${may}`,
  ),
  ...["bypassrls", "login"].map((may) => `alter role app_tenant ${may}`),
  "alter role app_owner login",
  "alter role app_jobs login",
  "alter role app_clock bypassrls",
  "grant app_owner to app_web",
  "grant app_jobs to app_tenant",
  "grant app_operator to app_web",
  "grant app_clock to app_tenant",
  "grant app_tenant to app_operator",
  "grant app_tenant to app_web with admin option",
  "grant pg_read_all_data to app_web",
  "create role app_another bypassrls",
  "create role a_group; grant app_ingest to a_group",
  "alter role app_web set row_security = off",
  "alter role app_ingest set session_replication_role = replica",
];

const functions = [
  "alter function app.own_tenant() security definer",
  "alter function app.search_fold(text) security definer",
  "alter function app.current_tenant() owner to app_web",
  "alter function app.current_tenant() leakproof",
  "alter function app.login_candidate(text) reset search_path",
  "alter function app.session_read(bytea, interval) set search_path = app, public",
  "alter function app.session_read(bytea, interval) set row_security = off",
  "grant execute on function app.login_candidate(text) to public",
  "grant execute on function app.login_candidate(text) to app_tenant",
  "grant execute on function app.open_session(bytea, uuid, uuid, text, jsonb, interval) to app_tenant",
  "grant execute on function app.take_due_checks(int, interval) to app_tenant",
  "grant execute on function app.enqueue_as(text, text, jsonb, interval, int) to app_web",
  "grant execute on function app.operator_body(bigint, uuid, text) to app_web",
  "grant execute on function app.merge_contacts(uuid, bigint, bigint) to app_tenant",
  "grant execute on procedure app.wall_off(regclass) to public",
  "grant execute on function app.own_tenant() to app_web with grant option",
  `create or replace function app.current_tenant() returns uuid language sql stable parallel safe
     as $$ select coalesce(nullif(current_setting('app.tenant_id', true), ''), current_setting('app.other'))::uuid $$`,
  `create or replace function app.own_tenant() returns uuid language plpgsql stable
     set search_path = pg_catalog, pg_temp as $$ begin return app.current_tenant(); end $$`,
  `create or replace function app.waba_in_use(channel text, waba text) returns boolean
     language sql stable security definer set search_path = public, pg_temp as $$ select true $$`,
  "create function app.every_hash() returns setof text language sql security definer as 'select password_hash from users'",
  "create function public.harmless() returns int language sql as 'select 1'",
  "create schema other; create function other.f() returns int language sql security definer as 'select 1'",
];

const jobs = [
  "insert into app.job_rights (task, role) values ('process_deliveries', 'app_tenant')",
  "insert into app.job_rights (task, role) values ('send_account_mail', 'app_operator')",
  "update app.job_rights set own_number = false where role = 'app_tenant'",
  "update app.jobs set key = '{connectionId}' where task = 'check_connection'",
  "insert into app.jobs (task, key) values ('drop_deliveries', '{}')",
  "grant insert on app.job_rights to app_jobs",
];

const structure = [
  `alter table number_claims drop constraint number_claims_tenant_id_connection_id_fkey,
     add constraint number_claims_tenant_id_connection_id_fkey
       foreign key (connection_id) references channel_connections (id)`,
  `alter table messages drop constraint messages_tenant_id_conversation_id_fkey,
     add constraint messages_tenant_id_conversation_id_fkey
       foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) not valid`,
  "alter table messages alter column tenant_id drop not null",
  "alter table conversations drop constraint conversations_tenant_id_contact_id_fkey",
  "alter table sessions drop constraint sessions_tenant_id_user_id_fkey",
  "alter table channel_connections drop constraint channel_connections_phone_number_id_key",
  "alter table messages drop constraint messages_provider_message_id_key",
  "alter table sessions drop constraint sessions_token_hash_check",
  "alter table channel_connections drop constraint channel_connections_check1",
  "alter table memberships drop constraint memberships_role_check",
  "alter table number_claims drop constraint number_claims_provider_check",
  "alter table contacts drop constraint contacts_tenant_id_id_key cascade",
  "alter table users alter column email_key drop expression",
  "alter table oauth_states drop constraint oauth_states_nonce_key",
  "drop index number_claims_one_owner",
  "alter table users drop constraint users_email_key_key, add constraint users_email_key_key unique (email)",
  "drop index contacts_number_key; create index contacts_number_key on contacts (tenant_id, provider, number_key)",
  "alter table channel_connections disable trigger follow_incidents",
  "alter table channel_connections enable replica trigger tell_live",
  "alter table messages disable trigger all",
  "drop trigger tell_live on number_claims",
  `create trigger spy after insert on messages for each row execute function app.tell_connections()`,
  "create rule also as on insert to messages do also notify live",
  "create view app.peek as select * from public.messages",
  "create view public.peek with (security_invoker = true) as select id from users",
  "create materialized view public.peek as select * from messages",
  "alter view graphile_worker.jobs owner to app_web",
  "create table public.copies as select * from messages",
  "create table public.heirs () inherits (messages)",
  "create schema side authorization app_web",
  "alter schema app owner to app_web",
  "alter default privileges for role app_owner grant select on tables to app_web",
  "alter default privileges for role app_owner grant execute on functions to public",
  "alter default privileges for role app_owner in schema public grant all on tables to app_ingest",
  "alter default privileges for role app_jobs grant all on sequences to public",
  "create publication leak for all tables",
];

export const widenings = [...grants, ...roles, ...functions, ...jobs, ...structure];
