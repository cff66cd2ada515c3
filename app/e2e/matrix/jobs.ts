/** What a workspace can have the worker do, done for one of them, with its own ids and with another's. */
import { expect } from "@playwright/test";
import type { JobName, JobPayload } from "../../../db/jobs.ts";
import { createTokenVault } from "../../integrations/crypto.server.ts";
import { Secret } from "../../platform/secret.server.ts";
import type { MatrixProduct } from "./product.ts";
import type { Tenant } from "./tenant/tenant.ts";

/** Those that name a workspace: a new one does not compile until it has payloads below. */
type OfAWorkspace = {
  [Name in JobName]: JobPayload<Name> extends { tenantId: string } ? Name : never;
}[JobName];

function payloads(tenantId: string, { ids }: Tenant): Record<OfAWorkspace, object[]> {
  const connections = ids.connection.map((connectionId) => ({
    tenantId,
    connectionId,
    requestId: "matrix-job",
  }));
  return {
    subscribe_waba: connections,
    register_number: connections,
    request_history: connections,
    check_connection: connections,
    stop_deliveries: ids.teardown.map((teardownId) => ({ tenantId, teardownId, requestId: "matrix-job" })),
    send_mail: ids.mail.map((mailId) => ({ tenantId, mailId })),
    apply_account_event: connections.map((one, n) => ({
      ...one,
      deliveryId: String(n + 1),
      itemPath: "entry.0",
      field: "account_update",
      event: "ACCOUNT_DELETED",
      detail: {},
      occurredAt: new Date().toISOString(),
    })),
  };
}

/** Runs each job for the workspace `own`, with the ids of `named`; returns how many jobs that were. */
export async function runJobs({ sql }: MatrixProduct, own: Tenant, named: Tenant): Promise<number> {
  const jobs = Object.entries(payloads(own.id, named)).flatMap(([task, all]) =>
    all.map((one) => [task, one] as const),
  );
  for (const [task, payload] of jobs) {
    await sql("select graphile_worker.add_job($1, $2::json)", [task, JSON.stringify(payload)]);
  }
  const due = () =>
    sql("select from graphile_worker._private_jobs where run_at <= now() or locked_at is not null");
  await expect.poll(due, { intervals: [20], timeout: 60_000 }).toEqual([]);
  return jobs.length;
}

/** Gives a workspace tokens and PINs that open; Meta knows none of them. */
export async function sealTokens({ sql, secrets }: MatrixProduct, { id, ids }: Tenant): Promise<void> {
  const vault = createTokenVault({ primary: secrets.encryptionKey });
  const seal = async (table: string, column: string, key: string, rows: string[]) => {
    for (const rowId of rows) {
      const sealed = vault.encryptToken(new Secret("123456"), { table, column, tenantId: id, rowId });
      await sql(`update ${table} set ${column} = $1 where tenant_id = $2 and ${key} = $3`, [
        sealed,
        id,
        rowId,
      ]);
    }
  };
  await seal("channel_connections", "access_token_enc", "id", ids.connection.slice(0, 3));
  await seal("number_registrations", "pin_enc", "connection_id", ids.connection.slice(0, 3));
  await seal("connection_teardowns", "access_token_enc", "id", ids.teardown);
}
