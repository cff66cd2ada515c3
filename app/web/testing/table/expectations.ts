/** What an attempt left in the database, and whether it is whole. For tests of the tables. */
import { expect } from "vitest";
import { isReasonCode, type ReasonCode } from "../../../integrations/connect/reasons.ts";
import { type ConnectStep, connectSteps } from "../../../integrations/connect/setup-steps.ts";
import { english as texts } from "../../../texts/en/index.ts";
import type { TestProduct } from "../product.ts";

interface LeftRow {
  id: string;
  status: string;
  access_token_enc: string | null;
  waba_id: string | null;
  phone_number_id: string | null;
  metadata: {
    choices?: { unread?: boolean; numbers: { phoneNumberId: string }[] };
    error?: { code: string; missing?: string[] };
    deliveries?: { state: string; code?: string };
    registration?: { result: string; code?: string };
    steps?: Steps;
  };
}
type Steps = Partial<Record<ConnectStep, { result: string; code?: string }>>;

export interface Left {
  rows: LeftRow[];
  claims: { connection_id: string; phone_number_id: string }[];
  events: { kind: string; detail: { reason?: string; steps?: Steps; code?: string } }[];
  teardowns: { outcome: string | null; access_token_enc: string | null }[];
  jobs: string[];
}

/** Everything of one tenant; of the claims those that are open. Jobs are everybody's, by name. */
export async function lookAtTenant({ database }: TestProduct, tenantId: string): Promise<Left> {
  const [left] = await database.sql<Left>(
    `select (select coalesce(json_agg(c order by c.created_at), '[]') from channel_connections c
              where c.tenant_id = $1) as rows,
            (select coalesce(json_agg(n order by n.id), '[]') from number_claims n
              where n.tenant_id = $1 and n.released_at is null) as claims,
            (select coalesce(json_agg(e order by e.id), '[]') from connection_events e
              where e.tenant_id = $1) as events,
            (select coalesce(json_agg(d order by d.created_at), '[]') from connection_teardowns d
              where d.tenant_id = $1) as teardowns,
            (select coalesce(json_agg(t.identifier order by j.id), '[]')
               from graphile_worker._private_jobs j
               join graphile_worker._private_tasks t on t.id = j.task_id) as jobs`,
    [tenantId],
  );
  if (!left) throw new Error("The database answered nothing.");
  return left;
}

/** Each row by its state: `active+token`, `pending+token`, `error` … */
export function inShort({ rows }: Left): string[] {
  return rows.map((row) => `${row.status}${row.access_token_enc ? "+token" : ""}`);
}

/** Nothing works that is not whole, nothing holds what it does not use, and nobody waits for what was not asked for. */
export function expectNotConnected(left: Left): void {
  expect(inShort(left)).not.toContain("active+token");
  expect(left.claims).toEqual([]);
  expect(left.jobs).toEqual([]);
}

export function expectConnected(left: Left, phoneNumberId?: string): void {
  const active = left.rows.filter((row) => row.status === "active");
  expect(active).toHaveLength(1);
  expect(active[0]?.access_token_enc).toMatch(/^v1\./);
  if (phoneNumberId) expect(active[0]?.phone_number_id).toBe(phoneNumberId);
  const { id, phone_number_id } = active[0] ?? {};
  expect(left.claims).toMatchObject([{ connection_id: id, phone_number_id }]);
  expect(left.jobs).toEqual(["subscribe_waba", "register_number", "replay_parked"]);
  // Whatever else was tried on the way holds no token any more.
  expect(left.rows.filter((row) => row.status !== "active" && row.access_token_enc)).toEqual([]);
}

/** The place leads to a page that has words of its own for the reason. */
export function expectSaid(place: string, reason: ReasonCode): void {
  expect(place).toBe(`/settings/integrations?whatsapp=error&reason=${reason}`);
  expect(isReasonCode(new URLSearchParams(place.split("?")[1]).get("reason"))).toBe(true);
  const { title, text } = texts.channels.meta_whatsapp.reasons[reason];
  for (const words of [title, text]) expect(words).toMatch(/\w+ \w+.*\.$/);
}

/** Exactly one event of the failure, whose steps end at the one that failed. */
export function expectFailureTold({ events }: Left, reason: ReasonCode, step: ConnectStep): void {
  const told = events.filter((event) => event.kind === "connect_failed");
  expect(told.map(({ detail }) => detail.reason)).toEqual([reason]);
  expectStoppedAt(told[0]?.detail.steps, step, reason);
}

/** What one reading has shown before it broke off may be marked or not; nothing after it is, and nothing else failed. */
export function expectStoppedAt(steps: Steps | undefined, step: ConnectStep, code: string): void {
  const marks = Object.entries(steps ?? {}).filter(([name]) => name !== step);
  expect(steps?.[step]).toMatchObject({ result: "failed", code });
  expect(marks.filter(([, { result }]) => result !== "done")).toEqual([]);
  const earlier: string[] = connectSteps.slice(0, connectSteps.indexOf(step));
  expect(marks.filter(([name]) => !earlier.includes(name))).toEqual([]);
  const proved = earlier.filter((name) => name === "state_checked" || name === "code_exchanged");
  expect(marks.map(([name]) => name)).toEqual(expect.arrayContaining(proved));
}
