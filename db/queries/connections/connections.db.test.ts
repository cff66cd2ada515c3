import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type TenantDb, withTenant } from "../../client.ts";
import { widenProvider } from "../../testing/second-provider.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { markBroken, markMended } from "./connections.ts";

let database: TestDatabase;
let db: ReturnType<TestDatabase["as"]>;
const tenant_id = randomUUID();
const id = randomUUID();
const now = { code: "token_rejected", at: "2026-01-01T00:00:00.000Z" } as const;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  db = database.as("app_tenant");
  await database.sql("insert into tenants (id, name) values ($1, 'x')", [tenant_id]);
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.sql("delete from mail_outbox");
  await database.sql("delete from channel_connections");
  await database.sql(
    `insert into channel_connections (id, tenant_id, provider, status, waba_id, phone_number_id, access_token_enc)
     values ($1, $2, 'meta_whatsapp', 'active', '1', '1', 'token')`,
    [id, tenant_id],
  );
});

const inTenant = <T>(work: (tdb: TenantDb) => Promise<T>) => withTenant(db, tenant_id, work);
const stands = async () =>
  (await database.sql("select status, metadata->'error' as error from channel_connections"))[0];
const set = (change: string) => database.sql(`update channel_connections set ${change}`);
const broken = (access_token_enc: string) =>
  inTenant((tdb) => markBroken(tdb, { tenant_id, id, access_token_enc }, now));

describe("a verdict on a token", () => {
  test("turns the connection that has it to error, and is news once", async () => {
    expect([await broken("token"), await broken("token")]).toEqual([true, false]);
    expect(await stands()).toEqual({ status: "error", error: now });
  });

  test("is none on the token that took its place", async () => {
    expect(await broken("the token before")).toBe(false);
    expect(await stands()).toEqual({ status: "active", error: null });
  });

  test("is none on a connection that is not connected any more", async () => {
    await set("status = 'revoked', access_token_enc = null");
    expect(await broken("token")).toBe(false);
    expect(await stands()).toEqual({ status: "revoked", error: null });
  });
});

describe("a cause that is disproved", () => {
  const mended = () =>
    inTenant((tdb) => markMended(tdb, tenant_id, id, ["token_rejected", "permission_lost"]));
  const because = (error: object) => set(`status = 'error', metadata = '${JSON.stringify({ error })}'`);

  test("makes the connection active again, also with others of its kind behind it", async () => {
    await because({ ...now, also: [{ ...now, code: "permission_lost" }] });
    expect([await mended(), await mended()]).toEqual([true, false]);
    expect(await stands()).toEqual({ status: "active", error: null });
  });

  test.each([
    [
      "another cause stands behind it",
      () => because({ ...now, also: [{ ...now, code: "account_disabled" }] }),
    ],
    ["it is another one", () => because({ ...now, code: "account_disabled" })],
    [
      "there is no token to work with",
      async () => {
        await because(now);
        await set("access_token_enc = null");
      },
    ],
  ])("does not when %s", async (_why, arrange) => {
    await arrange();
    const before = await stands();
    expect(await mended()).toBe(false);
    expect(await stands()).toEqual(before);
  });
});

test("a number that works has a WABA on WhatsApp, and need have none elsewhere", async () => {
  await expect(set("waba_id = null")).rejects.toThrow(/violates check constraint/);
  await widenProvider(database, "carrier");
  await set("provider = 'carrier', waba_id = null");
  expect(await stands()).toEqual({ status: "active", error: null });
  await expect(set("phone_number_id = null")).rejects.toThrow(/violates check constraint/);
});
