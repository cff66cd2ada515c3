/** What the product does that costs calls at Meta, by Remix's own handler, and the worker's part after it. For tests. */
import { beforeAll } from "vitest";
import { BUSINESS_IDS, NUMBER_IDS, WABA_IDS } from "../../../scripts/meta-sandbox/world/world.ts";
import { checkConnection } from "../../integrations/health/check.server.ts";
import { finishTeardown, subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import type { BudgetedAction } from "../connect/action-budgets.server.ts";
import { api, connectFlows, pickerPlace } from "./connect-flows.ts";
import { type AskPage, openPages } from "./pages.ts";
import type { TestPerson } from "./product.ts";

export type Fields = Record<string, string>;
export const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const settings = "/settings/integrations/whatsapp";

/** Does it once, as often as it is called, by whoever is given; answers what our server answered. */
export type Act = (person: TestPerson) => Promise<Response>;

export function graphActs() {
  const flows = connectFlows();
  const { flow, ask, connect, connections, code, jobs } = flows;
  let pages: AskPage;
  beforeAll(async () => {
    pages = await openPages();
  });

  const deps = () => flow.product.services.integrations;
  const control = () => flow.product.sandbox.control;
  /** What Meta was asked so far. */
  const spent = () => control().calls().length;

  /** What the worker would do by now. */
  async function work(): Promise<void> {
    const asked = await jobs();
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    for (const { task, payload } of asked) {
      const { tenantId = "", connectionId = "", teardownId = "" } = payload;
      const run = { tenantId, requestId: "job", lastAttempt: true };
      if (task === "subscribe_waba") await subscribeWaba(deps(), { ...run, connectionId });
      if (task === "register_number") await registerNumber(deps(), { ...run, connectionId });
      if (task === "check_connection") await checkConnection(deps(), { ...run, connectionId });
      if (task === "stop_deliveries") await finishTeardown(deps(), { ...run, teardownId });
    }
  }

  function post(
    person: TestPerson,
    path: string,
    fields: Fields = {},
    headers: Fields = browser,
  ): Promise<Response> {
    return pages(ask(path, person, { method: "POST", headers, body: new URLSearchParams(fields) }));
  }
  const get = (person: TestPerson, path: string, headers: Fields = browser) =>
    pages(ask(path, person, { headers }));

  async function connected(person: TestPerson, businessId?: string): Promise<string> {
    await connect(person, businessId);
    await work();
    return (await connections(person)).find(({ status }) => status === "active")?.id ?? "";
  }

  /** What costs calls at Meta, by budget. Each brings about what it needs, and answers how it is done. */
  const acts: Record<BudgetedAction, (person: TestPerson, headers?: Fields) => Promise<Act>> = {
    start: async (_person, headers) => async (who) => {
      const answer = await post(who, `${api}/start`, {}, headers);
      const state = new URL(answer.headers.get("location") ?? "http://none").searchParams.get("state");
      if (state)
        await get(who, `${api}/callback?${new URLSearchParams({ state, code: code(BUSINESS_IDS.luz) })}`);
      return answer;
    },
    callback: async (_person, headers) => (who) =>
      get(who, `${api}/callback?${new URLSearchParams({ state: "x".repeat(43), code: "made-up" })}`, headers),
    look: async (person) => {
      await connect(person, BUSINESS_IDS.cadenas);
      return (who) => post(who, pickerPlace, { intent: "look" });
    },
    choose: async (person) => {
      await connect(person, BUSINESS_IDS.cadenas);
      return (who) => post(who, pickerPlace, { phoneNumberId: NUMBER_IDS.norte });
    },
    retry_deliveries: async (person, headers) => {
      const connectionId = await connected(person);
      return (who) => post(who, `${settings}/retry?step=deliveries`, { connectionId }, headers);
    },
    retry_registration: async (person, headers) => {
      const connectionId = await connected(person);
      return (who) => post(who, `${settings}/retry?step=registration`, { connectionId }, headers);
    },
    check: async (person) => {
      const id = await connected(person);
      return async (who) => {
        await flow.product.database.sql("update connection_health set check_requested_at = null");
        return post(who, `${settings}/numbers/${id}`, { intent: "check" });
      };
    },
    manual: async (person) => {
      await flow.product.database.sql(
        "insert into feature_flags (tenant_id, flag) values ($1, 'integration_debug') on conflict do nothing",
        [person.tenantId],
      );
      const { token: accessToken } = control().mintToken({ businessId: BUSINESS_IDS.luz });
      const ids = { wabaId: WABA_IDS.luz, phoneNumberId: NUMBER_IDS.norte };
      return (who) => post(who, `${settings}/manual`, { ...ids, accessToken });
    },
  };

  const admin = (tenantId?: string) => flow.product.person(tenantId, "admin");
  return { ...flows, post, get, spent, work, connected, acts, admin };
}
