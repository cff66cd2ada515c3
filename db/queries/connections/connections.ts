/** `channel_connections`: finding, locking and changing a connection's row. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { ConnectionStatus, Schema } from "../../schema.ts";
import type { ConnectionErrorCode } from "./error-codes.ts";
import type { ConnectionFacts } from "./facts.ts";

export type ConnectionRow = Selectable<Schema["channel_connections"]>;

/** A member of a workspace: its numbers are everybody's, an attempt to connect one is its person's alone. */
export interface Member {
  tenantId: string;
  userId: string;
}

/** What the person may see, oldest first: the workspace's numbers, and their own attempts, which never had one. */
export async function listConnectionRows(
  tdb: TenantDb,
  { tenantId, userId }: Member,
  provider: string,
): Promise<ConnectionRow[]> {
  return ofChannel(tdb, tenantId, provider)
    .where(isTheirs(userId))
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/** A row that gave its id up to another workspace still knows the number. */
const isNumber = sql<boolean>`(phone_number_id is not null or phone_number_e164 is not null)`;
const isTheirs = (userId: string) => sql<boolean>`(${isNumber} or attempted_by = ${userId}::uuid)`;

/** The workspace's numbers on a channel, connected and disconnected ones. */
export async function listNumberRows(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
): Promise<ConnectionRow[]> {
  return ofChannel(tdb, tenantId, provider).where(isNumber).execute();
}

export async function findConnection(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  return ofId(tdb, tenantId, id).executeTakeFirst();
}

/** The row of a connected number, locked; undefined for one that is not connected (any more). */
export async function lockConnected(
  tdb: TenantDb,
  tenantId: string,
  id: string,
): Promise<ConnectionRow | undefined> {
  return ofId(tdb, tenantId, id).where("status", "in", ["active", "error"]).forUpdate().executeTakeFirst();
}

/** Writes status and the whole of `metadata` on a row that `lockConnected` holds. */
export async function saveStatus(
  tdb: TenantDb,
  { tenant_id, id }: Pick<ConnectionRow, "tenant_id" | "id">,
  { status, metadata }: { status: ConnectionStatus; metadata: Record<string, unknown> },
): Promise<void> {
  await tdb
    .updateTable("channel_connections")
    .set({ status, metadata: JSON.stringify(metadata), updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenant_id)
    .where("id", "=", id)
    .execute();
}

/**
 * The row a number's connection lives in, locked: the one that has the number, else the one that gave it up to another
 * workspace earlier, else the one that was taken over from before Curbe without the number's id; so that a tenant who
 * comes back finds its conversations.
 */
export async function lockRowOfNumber(
  tdb: TenantDb,
  tenantId: string,
  provider: string,
  { phoneNumberId, e164 }: { phoneNumberId: string; e164: string },
): Promise<ConnectionRow | undefined> {
  return ofChannel(tdb, tenantId, provider)
    .where((eb) =>
      eb.or([
        eb("phone_number_id", "=", phoneNumberId),
        eb.and([
          eb("phone_number_id", "is", null),
          eb(sql`metadata->>'former_phone_number_id'`, "=", phoneNumberId),
        ]),
        eb.and([
          eb("phone_number_id", "is", null),
          sql<boolean>`app.number_key(phone_number_e164) = app.number_key(${e164})`,
          eb(sql`metadata->'error'->>'code'`, "=", "incomplete"),
        ]),
      ]),
    )
    .orderBy(sql`phone_number_id is null`)
    .orderBy(sql`metadata->>'former_phone_number_id' is null`)
    .orderBy("id")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
}

/** The row of the person's attempt that has not come to a number yet, locked. They have one at a time on a channel. */
export async function lockAttemptRow(
  tdb: TenantDb,
  { tenantId, userId }: Member,
  provider: string,
): Promise<ConnectionRow | undefined> {
  return ofChannel(tdb, tenantId, provider)
    .where("attempted_by", "=", userId)
    .where("phone_number_id", "is", null)
    .where("status", "in", ["pending", "error"])
    .orderBy("created_at")
    .limit(1)
    .forUpdate()
    .executeTakeFirst();
}

export interface ConnectionValues {
  status: ConnectionStatus;
  accountId: string | null;
  phoneNumberId: string | null;
  phoneNumberE164: string | null;
  displayName: string | null;
  accessTokenEnc: string | null;
  tokenExpiresAt: Date | null;
  scopes: string[];
  metadata: ConnectionFacts;
  /** Of a grant that is kept until its person has chosen a number. */
  choiceExpiresAt: Date | null;
  /** Whose attempt it is; null with a number. */
  attemptedBy: string | null;
  /** Who granted it at the platform, and when; null where it named nobody. */
  grantedBy: { metaUserId: string; at: Date } | null;
}

/** Writes every value; `metadata` replaces what was there. */
export async function saveConnection(
  tdb: TenantDb,
  key: { id: string; tenantId: string; provider: string },
  values: ConnectionValues,
): Promise<void> {
  const columns = {
    status: values.status,
    waba_id: values.accountId,
    phone_number_id: values.phoneNumberId,
    phone_number_e164: values.phoneNumberE164,
    display_name: values.displayName,
    access_token_enc: values.accessTokenEnc,
    token_expires_at: values.tokenExpiresAt,
    scopes: JSON.stringify(values.scopes),
    metadata: JSON.stringify(values.metadata),
    attempted_by: values.attemptedBy,
    choice_expires_at: values.choiceExpiresAt,
    requested_at: null,
    granted_by_meta_user: values.grantedBy?.metaUserId ?? null,
    granted_at: values.grantedBy?.at ?? null,
    grant_taken_back_at: null,
  };
  await tdb
    .insertInto("channel_connections")
    .values({ id: key.id, tenant_id: key.tenantId, provider: key.provider, ...columns })
    .onConflict((oc) => oc.column("id").doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }))
    .execute();
}

/** Adds facts, each in place of its earlier one, without touching the rest of the row's state. */
export async function noteOnConnection(
  tdb: TenantDb,
  tenantId: string,
  id: string,
  note: ConnectionFacts,
): Promise<void> {
  await tdb
    .updateTable("channel_connections")
    .set({ metadata: sql`metadata || ${JSON.stringify(note)}::jsonb`, updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}

/** Keeps the name that people see in chats as the platform tells it now. One that is kept already is not written again. */
export async function noteDisplayName(
  tdb: TenantDb,
  tenantId: string,
  id: string,
  displayName: string,
): Promise<void> {
  await tdb
    .updateTable("channel_connections")
    .set({ display_name: displayName, updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("display_name", "is distinct from", displayName)
    .execute();
}

/**
 * Meta ended our access by the token that `row` has: `error` with its cause. Returns false when it was so before, when
 * it is not connected any more, and when it has another token by now, of which nothing is known.
 */
export async function markBroken(
  tdb: TenantDb,
  row: Pick<ConnectionRow, "tenant_id" | "id" | "access_token_enc">,
  error: { code: ConnectionErrorCode; at: string },
): Promise<boolean> {
  const changed = await tdb
    .updateTable("channel_connections")
    .set({
      status: "error",
      metadata: sql`metadata || ${JSON.stringify({ error })}::jsonb`,
      updated_at: sql<Date>`now()`,
    })
    .where("tenant_id", "=", row.tenant_id)
    .where("id", "=", row.id)
    .where("access_token_enc", "=", row.access_token_enc)
    .where("status", "=", "active")
    .returning("id")
    .executeTakeFirst();
  return changed !== undefined;
}

/**
 * Back to `active` when every cause that holds is one of `codes`. Returns false when there was nothing of the kind, or
 * when another cause stands behind it (`error.also`): that one is not disproved.
 */
export async function markMended(
  tdb: TenantDb,
  tenantId: string,
  id: string,
  codes: readonly ConnectionErrorCode[],
): Promise<boolean> {
  const changed = await tdb
    .updateTable("channel_connections")
    .set({ status: "active", metadata: sql`metadata - 'error'`, updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .where("status", "=", "error")
    .where("access_token_enc", "is not", null)
    .where(sql<string>`metadata->'error'->>'code'`, "in", codes)
    .where(
      sql<boolean>`not exists (select from jsonb_array_elements(coalesce(metadata->'error'->'also', '[]')) other
                                where other->>'code' <> all(${codes}::text[]))`,
    )
    .returning("id")
    .executeTakeFirst();
  return changed !== undefined;
}

/** Marks revoked and destroys the token. The number stays on the row until another workspace claims it. */
export async function revokeConnection(
  tdb: TenantDb,
  tenantId: string,
  id: string,
  note: ConnectionFacts,
): Promise<void> {
  await tdb
    .updateTable("channel_connections")
    .set({
      status: "revoked",
      access_token_enc: null,
      token_expires_at: null,
      choice_expires_at: null,
      requested_at: null,
      metadata: sql`(metadata - 'error' - 'choices' - 'deliveries') || ${JSON.stringify(note)}::jsonb`,
      updated_at: sql<Date>`now()`,
    })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id)
    .execute();
}

/** Locks what a person's disconnect speaks of: one connection they see, or all of a channel that are not revoked yet. */
export async function lockConnectionsToRevoke(
  tdb: TenantDb,
  { tenantId, userId }: Member,
  provider: string,
  id: string | undefined,
): Promise<ConnectionRow[]> {
  return ofChannel(tdb, tenantId, provider)
    .where("status", "<>", "revoked")
    .where(isTheirs(userId))
    .$if(id !== undefined, (query) => query.where("id", "=", id ?? ""))
    .orderBy("id")
    .forUpdate()
    .execute();
}

function ofId(tdb: TenantDb, tenantId: string, id: string) {
  return tdb
    .selectFrom("channel_connections")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id);
}

function ofChannel(tdb: TenantDb, tenantId: string, provider: string) {
  return tdb
    .selectFrom("channel_connections")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("provider", "=", provider);
}
