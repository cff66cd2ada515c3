/** The flows of connecting with a Meta that fails at a chosen call; after each cell nothing secret may be found. For tests. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { MetaAppConfig } from "../../../integrations/meta/app-config.server.ts";
import { createGraphClient, type GraphClient } from "../../../integrations/meta/graph.server.ts";
import { createWhatsappConnector } from "../../../integrations/meta/whatsapp/connector/connector.server.ts";
import { Secret } from "../../../platform/secret.server.ts";
import { action as numberAction } from "../../../routes/settings.integrations_.$channel.choose-number.tsx";
import { connectFlows, pickerPlace } from "../connect-flows.ts";
import { callRoute, type TestPerson, type TestProduct } from "../product.ts";
import { lookAtTenant } from "./expectations.ts";
import type { Failure, Outcome, Place } from "./table.ts";

export function connectTable() {
  const flows = connectFlows();
  const { flow } = flows;
  const silentAddress = listenInSilence();
  const spentCodes: string[] = [];
  beforeEach(() => {
    flow.product.logged.length = 0;
    spentCodes.length = 0;
  });
  afterEach(() => expectNothingSecret(flow.product, spentCodes));

  const callsOf = (endpoint: string) =>
    flow.product.sandbox.control.calls().filter((call) => call.endpoint === endpoint).length;
  const forgetJobs = () => flow.product.database.sql("delete from graphile_worker._private_jobs");
  const left = (person: TestPerson = flow.ana) => lookAtTenant(flow.product, person.tenantId);
  /** Meta works again, and nothing remembers that it did not. */
  function calm(): void {
    flow.product.sandbox.control.clearScenarios();
    flow.product.forgetTroubleWithMeta();
  }
  return {
    ...flows,
    ...actsOf(flows, spentCodes),
    calm,
    left,
    callsOf,
    forgetJobs,
    strike: (place: Place, failure: Failure) => strike(flow.product, place, failure.outcome(silentAddress())),
  };
}

/** From now on the call fails that way, as often as it is made. Whatever was known of Meta's trouble is forgotten. */
function strike(product: TestProduct, { endpoint, answeredBefore, isCalled }: Place, outcome: Outcome): void {
  const { control } = product.sandbox;
  control.clearScenarios();
  if (answeredBefore) control.addScenario({ endpoint, times: answeredBefore, outcome: { kind: "ok" } });
  control.addScenario({ endpoint, outcome });
  product.forgetTroubleWithMeta();
  if (outcome.kind !== "hang") return;
  const config = configOf(product);
  const connector = createWhatsappConnector(config, hastyAt(config, isCalled));
  product.services.integrations.connectors = { meta_whatsapp: connector };
}

/** What a person does in the browser; returns where that leads. */
function actsOf(flows: ReturnType<typeof connectFlows>, spentCodes: string[]) {
  async function connectWith(person: TestPerson, businessId: string, more: object = {}): Promise<string> {
    const { state } = await flows.begin(person);
    const code = flows.code(businessId, more);
    spentCodes.push(code);
    return flows.comeBack(person, { state, code });
  }
  async function pick(person: TestPerson, form: Record<string, string>): Promise<string> {
    const request = flows.ask(pickerPlace, person, { method: "POST", body: new URLSearchParams(form) });
    const answer = await callRoute(numberAction, request);
    expect(answer.status).toBe(303);
    return answer.headers.get("location") ?? "";
  }
  const look = (person: TestPerson) => pick(person, { intent: "look" });
  const choose = (person: TestPerson, phoneNumberId: string) => pick(person, { phoneNumberId });
  return { connectWith, look, choose };
}

function configOf({ sandbox, services }: TestProduct): MetaAppConfig {
  return {
    appId: services.integrations.connectors.meta_whatsapp.appId,
    appSecret: services.webhooks.appSecrets[0] ?? new Secret(""),
    graphUrl: sandbox.url,
    dialogUrl: sandbox.url,
    graphVersion: "v25.0",
    log: services.log,
  };
}

/** Impatient at that one call only, and not before it has come to Meta: a slow machine must not fail the others. */
function hastyAt(config: MetaAppConfig, isCalled: Place["isCalled"]): GraphClient {
  const patient = createGraphClient(config);
  const hasty = createGraphClient(config, { timeoutMs: 120 });
  return { call: (call) => (isCalled(call) ? hasty : patient).call(call) };
}

/** An address inside our network, where no answer of Meta's may lead us: each cell asserts that nothing came. */
function listenInSilence(): () => string {
  let server: Server;
  let heard = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end("{}"));
    server.on("connection", () => {
      heard += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => expect(heard).toBe(0));
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  return () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/inside`;
}

/** Of codes, tokens, our own secret and numbers, in whatever is kept in the clear. */
async function expectNothingSecret(product: TestProduct, codes: string[]): Promise<void> {
  const logged = JSON.stringify(product.logged, (_key, value) =>
    value instanceof Error ? `${value.message}${value.stack}` : value,
  );
  const rows = await product.database.sql(
    `select (select json_agg(e) from connection_events e) as events,
            (select json_agg(j.payload) from graphile_worker._private_jobs j) as jobs,
            (select json_agg(c) from channel_connections c) as connections`,
  );
  const kept = `${logged}${JSON.stringify(rows)}`;
  for (const code of codes) expect(kept).not.toContain(code.slice(0, 60));
  // A sealed token may have the same letters in its middle.
  expect(kept).not.toMatch(/(?<![\w-])EAA[A-Za-z0-9]{20,}/);
  expect(kept).not.toContain(product.services.webhooks.appSecrets[0]?.reveal());
  const numbers = Object.values(product.sandbox.world.numbers).map((one) => one.displayPhoneNumber);
  const digits = numbers.map((number) => number.replace(/\D/g, "").slice(-10));
  expect(digits.filter((one) => logged.includes(one))).toEqual([]);
}
