/** Connections go from workspace to workspace thousands of times: none shows a row of another, or keeps one's name. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createDb, createPool, type Db, type TenantDb, withTenant } from "../client.ts";
import { makeLogins } from "../logins.ts";
import { testSeed } from "../testing/generated.ts";
import { administer, createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { byTier } from "../testing/tier.ts";

const switches = byTier(2_000, 50_000);
const workspaces = 40;
const besideEachOther = 16;
const prefix = `curbe_test_${randomBytes(4).toString("hex")}`;

let database: TestDatabase;
let db: Db;
let tenants: { id: string; size: number }[];
beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  // Each has another number of connections, so that seeing too little is seen, too.
  tenants = await database.sql(
    `with made as (insert into tenants (name) select n::text from generate_series(1, $1) n returning id, name::int as size),
          filled as (insert into channel_connections (tenant_id, provider, status)
                     select id, 'meta_whatsapp', 'pending' from made, generate_series(1, size) returning 1)
     select made.id, made.size from made, (select count(*) from filled) f order by size`,
    [workspaces],
  );
  const [web] = await makeLogins(database.url, { prefix });
  db = createDb(
    createPool({
      connectionString: web?.url ?? "",
      role: "app_web",
      applicationName: "curbe-test-switches",
      max: 4,
      statementTimeoutMs: 10_000,
      onError: () => {},
    }),
  );
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
  for (const part of ["web", "operator", "worker"]) {
    await administer(inject("adminUrl"), `drop role if exists ${prefix}_${part}`);
  }
});

const inHundred = (share: number) => fc.noBias(fc.nat(99)).map((drawn) => drawn < share);
const step = fc.record({
  tenant: fc.noBias(fc.nat(workspaces - 1)),
  throws: inHundred(5),
  writes: inHundred(10),
  pauses: inHundred(10),
  looksOutside: inHundred(10),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Seen {
  foreign: number;
  own: number;
  backend: number;
}
const look = (one: Db | TenantDb, tenantId: string | null) =>
  sql<Seen>`
    select count(*) filter (where tenant_id is distinct from ${tenantId}::uuid)::int as foreign,
           count(*) filter (where tenant_id = ${tenantId}::uuid)::int as own, pg_backend_pid() as backend
      from channel_connections`
    .execute(one)
    .then(({ rows }) => rows[0] as Seen);

test(`${switches} switches over 4 connections show nothing of another workspace (seed ${testSeed})`, async () => {
  const plan = fc.sample(step, { seed: testSeed, numRuns: switches });
  const started = performance.now();
  const backends = new Set<number>();
  const found = {
    rolledBack: 0,
    foreign: 0,
    wrongCount: 0,
    seenOutside: 0,
    named: 0,
    errors: [] as string[],
  };

  async function within({ tenant, throws, writes, pauses }: Step): Promise<void> {
    const { id, size } = tenants[tenant] ?? { id: "", size: 0 };
    await withTenant(db, id, async (tdb) => {
      if (pauses) await new Promise(setImmediate);
      if (throws || writes) await sql`update channel_connections set updated_at = now()`.execute(tdb);
      if (throws) {
        await sql`insert into channel_connections (tenant_id, provider, status)
                  values (${id}::uuid, 'meta_whatsapp', 'pending')`.execute(tdb);
      }
      const seen = await look(tdb, id);
      backends.add(seen.backend);
      found.foreign += seen.foreign;
      if (seen.own !== size + Number(throws)) found.wrongCount++;
      if (throws) throw new RolledBack();
    }).catch((error: unknown) => {
      if (error instanceof RolledBack) found.rolledBack++;
      else found.errors.push(String(error));
    });
  }
  async function outside(): Promise<void> {
    const seen = await look(db, null);
    found.seenOutside += seen.foreign + seen.own;
    const { rows } = await sql<{ tenant: string | null; role: string }>`
      select app.current_tenant() as tenant, current_user as role`.execute(db);
    if (rows[0]?.tenant !== null || rows[0]?.role !== "app_web") found.named++;
  }
  const runners = Array.from({ length: besideEachOther }, async () => {
    for (let next = plan.pop(); next; next = plan.pop()) {
      await within(next);
      if (next.looksOutside) await outside();
    }
  });
  await Promise.all(runners);

  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${switches} switches, ${found.rolledBack} rolled back, seed ${testSeed}, ${seconds} s`);
  expect(found).toEqual({
    rolledBack: expect.any(Number),
    foreign: 0,
    wrongCount: 0,
    seenOutside: 0,
    named: 0,
    errors: [],
  });
  expect(found.rolledBack).toBeGreaterThan(switches * 0.04);
  expect(backends.size).toBe(4);
}, 180_000);

class RolledBack extends Error {}
