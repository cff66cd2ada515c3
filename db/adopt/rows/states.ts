/** `oauth_states`: history. Nobody can redeem what has neither a person nor a session. */
import type pg from "pg";
import { provider } from "../older/mission.ts";
import type { TablePlan } from "../plan.ts";
import { aside, type ExtraColumn, firstOf, insertRows, taken } from "./rows.ts";

/** The oldest of several rows with one nonce keeps it. */
export async function insertStates(
  client: pg.Client,
  plan: TablePlan,
  extras: ExtraColumn[],
): Promise<number> {
  const nonce = taken(plan, "nonce");
  const id = firstOf(taken(plan, "id"), "gen_random_uuid()");
  const [createdAt, expiresAt] = [taken(plan, "created_at"), taken(plan, "expires_at")];
  const begun = firstOf(
    createdAt,
    `(${expiresAt})::timestamptz - interval '10 minutes'`,
    taken(plan, "used_at"),
    "now()",
  );
  const isFirst = `row_number() over (partition by ${nonce} order by ${firstOf(createdAt, "now()")}, o.ctid) = 1`;
  return insertRows(client, {
    table: "oauth_states",
    values: {
      id,
      tenant_id: taken(plan, "tenant_id"),
      provider: `'${provider}'`,
      nonce:
        nonce === "null"
          ? newNonce
          : `case when ${nonce} is not null and ${isFirst} then ${nonce} else ${newNonce} end`,
      created_at: begun,
      used_at: taken(plan, "used_at"),
      expires_at: firstOf(expiresAt, `${begun} + interval '10 minutes'`),
      metadata: metadataOf(plan, nonce),
    },
    source: aside(plan),
    extras,
  });
}

const newNonce = "'imported:' || gen_random_uuid()";

function metadataOf(plan: TablePlan, nonce: string): string {
  const metadata = taken(plan, "metadata");
  const kept =
    metadata === "null"
      ? "'{}'::jsonb"
      : `case jsonb_typeof(${metadata}) when 'object' then ${metadata} when 'null' then '{}'
           else coalesce(jsonb_build_object('former_metadata', ${metadata}), '{}') end`;
  if (nonce === "null") return kept;
  const isRepeated = `row_number() over (partition by ${nonce} order by ${firstOf(taken(plan, "created_at"), "now()")}, o.ctid) > 1`;
  return `coalesce(${kept}, '{}') || case when ${nonce} is not null and ${isRepeated}
            then jsonb_build_object('former_nonce', ${nonce}) else '{}' end`;
}
