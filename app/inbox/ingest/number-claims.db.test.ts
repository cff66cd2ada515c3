/** Whose a number was at each moment, gaps included, and what its claim remembers of its first delivery. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as meta from "#app/integrations/meta/whatsapp/webhook/testing/fixtures.ts";
import { withTenant } from "#db/client.ts";
import { claimNumber } from "#db/queries/numbers/number-claims.ts";
import { ownersOf } from "#db/queries/numbers/number-owners.ts";
import { cases } from "#db/testing/generated.ts";
import { inboxStage } from "../testing/inbox-stage.ts";
import { claimAgain, connectWorkspace, type Workspace } from "../testing/test-workspaces.ts";

const { inbox, sql, deliver, deliverAll, processIds } = inboxStage({ connected: false });

const number = meta.phoneNumberId;
const received = "2026-01-10T00:00:00.000001Z";
const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();

/** Processes one message received on `received`; returns the tenant that has it, or undefined. */
async function ownerOfMessage(): Promise<string | undefined> {
  const body = meta.bodyOf({ messages: [meta.textMessage("wamid.1")] });
  await processIds([await deliver(body, received)]);
  const [message] = await sql<{ tenant: string }>("select tenant_id as tenant from messages");
  const parked = await sql("select from delivery_quarantine where reason = 'unknown_number'");
  expect(parked).toHaveLength(message ? 0 : 1);
  return message?.tenant;
}

describe("what is received while nobody holds the number", () => {
  test("belongs to nobody as long as nobody claims it", async () => {
    await connectWorkspace(inbox.database, "999000111222333");
    expect(await ownerOfMessage()).toBeUndefined();
  });

  test("before its first claim belongs to that one, and counts as no first delivery of it", async () => {
    const luz = await connectWorkspace(inbox.database, number, { since: day(12), until: day(13) });
    await connectWorkspace(inbox.database, number, { since: day(14) });
    expect(await ownerOfMessage()).toBe(luz.tenantId);
    expect(await sql("select from number_claims where first_event_at is not null")).toEqual([]);
  });

  test("between a workspace's disconnect and its own reconnect belongs to it", async () => {
    await connectWorkspace(inbox.database, number, { since: day(1), until: day(2) });
    const luz = await connectWorkspace(inbox.database, number, { since: day(3), until: received });
    await claimAgain(inbox.database, luz, number, { since: day(12) });
    expect(await ownerOfMessage()).toBe(luz.tenantId);
  });

  test("between two workspaces belongs to nobody, also when the first comes back later", async () => {
    const luz = await connectWorkspace(inbox.database, number, { since: day(1), until: day(9) });
    await connectWorkspace(inbox.database, number, { since: day(11), until: day(12) });
    await claimAgain(inbox.database, luz, number, { since: day(13) });
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
  for (const other of ["1", "2", "3"]) tenants.push(await connectWorkspace(inbox.database, other));
  const days = Array.from({ length: 34 }, (_, n) => n + 1);
  const ids = await deliverAll(
    days.map(() => ({})),
    days.map(day),
  );
  const wanted = ids.map((deliveryId) => ({ deliveryId, phoneNumberId: number }));
  await fc.assert(
    fc.asyncProperty(histories, async (spells) => {
      await sql("delete from number_claims where phone_number_id = $1", [number]);
      for (const { tenant, from, until } of spells) {
        const workspace = tenants[tenant] ?? expect.fail("no such tenant");
        await claimAgain(inbox.database, workspace, number, {
          since: day(from),
          until: until === null ? null : day(until),
        });
      }
      const owners = await inbox.deps.db.transaction().execute((trx) => ownersOf(trx, wanted));
      const found = new Map(owners.map(({ deliveryId, tenantId }) => [deliveryId, tenantId]));
      expect(ids.map((id) => found.get(id))).toEqual(
        days.map((at) => tenants[ownerByTheBook(spells, at) ?? -1]?.tenantId),
      );
    }),
    cases(60),
  );
});

const message = (id: string) => meta.bodyOf({ messages: [meta.textMessage(id)] });

/** When the delivery was received, and what the claim remembers as its first. */
async function times(deliveryId: string) {
  const [row] = await sql<{ received: Date; first: Date | null }>(
    `select d.received_at as received, c.first_event_at as first
       from webhook_deliveries d, number_claims c where d.id = $1`,
    [deliveryId],
  );
  return row;
}

test("a claim remembers when its first delivery was received, however many come and in whatever order they are read", async () => {
  await connectWorkspace(inbox.database, meta.phoneNumberId);
  const ids: string[] = [];
  for (const id of ["a", "b", "c"])
    ids.push(await deliver(message(id), `2026-01-0${ids.length + 1}T00:00:00Z`));
  const [first = "", second = "", third = ""] = ids;
  await processIds([second, first]);
  const received = new Date("2026-01-01T00:00:00Z");
  expect(await times(first)).toEqual({ received, first: received });
  await processIds([third]);
  expect((await times(third))?.first).toEqual(received);
});

test("what came before the claim, or for another number, counts for none", async () => {
  const before = await deliver(message("early"), "2019-06-01T00:00:00Z");
  await connectWorkspace(inbox.database, meta.phoneNumberId);
  await connectWorkspace(inbox.database, "999000999000999");
  await processIds([before]);
  const claims = await sql("select from number_claims where first_event_at is not null");
  expect(claims).toEqual([]);
});

describe("a number that is connected anew while it is held", () => {
  const reconnect = () =>
    withTenant(inbox.database.as("app_web"), inbox.luz.tenantId, (tdb) =>
      claimNumber(tdb, { ...inbox.luz, provider: "meta_whatsapp", phoneNumberId: number }),
    );
  const first = async () =>
    (await sql<{ first: Date | null }>("select first_event_at as first from number_claims"))[0]?.first;

  test("waits for a first delivery of its own, which none of before is, late, repeated or replayed", async () => {
    inbox.luz = await connectWorkspace(inbox.database, number);
    const early = await deliver(message("early"), "2026-01-01T00:00:00Z");
    const late = await deliver(message("late"), "2026-01-02T00:00:00Z");
    await processIds([early]);
    expect(await first()).toEqual(new Date("2026-01-01T00:00:00Z"));
    await reconnect();
    expect(await first()).toBeNull();
    // Received before, and read only now.
    await processIds([late]);
    // Opened again, as a replay does.
    await sql("update webhook_deliveries set processed_at = null, outcome = null where id = $1", [early]);
    await processIds([early]);
    expect(await first()).toBeNull();
    const moment = new Date(Date.now() + 60_000);
    await processIds([await deliver(message("after"), moment.toISOString())]);
    expect(await first()).toEqual(moment);
    await reconnect();
    expect(await first()).toBeNull();
    expect(await sql("select from number_claims")).toHaveLength(1);
  });
});
