/** Connections as rows, past the code that makes them. For tests of pages. */
import type { Stage } from "./stage.ts";

interface GivenConnection {
  status: string;
  e164?: string | null;
  metadata?: object;
  token?: string | null;
  tokenExpiresAt?: string | null;
  choiceExpiresAt?: string | null;
  /** E-mail of the person whose attempt it is. */
  attemptedBy?: string;
}

/** The id of a new WhatsApp connection; the number stands for its ids as well. */
export async function addConnection(
  { database }: Pick<Stage, "database">,
  tenantId: string,
  given: GivenConnection,
): Promise<string> {
  const { status, e164 = null, metadata = {}, token = null, attemptedBy = null } = given;
  const { tokenExpiresAt = null, choiceExpiresAt = null } = given;
  const [row] = await database.sql<{ id: string }>(
    `insert into channel_connections (tenant_id, provider, status, waba_id, phone_number_id, phone_number_e164,
       display_name, access_token_enc, metadata, token_expires_at, choice_expires_at, attempted_by)
     values ($1, 'meta_whatsapp', $2, $3, $3, $3, 'A name', $4, $5, $6, $7, (select id from users where email = $8))
     returning id`,
    [tenantId, status, e164, token, JSON.stringify(metadata), tokenExpiresAt, choiceExpiresAt, attemptedBy],
  );
  if (!row) throw new Error("no connection");
  return row.id;
}

/** A number that works. */
export const activeConnection = { status: "active", token: "v1.sealed", e164: "+525512345678" };
