import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/fixtures.ts";
import { ownersOf } from "#db/queries/numbers/number-owners.ts";
import { cases } from "#db/testing/generated.ts";
import { createTestDatabase, type TestDatabase } from "#db/testing/test-database.ts";
import {
  claimAgain,
  connectWorkspace,
  deliver,
  deliverAll,
  inboxDeps,
  type Workspace,
} from "../testing/test-workspaces.ts";
import { processDeliveries } from "./ingest.server.ts";

let database: TestDatabase;
let deps: ReturnType<typeof inboxDeps>;

beforeAll(async () => {
  database = await createTestDatabase(inject("adminUrl"), inject("template"));
  deps = inboxDeps(database);
});
afterAll(() => database.drop());
beforeEach(() => database.empty("tenants", "webhook_deliveries"));

const number = meta.phoneNumberId;
const received = "2026-01-10T00:00:00.000001Z";
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();

/** Processes one message received on `received`; returns the tenant that has it, or undefined. */
async function ownerOfMessage(): Promise<string | undefined> {
  const body = meta.bodyOf({ messages: [meta.textMessage("wamid.1")] });
  await processDeliveries(deps, [await deliver(database, body, received)]);
  const [message] = await database.sql<{ tenant: string }>("select tenant_id as tenant from messages");
  const parked = await database.sql("select from delivery_quarantine where reason = 'unknown_number'");
  expect(parked).toHaveLength(message ? 0 : 1);
  return message?.tenant;
}

describe("what is received while nobody holds the number", () => {
  test("belongs to nobody as long as nobody claims it", async () => {
    await connectWorkspace(database, "999000111222333");
    expect(await ownerOfMessage()).toBeUndefined();
  });

  test("before its first claim belongs to that one, and counts as no first delivery of it", async () => {
    const luz = await connectWorkspace(database, number, { since: day(12), until: day(13) });
    await connectWorkspace(database, number, { since: day(14) });
    expect(await ownerOfMessage()).toBe(luz.tenantId);
    expect(await database.sql("select from number_claims where first_event_at is not null")).toEqual([]);
  });

  test("between a workspace's disconnect and its own reconnect belongs to it", async () => {
    await connectWorkspace(database, number, { since: day(1), until: day(2) });
    const luz = await connectWorkspace(database, number, { since: day(3), until: received });
    await claimAgain(database, luz, number, { since: day(12) });
    expect(await ownerOfMessage()).toBe(luz.tenantId);
  });

  test("between two workspaces belongs to nobody, also when the first comes back later", async () => {
    const luz = await connectWorkspace(database, number, { since: day(1), until: day(9) });
    await connectWorkspace(database, number, { since: day(11), until: day(12) });
    await claimAgain(database, luz, number, { since: day(13) });
    expect(await ownerOfMessage()).toBeUndefined();
  });
});

interface Spell {
  tenant: number;
  from: number;
  until: number | null;
}

/** The rule, said once more: spells in the order of time. */
function ownerByTheBook(spells: Spell[], at: number): number | undefined {
  const holder = spells.find(({ from, until }) => from <= at && (until === null || at < until));
  if (holder) return holder.tenant;
  const next = spells.find(({ from }) => from > at);
  const last = spells.findLast(({ until }) => until !== null && until <= at);
  return next && (!last || last.tenant === next.tenant) ? next.tenant : undefined;
}

const histories = fc
  .array(fc.record({ tenant: fc.nat(2), gap: fc.nat(2), length: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 6,
  })
  .chain((steps) => fc.record({ steps: fc.constant(steps), isOpen: fc.boolean() }))
  .map(({ steps, isOpen }) => {
    let at = 2;
    return steps.map(({ tenant, gap, length }, n): Spell => {
      const from = at + gap;
      at = from + length;
      return { tenant, from, until: isOpen && n === steps.length - 1 ? null : at };
    });
  });

test("any history of claims gives each moment the owner of the rule", async () => {
  const tenants: Workspace[] = [];
  for (const other of ["1", "2", "3"]) tenants.push(await connectWorkspace(database, other));
  const days = Array.from({ length: 34 }, (_, n) => n + 1);
  const ids = await deliverAll(
    database,
    days.map(() => ({})),
    days.map(day),
  );
  const wanted = ids.map((deliveryId) => ({ deliveryId, phoneNumberId: number }));
  await fc.assert(
    fc.asyncProperty(histories, async (spells) => {
      await database.sql("delete from number_claims where phone_number_id = $1", [number]);
      for (const { tenant, from, until } of spells) {
        const workspace = tenants[tenant] ?? expect.fail("no such tenant");
        await claimAgain(database, workspace, number, {
          since: day(from),
          until: until === null ? null : day(until),
        });
      }
      const owners = await deps.db.transaction().execute((trx) => ownersOf(trx, wanted));
      const found = new Map(owners.map(({ deliveryId, tenantId }) => [deliveryId, tenantId]));
      expect(ids.map((id) => found.get(id))).toEqual(
        days.map((at) => tenants[ownerByTheBook(spells, at) ?? -1]?.tenantId),
      );
    }),
    cases(60),
  );
});
