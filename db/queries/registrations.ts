/** `number_registrations`: a number's PIN, sealed, and how registering it ended. */
import { type Selectable, sql } from "kysely";
import type { TenantDb } from "../client.ts";
import type { RegistrationResult, Schema } from "../schema.ts";

export type RegistrationRow = Selectable<Schema["number_registrations"]>;

/** Keeps the first PIN that is offered, whoever offers another one later, and answers the row that is kept. */
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

export async function saveRegistration(
  tdb: TenantDb,
  tenantId: string,
  connectionId: string,
  { result, code }: { result: RegistrationResult; code: string | null },
): Promise<void> {
  await tdb
    .updateTable("number_registrations")
    .set({ result, code, updated_at: sql<Date>`now()` })
    .where("tenant_id", "=", tenantId)
    .where("connection_id", "=", connectionId)
    .execute();
}
