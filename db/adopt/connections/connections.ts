/** `channel_connections`: reading the older rows, and writing what became of them. */
import type pg from "pg";
import { isTextual } from "../older/conversions.ts";
import { provider } from "../older/mission.ts";
import type { AdoptedConnection, OldConnection } from "../older/old-connection.ts";
import { quoted } from "../older/old-tables.ts";
import type { TablePlan } from "../plan.ts";
import { aside, asOwner, type ExtraColumn, firstOf, insertRows, taken } from "../rows/rows.ts";
import { parseExactly } from "./exact-json.ts";

/** Columns that may hold plain tokens. */
export function tokenColumns(plan: TablePlan, named: string | undefined): string[] {
  const names = named === undefined ? ["access_token"] : [named, "access_token"];
  return [...new Set(names)].filter((name) => {
    const column = plan.table.columns.get(name);
    return name !== "access_token_enc" && column !== undefined && isTextual(column);
  });
}

/** From where the table was; its rows do not move with it, so `at` still finds them in the schema aside. */
export async function readConnections(
  client: pg.Client,
  plan: TablePlan,
  tokens: string[],
): Promise<OldConnection[]> {
  const createdAt = taken(plan, "created_at");
  const updatedAt = taken(plan, "updated_at");
  const isAside = plan.table.columns.has("access_token_enc") && !plan.taken.has("access_token_enc");
  const { rows } = await client.query<StoredConnection>(`
    select o.ctid::text as at, (${taken(plan, "id")})::text as id, (${taken(plan, "tenant_id")})::text as "tenantId",
           ${taken(plan, "status")} as status, ${taken(plan, "waba_id")} as "wabaId",
           ${taken(plan, "phone_number_id")} as "phoneNumberId",
           ${taken(plan, "phone_number_e164")} as "phoneNumberE164",
           ${taken(plan, "access_token_enc")} as "accessTokenEnc",
           ${isAside ? "o.access_token_enc is not null" : "false"} as "hasOtherCiphertext",
           jsonb_strip_nulls(jsonb_build_object(${tokens.map((name) => `${literal(name)}, nullif(${bare(`o.${quoted(name)}::text`)}, '')`).join(", ")})) as tokens,
           ${plan.table.columns.has("scopes") ? "to_jsonb(o.scopes)" : "null::jsonb"}::text as scopes,
           (${plan.table.columns.has("metadata") ? taken(plan, "metadata") : "null::jsonb"})::text as metadata,
           ${milliseconds(firstOf(createdAt, updatedAt, "now()"))} as "createdAt",
           ${milliseconds(firstOf(updatedAt, createdAt, "now()"))} as "updatedAt"
      from ${quoted("public", plan.table.name)} o order by 1`);
  return rows.map((row) => ({ ...row, scopes: jsonOf(row.scopes), metadata: jsonOf(row.metadata) }));
}

/** Without what a token may have caught from a file or a form: it would be sealed with it, and be another token. */
const bare = (text: string) => `btrim(${text}, e' \\t\\r\\n')`;

type StoredConnection = OldConnection & Record<"scopes" | "metadata", string | null>;
const jsonOf = (text: string | null) => (text === null ? null : parseExactly(text));
const milliseconds = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`;

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A sealed token goes in by `seal`; nothing else of a token does. Returns how many rows were put in. */
export async function insertConnections(
  client: pg.Client,
  plan: TablePlan,
  rows: AdoptedConnection[],
  extras: ExtraColumn[],
): Promise<number> {
  const createdAt = taken(plan, "created_at");
  const updatedAt = taken(plan, "updated_at");
  const written = rows.map(({ plainToken: _, ...row }) => row);
  return insertRows(client, {
    table: "channel_connections",
    values: {
      id: "j.id",
      tenant_id: 'j."tenantId"',
      provider: `'${provider}'`,
      status: "j.status",
      waba_id: 'j."wabaId"',
      phone_number_id: 'j."phoneNumberId"',
      phone_number_e164: 'j."phoneNumberE164"',
      display_name: taken(plan, "display_name"),
      access_token_enc: 'j."accessTokenEnc"',
      token_expires_at: `(case when j.status <> 'revoked' then ${taken(plan, "token_expires_at")} end)::timestamptz`,
      scopes: "j.scopes",
      metadata: "j.metadata",
      created_at: firstOf(createdAt, updatedAt, "now()"),
      updated_at: firstOf(updatedAt, createdAt, "now()"),
    },
    source: `jsonb_to_recordset($1) as j (at tid, id uuid, "tenantId" uuid, status text, "wabaId" text,
        "phoneNumberId" text, "phoneNumberE164" text, "accessTokenEnc" text, scopes jsonb, metadata jsonb,
        emptied jsonb, "keepsOldCiphertext" boolean)
      join ${aside(plan)} on o.ctid = j.at`,
    extras,
    parameters: [JSON.stringify(written)],
  });
}

const scrubbable = new Set(["text", "varchar", "citext", "json", "jsonb"]);

/** How the older columns beside ours are written: without any plain token, and of revoked rows without any token. */
export function extrasWithoutTokens(plan: TablePlan, extras: ExtraColumn[], tokens: string[]): ExtraColumn[] {
  return extras.map((extra) => {
    const column = plan.table.columns.get(extra.from);
    if (!column) return extra;
    const ref = `o.${quoted(extra.from)}`;
    if (extra.from === "access_token_enc") {
      const isKept = plan.taken.has("access_token_enc") ? 'j."keepsOldCiphertext"' : "true";
      return { ...extra, value: `case when ${isKept} and j.status <> 'revoked' then ${ref} end` };
    }
    if (tokens.includes(extra.from)) {
      const isOver = `j.status = 'revoked' or j.emptied ? ${literal(extra.from)}`;
      return { ...extra, value: `case when ${isOver} then null else ${ref} end` };
    }
    if (!scrubbable.has(column.base)) return extra;
    return { ...extra, value: scrubbed(plan, ref, column.type, tokens) };
  });
}

function scrubbed(plan: TablePlan, ref: string, type: string, tokens: string[]): string {
  const places = [...tokens, ...(plan.taken.has("access_token_enc") ? ["access_token_enc"] : [])];
  const sources = places.map((name) => [name, bare(`o.${quoted(name)}::text`)] as const);
  const all = plan.taken.has("metadata")
    ? [...sources, ["metadata", bare(`(${taken(plan, "metadata")})->>'access_token'`)] as const]
    : sources;
  const clean = all.reduce(
    (text, [name, secret]) =>
      `case when j.emptied ? ${literal(name)} then replace(${text}, ${secret}, '') else ${text} end`,
    `${ref}::text`,
  );
  return `case when j.emptied = '[]' then ${ref} else (${clean})::${type} end`;
}

/** What an adopted connection has around it: its claim on the number, its first check, and a line in the activity. */
export async function settleAround(client: pg.Client): Promise<void> {
  await asOwner(client, async () => {
    await client.query(`
      insert into public.number_claims (provider, phone_number_id, tenant_id, connection_id, claimed_at, released_at)
      select provider, phone_number_id, tenant_id, id,
             case when status = 'revoked' then least(created_at, now()) else clock_timestamp() end,
             case when status = 'revoked' then least(greatest(created_at, updated_at), now()) end
        from public.channel_connections where phone_number_id is not null and status <> 'pending'`);
    await client.query(`
      insert into public.connection_health (tenant_id, connection_id, next_check_at)
      select tenant_id, id, now() from public.channel_connections
       where status = 'active' and access_token_enc is not null`);
    await client.query(`
      insert into public.connection_events (tenant_id, connection_id, provider, kind, detail)
      select tenant_id, id, provider, 'adopted', jsonb_strip_nulls(jsonb_build_object('status', status,
             'code', metadata->'error'->>'code', 'former_status', left(metadata->>'former_status', 100)))
        from public.channel_connections`);
  });
}

/** Workspaces whose history has no connection to stand under get one that is over. Returns for how many. */
export async function addPastConnections(client: pg.Client, tenants: string): Promise<number> {
  const result = await asOwner(client, () =>
    client.query(`
      insert into public.channel_connections (tenant_id, provider, status, metadata)
      select distinct t.tenant_id, '${provider}', 'revoked', '{"imported": true}'::jsonb from (${tenants}) t
       where t.tenant_id is not null
         and not exists (select from public.channel_connections c where c.tenant_id = t.tenant_id)`),
  );
  return result.rowCount ?? 0;
}

/** Of each workspace the connection that history without one of its own goes to: `tenant_id`, `id`. */
export const foremostConnections = `(
  select distinct on (tenant_id) tenant_id, id from public.channel_connections
   order by tenant_id, array_position(array['active', 'error', 'pending', 'revoked'], status),
            updated_at desc, id)`;
