/** `contacts`: the older ones, and those that conversations and messages speak of. */
import type pg from "pg";
import { provider } from "../older/mission.ts";
import { asideSchema } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { aside, asOwner, continueIds, type ExtraColumn, firstOf, insertRows, taken, textOf } from "./rows.ts";

/** Names under which older tables keep a contact's number at the channel; the mission calls it `wa_id`. */
const numberColumns = ["wa_id", "contact_wa_id", "phone_number", "phone", "contact_phone"];
const nameColumns = ["profile_name", "contact_name", "name", "display_name"];

/** As Meta writes it: digits alone. What is none stays as it is. */
export function waIdOf(plan: TablePlan): string {
  const said = textOf(plan, ...numberColumns);
  if (said === "null") return "null::text";
  const digits = `regexp_replace(${said}, '[^0-9]', '', 'g')`;
  return `case when ${said} ~ '^[+]?[0-9 ().-]+$' and length(${digits}) >= 5 then ${digits} else ${said} end`;
}

export function nameOf(plan: TablePlan): string {
  const name = textOf(plan, ...nameColumns);
  return name === "null" ? "null::text" : name;
}

/** The newest of several with one number keeps it; the others know it as a former one. Leaves `was_id` beside each id. */
export async function insertContacts(
  client: pg.Client,
  plan: TablePlan,
  extras: ExtraColumn[],
): Promise<number> {
  const [createdAt, updatedAt] = [taken(plan, "created_at"), taken(plan, "updated_at")];
  const created = firstOf(createdAt, updatedAt, "now()");
  const updated = firstOf(updatedAt, createdAt, "now()");
  const tenant = taken(plan, "tenant_id");
  const id = firstOf(taken(plan, "id"), `row_number() over (order by ${created}, o.ctid)`);
  const wasId = plan.table.columns.has("id") ? "lower(btrim(o.id::text))" : "null::text";
  await asOwner(client, () =>
    client.query(`
      create table ${asideSchema}.contact_places as
      select p.*, app.number_key(wa_id) as number_key,
             wa_id is null or row_number() over (partition by tenant_id, app.number_key(wa_id)
                                                 order by updated desc, id desc) = 1 as keeps
        from (select o.ctid as at, ${wasId} as was_id, ${id} as id, ${tenant} as tenant_id, ${waIdOf(plan)} as wa_id,
                     ${created} as created, ${updated} as updated from ${aside(plan)}) p`),
  );
  const count = await insertRows(client, {
    table: "contacts",
    values: {
      id: "p.id",
      tenant_id: "p.tenant_id",
      provider: `'${provider}'`,
      wa_id: "case when p.keeps then p.wa_id end",
      username: taken(plan, "username"),
      profile_name: firstOf(
        nameOf(plan),
        "case when p.keeps and p.wa_id is not null then null else 'Imported' end",
      ),
      created_at: "p.created",
      updated_at: "p.updated",
      wa_id_at: "p.created",
      user_id_at: "p.created",
    },
    source: `${asideSchema}.contact_places p join ${aside(plan)} on o.ctid = p.at`,
    extras,
  });
  await asOwner(client, () =>
    client.query(`
      insert into public.contact_aliases (tenant_id, provider, kind, former_id, contact_id, held_until)
      select tenant_id, '${provider}', 'waId', number_key, id, updated from ${asideSchema}.contact_places where not keeps`),
  );
  await continueIds(client, "contacts");
  return count;
}

/**
 * Contacts for places that have none yet: `places` has tenant_id, wa_id, name and contact_id. One for each number of a
 * workspace, and one of its own, named Imported, for each place where nobody knows one. Fills contact_id in.
 */
export async function addMissingContacts(client: pg.Client, places: string): Promise<number> {
  return asOwner(client, async () => {
    await client.query(`
      update ${places} p set contact_id = c.id from public.contacts c
       where p.contact_id is null and c.tenant_id = p.tenant_id and c.number_key = app.number_key(p.wa_id)`);
    const known = await client.query(`
      with made as (
        insert into public.contacts (tenant_id, provider, wa_id, profile_name)
        select tenant_id, '${provider}', max(wa_id), max(name) from ${places}
         where contact_id is null and wa_id is not null group by tenant_id, app.number_key(wa_id)
        returning id, tenant_id, number_key)
      update ${places} p set contact_id = m.id from made m
       where p.contact_id is null and p.tenant_id = m.tenant_id and m.number_key = app.number_key(p.wa_id) returning m.id`);
    await client.query(`
      update ${places} p set contact_id = nextval('public.contacts_id_seq') where contact_id is null`);
    const imported = await client.query(`
      insert into public.contacts (id, tenant_id, provider, profile_name) overriding system value
      select contact_id, tenant_id, '${provider}', coalesce(name, 'Imported') from ${places} p
       where not exists (select from public.contacts c where c.id = p.contact_id)`);
    return new Set(known.rows.map(({ id }) => id)).size + (imported.rowCount ?? 0);
  });
}
