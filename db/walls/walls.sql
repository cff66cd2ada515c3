-- Who may do what in a migrated database, one fact a row, from the catalogue alone. Read by the one who migrated it. The
-- same on every supported version of PostgreSQL: what a version adds is named only where it deviates from how the others are.
with
ours (oid, name) as (
  select oid, nspname::text from pg_namespace where nspname in ('public', 'app', 'graphile_worker')),
-- Names of an installation stay out.
who (oid, name) as (
  select oid, case when rolname = session_user then '(who migrates)' else rolname::text end from pg_roles
  union all select 0, 'public'),
-- Everything that has an owner and rights, with the rights it has when nobody granted any.
things (kind, name, owner, acl) as (
  select 'database', 'itself', datdba, coalesce(datacl, acldefault('d', datdba)) from pg_database
   where datname = current_database()
  union all
  select 'schema', nspname::text, nspowner, coalesce(nspacl, acldefault('n', nspowner)) from pg_namespace
   where nspname !~ '^pg_' and nspname <> 'information_schema'
  union all
  select case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end,
         ours.name || '.' || c.relname, c.relowner,
         coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
    from pg_class c join ours on ours.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  union all
  select 'function', format('%s.%s(%s)', ours.name, p.proname, pg_get_function_identity_arguments(p.oid)),
         p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
    from pg_proc p join ours on ours.oid = p.pronamespace
   -- graphile-worker's own are closed by their schema.
   where ours.name <> 'graphile_worker' or p.proacl is not null
  union all
  select 'foreign server', srvname::text, srvowner, coalesce(srvacl, acldefault('S', srvowner)) from pg_foreign_server
  union all
  select 'parameter', parname, 10, paracl from pg_parameter_acl),
relations as (
  select c.*, ours.name || '.' || c.relname as full_name from pg_class c join ours on ours.oid = c.relnamespace),
tables as (
  select * from relations where relkind in ('r', 'p', 'f') and full_name ~ '^(public|app)\.')

select 'role ' || rolname || ':' || concat(
         case when rolsuper then ' superuser' end, case when rolcanlogin then ' login' end,
         case when rolcreaterole then ' createrole' end, case when rolcreatedb then ' createdb' end,
         case when rolreplication then ' replication' end, case when rolbypassrls then ' bypassrls' end,
         case when rolinherit then ' inherit' else ' noinherit' end) as fact
  from pg_roles where rolname ~ '^app_'
union all
-- Logins are an installation's own: npm run doctor looks at them.
select format('member %s of %s', m.rolname, r.rolname) || concat(
         case when a.admin_option then ' with admin' end,
         case to_jsonb(a) ->> 'inherit_option' when 'false' then ' without inherit' end,
         case to_jsonb(a) ->> 'set_option' when 'false' then ' without set' end)
  from pg_auth_members a join pg_roles r on r.oid = a.roleid join pg_roles m on m.oid = a.member
 where m.rolname ~ '^app_' or (r.rolname ~ '^app_' and not m.rolcanlogin)
union all
select format('setting of %s: %s', coalesce(who.name, 'the database'), setting)
  from pg_db_role_setting s cross join unnest(s.setconfig) setting
  left join who on who.oid = s.setrole and s.setrole <> 0
 where (s.setrole = 0 or who.name ~ '^app_')
   and s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
union all
select format('owner of %s %s: %s', kind, things.name, who.name)
  from things join who on who.oid = owner where kind not in ('database', 'parameter')
union all
-- * : may pass it on.
select format('grant on %s %s to %s: %s', kind, things.name, who.name,
              string_agg(a.privilege_type || case when a.is_grantable then '*' else '' end, ', '
                         order by a.privilege_type))
  from things cross join aclexplode(acl) a join who on who.oid = a.grantee
 where a.grantee <> things.owner group by kind, things.name, who.name
union all
select format('grant on columns of %s to %s: %s', r.full_name, who.name,
              a.privilege_type || case when a.is_grantable then '*' else '' end || ' ('
              || string_agg(c.attname, ', ' order by c.attname) || ')')
  from relations r join pg_attribute c on c.attrelid = r.oid and not c.attisdropped
 cross join aclexplode(c.attacl) a join who on who.oid = a.grantee
 group by r.full_name, who.name, a.privilege_type, a.is_grantable
union all
select format('default privileges of %s%s on %s: %s', who.name, ' in ' || n.nspname,
              case d.defaclobjtype when 'f' then 'functions' when 'r' then 'tables' when 'S' then 'sequences'
                   when 'n' then 'schemas' else d.defaclobjtype::text end,
              (select coalesce(string_agg(format('%s to %s', a.privilege_type, w.name), ', '
                                          order by w.name, a.privilege_type), 'none')
                 from aclexplode(d.defaclacl) a join who w on w.oid = a.grantee))
  from pg_default_acl d join who on who.oid = d.defaclrole left join pg_namespace n on n.oid = d.defaclnamespace
union all
select format('row security of %s: %s', full_name,
              case when relrowsecurity and relforcerowsecurity then 'forced' when relrowsecurity then 'not forced'
                   when relforcerowsecurity then 'forced but off' else 'off' end)
  from relations where relkind in ('r', 'p', 'f')
union all
select format('policy %s on %s: %s for %s to %s using %s check %s', p.polname, r.full_name,
              case when p.polpermissive then 'permissive' else 'restrictive' end,
              case p.polcmd when '*' then 'all' when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
                   else 'delete' end,
              (select string_agg(who.name, ', ' order by who.name) from who where who.oid = any(p.polroles)),
              coalesce(pg_get_expr(p.polqual, p.polrelid), '-'),
              coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'))
  from pg_policy p join relations r on r.oid = p.polrelid
union all
select format('constraint %s on %s: %s', c.conname, t.full_name, pg_get_constraintdef(c.oid))
  from pg_constraint c join tables t on t.oid = c.conrelid where c.contype in ('p', 'u', 'f', 'c', 'x')
union all
select format('not null in %s: %s', t.full_name, string_agg(a.attname, ', ' order by a.attname))
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and a.attnotnull and not a.attisdropped
 group by t.full_name
union all
select format('generated in %s: %s as %s', t.full_name, a.attname, pg_get_expr(d.adbin, d.adrelid))
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attgenerated <> '' and not a.attisdropped
  join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
union all
select format('unique index %s on %s: %s%s', i.indexrelid::regclass, t.full_name, pg_get_indexdef(i.indexrelid),
              case when not (i.indisvalid and i.indisready and i.indislive) then ' INVALID' else '' end)
  from pg_index i join tables t on t.oid = i.indrelid where i.indisunique
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
union all
select format('inheritance: %s of %s', inhrelid::regclass, inhparent::regclass)
  from pg_inherits join tables t on t.oid = inhparent
union all
select format('trigger %s on %s: %s%s', g.tgname, t.full_name, pg_get_triggerdef(g.oid),
              case g.tgenabled when 'O' then '' else ' ENABLED ' || g.tgenabled::text end)
  from pg_trigger g join tables t on t.oid = g.tgrelid where not g.tgisinternal
union all
select format('constraint %s on %s: does not hold, its trigger is ENABLED %s', c.conname, t.full_name, g.tgenabled)
  from pg_trigger g join tables t on t.oid = g.tgrelid join pg_constraint c on c.oid = g.tgconstraint
 where g.tgisinternal and g.tgenabled <> 'O'
union all
select format('rule %s on %s: %s', w.rulename, r.full_name, pg_get_ruledef(w.oid))
  from pg_rewrite w join relations r on r.oid = w.ev_class
 where w.rulename <> '_RETURN' or r.full_name !~ '^graphile_worker\.'
union all
select format('view %s: %s', r.full_name, coalesce(array_to_string(r.reloptions, ' '), 'as its owner'))
  from relations r where r.relkind in ('v', 'm')
union all
-- A body is told by its digest: who changes a function with an owner's rights says so here. A migration may choose the
-- collation among those that the server has.
select format('function %s.%s(%s): %s returns %s%s%s%s, body %s', n.nspname, p.proname,
              pg_get_function_identity_arguments(p.oid),
              case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
              coalesce(pg_get_function_result(p.oid), 'nothing'),
              case when p.prosecdef then ', SECURITY DEFINER' else '' end,
              case when p.proleakproof then ', LEAKPROOF' else '' end,
              ', ' || array_to_string(p.proconfig, ', '),
              left(md5(regexp_replace(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
                                      'collate pg_catalog\.\S+', 'collate')), 12))
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
 where n.nspname in ('public', 'app')
    or (p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema'))
union all select 'extension ' || extname from pg_extension
union all select format('event trigger %s: %s', evtname, evtfoid::regprocedure) from pg_event_trigger
union all select 'publication ' || pubname from pg_publication
union all
-- Who may ask for which job is as good as a grant, and a key without its workspace is a hole.
select format('job %s: %s', task, coalesce('key ' || array_to_string(key, ', '), 'lanes of ' || lane)) from app.jobs
union all
select format('job %s may be asked for by %s%s', task, role, case when own_number then ', for its own number' else '' end)
  from app.job_rights
