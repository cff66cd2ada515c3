/** Sessions arranged by their row, for tests that are about something else than signing in. */
import { createHash, randomBytes } from "node:crypto";
import { createCookie } from "@remix-run/node";
import type { Product } from "./start.ts";

export interface SessionCookie {
  name: string;
  value: string;
}

/** A session of a person in a workspace that they work in, as the sign-in makes it; what their browser then has. */
export async function openSession(
  { sql, secrets }: Pick<Product, "sql" | "secrets">,
  { userId, tenantId, secure = false }: { userId: string; tenantId: string; secure?: boolean },
): Promise<SessionCookie> {
  const token = randomBytes(32).toString("base64url");
  await sql(
    "insert into sessions (token_hash, user_id, tenant_id, expires_at) values ($1, $2, $3, now() + interval '30 days')",
    [createHash("sha256").update(token).digest(), userId, tenantId],
  );
  const name = secure ? "__Host-curbe_session" : "curbe_session";
  const header = await createCookie(name, { secrets: [secrets.sessionSecret] }).serialize(token);
  const [, value = ""] = /=([^;]*)/.exec(header) ?? [];
  return { name, value };
}
