/** The flows of connecting and leaving, gone through with real Requests against the sandbox. For tests. */
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { deleteOfWorkspaces } from "../../../db/testing/empty-tables.ts";
import { BUSINESS_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import * as callback from "../../routes/api.integrations.meta.$channel.callback.ts";
import * as disconnect from "../../routes/api.integrations.meta.$channel.disconnect.ts";
import * as start from "../../routes/api.integrations.meta.$channel.start.ts";
import * as status from "../../routes/api.integrations.meta.$channel.status.ts";
import { type Arrange, callRoute, startTestProduct, type TestPerson, type TestProduct } from "./product.ts";

export const api = "/api/integrations/meta/whatsapp";
export const asJson = { accept: "application/json" };
export const connectedPlace = "/settings/integrations?whatsapp=connected";
export const pickerPlace = "/settings/integrations/whatsapp/choose-number";
export const failed = (reason: string) => `/settings/integrations?whatsapp=error&reason=${reason}`;

/**
 * Starts the product for the file; before each test `ana` is somebody new, after it nothing is connected, unless the
 * database came with connections of its own (`arrange`).
 */
export function connectFlows({ env, arrange }: { env?: Record<string, string>; arrange?: Arrange } = {}) {
  // Filled by the hooks, before any test looks.
  const flow = {} as { product: TestProduct; ana: TestPerson };
  beforeAll(async () => {
    flow.product = await startTestProduct(env, arrange);
  });
  afterAll(() => flow.product.stop());
  beforeEach(async () => {
    flow.ana = await flow.product.person();
  });
  afterEach(async () => {
    flow.product.sandbox.control.reset();
    flow.product.forgetTroubleWithMeta();
    if (arrange) return;
    await flow.product.database.sql(`${deleteOfWorkspaces}; delete from graphile_worker._private_jobs`);
  });

  function ask(path: string, person?: TestPerson, init: RequestInit = {}): Request {
    const cookie: Record<string, string> = person ? { cookie: person.cookie } : {};
    const headers = { ...cookie, ...(init.headers as Record<string, string>) };
    return new Request(`${flow.product.origin}${path}`, { ...init, headers });
  }

  async function begin(person: TestPerson): Promise<{ authUrl: string; state: string }> {
    const request = ask(`${api}/start`, person, { method: "POST", headers: asJson });
    const answer = await callRoute(start.action, request);
    expect(answer.status).toBe(200);
    return answer.json() as Promise<{ authUrl: string; state: string }>;
  }

  /** Where the callback sends the person. */
  async function comeBack(person: TestPerson, query: Record<string, string>): Promise<string> {
    const answer = await callRoute(
      callback.loader,
      ask(`${api}/callback?${new URLSearchParams(query)}`, person),
    );
    expect(answer.status).toBe(303);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    return answer.headers.get("location") ?? "";
  }

  const code = (businessId: string, more: object = {}) =>
    flow.product.sandbox.control.mintCode({ businessId, ...more }).code;

  async function connect(person: TestPerson, businessId: string = BUSINESS_IDS.luz): Promise<string> {
    const { state } = await begin(person);
    return comeBack(person, { state, code: code(businessId) });
  }

  function leave(person: TestPerson, init: RequestInit = {}): Promise<Response> {
    return callRoute(
      disconnect.action,
      ask(`${api}/disconnect`, person, { method: "POST", headers: asJson, ...init }),
    );
  }

  const connections = (person: TestPerson) =>
    flow.product.database.sql<Record<string, never>>(
      "select * from channel_connections where tenant_id = $1 order by created_at",
      [person.tenantId],
    );
  const jobs = () =>
    flow.product.database.sql<{ task: string; payload: Record<string, string> }>(
      `select t.identifier as task, j.payload from graphile_worker._private_jobs j
         join graphile_worker._private_tasks t on t.id = j.task_id order by j.id`,
    );
  const statusOf = async (person: TestPerson) =>
    (await callRoute(status.loader, ask(`${api}/status`, person))).json() as Promise<Record<string, unknown>>;
  const exchanges = () => flow.product.sandbox.control.exchangeAttempts();

  return { flow, ask, begin, comeBack, code, connect, leave, connections, jobs, statusOf, exchanges };
}
