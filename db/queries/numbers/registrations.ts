/** `number_registrations`: a number's PIN, sealed; and how often registering it was tried. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../../client.ts";
import type { Schema } from "../../schema.ts";

export type RegistrationRow = Selectable<Schema["number_registrations"]>;

/** Keeps the first PIN that is offered, whoever offers another one later, and returns the row that is kept. */
export async function keepPin(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  pinEnc: string,
): Promise<RegistrationRow> {
  await tdb
    .insertInto("number_registrations")
    .values({ tenant_id: tenantId, connection_id: connectionId, pin_enc: pinEnc })
    .onConflict((oc) => oc.column("connection_id").doNothing())
    .execute();
  return tdb
    .selectFrom("number_registrations")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .executeTakeFirstOrThrow();
}

/** For one that was told not to open; any other stays as it is. */
export async function replacePin(tdb: TenantDb, connectionId: string, pinEnc: string): Promise<void> {
  await sql`select app.replace_unreadable_pin(${connectionId}, ${pinEnc})`.execute(tdb);
}

/** Whether it was told that the PIN does not open; nothing where the connection has none. */
export async function notePin(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  { isUnreadable }: { isUnreadable: boolean },
): Promise<void> {
  await tdb
    .updateTable("number_registrations")
    .set({ pin_unreadable: isUnreadable, updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .execute();
}

/** Of a try that was asked for: it is counted now, the next one is allowed at a time, or there is no such number here. */
export type RegistrationTry = { kind: "counted" } | { kind: "held"; until: Date } | { kind: "none" };

/**
 * Counts a try to register the number of this active connection, by whatever and in whichever workspace it was
 * tried before: eight in 72 hours. Atomic; counted for good once the transaction is committed.
 */
export async function takeRegistrationTry(tdb: TenantDb, connectionId: string): Promise<RegistrationTry> {
  const { rows } = await sql<{ taken: boolean; opens_at: Date | null }>`
    select taken, opens_at from app.take_registration_try(${connectionId}::uuid)`.execute(tdb);
  if (rows[0]?.taken) return { kind: "counted" };
  return rows[0]?.opens_at ? { kind: "held", until: rows[0].opens_at } : { kind: "none" };
}

/** When the number may be registered again; null when that is now, and for a connection that holds none. */
export async function registrationAgainAt(tdb: TenantDb, connectionId: string): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select app.registration_again_at(${connectionId}::uuid) as at`.execute(tdb);
  return rows[0]?.at ?? null;
}

/** Meta has locked the number: no try for 72 hours from now. */
export async function holdRegistration(tdb: TenantDb, connectionId: string): Promise<void> {
  await sql`select app.hold_registration(${connectionId}::uuid)`.execute(tdb);
}
