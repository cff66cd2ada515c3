/** A connected number, its checks by the worker, and what they leave. For tests. */
import { afterEach } from "vitest";
import { checkConnection } from "../../../integrations/health/check.server.ts";
import { subscribeWaba } from "../../../integrations/health/provisioning.server.ts";
import { connectFlows } from "../../testing/connect-flows.ts";

export function healthChecks() {
  const flows = connectFlows();
  const { flow, connect, connections, jobs } = flows;
  const deps = () => flow.product.services.integrations;

  afterEach(() => flow.product.database.empty("connection_health"));

  async function connected(): Promise<string> {
    await connect(flow.ana);
    const [{ id } = { id: "" }] = await connections(flow.ana);
    await subscribeWaba(deps(), { ...subject(id), lastAttempt: false });
    await flow.product.database.sql("delete from graphile_worker._private_jobs");
    return id;
  }

  const subject = (connectionId: string) => ({
    tenantId: flow.ana.tenantId,
    connectionId,
    requestId: "check-1",
  });
  const check = (id: string, now?: Date) =>
    checkConnection(now ? { ...deps(), now: () => now } : deps(), subject(id));
  const stateOf = async () => {
    const [row] = await connections(flow.ana);
    return {
      status: row?.status,
      code: (row?.metadata as { error?: { code: string } } | undefined)?.error?.code,
    };
  };
  const events = async () =>
    (await flow.product.database.sql<{ kind: string }>("select kind from connection_events order by id"))
      .map(({ kind }) => kind)
      .filter((kind) => !["connected", "deliveries_on"].includes(kind));
  const taskNames = async () => (await jobs()).map((job) => job.task);
  const refuse = (code: number, subcode?: number, times?: number) =>
    flow.product.sandbox.control.addScenario({
      endpoint: "phone",
      ...(times ? { times } : {}),
      outcome: { kind: "graph_error", code, ...(subcode ? { subcode } : {}) },
    });
  return { ...flows, deps, connected, subject, check, stateOf, events, taskNames, refuse };
}
