/** A made-up channel beside WhatsApp: one entry in the catalogue, its words, its connector and its reader. For tests. */
import { createHmac } from "node:crypto";
import { type JobName, jobCatalog } from "../../../db/jobs.ts";
import { widenProvider } from "../../../db/testing/second-provider.ts";
import { drainDeliveries } from "../../inbox/intake/drain.server.ts";
import { replayParked } from "../../inbox/intake/replay.server.ts";
import { channels } from "../../integrations/catalog.ts";
import { finishTeardown, subscribeWaba } from "../../integrations/health/provisioning.server.ts";
import { registerNumber } from "../../integrations/health/registration.server.ts";
import { messageReaders, webhookReaders } from "../../integrations/registry.server.ts";
import { carrier, createCarrierConnector } from "../../integrations/testing/carrier-connector.ts";
import { carrierMessages } from "../../integrations/testing/carrier-messages.ts";
import { type CarrierPlatform, startCarrierPlatform } from "../../integrations/testing/carrier-platform.ts";
import { carrierWebhook } from "../../integrations/testing/carrier-webhook.ts";
import { channelTexts } from "../../texts/en/channels.ts";
import { english as texts } from "../../texts/en/index.ts";
import { thread } from "../../texts/en/thread.ts";
import { deliverByLane } from "./deliveries/delivery-lane.ts";
import type { TestProduct } from "./product.ts";

/** Everything that a further channel takes, in the places where it is taken. Lasts as long as the test file. */
export async function addSecondChannel({ services, database }: TestProduct): Promise<CarrierPlatform> {
  await widenProvider(database, carrier);
  const platform = await startCarrierPlatform();
  Object.assign(channels, {
    carrier: {
      ...channels.meta_whatsapp,
      id: "carrier",
      path: "carrier",
      label: "Carrier",
      hasRegistration: false,
      hasPhoneApp: false,
    },
  });
  Object.assign(texts.channels, {
    carrier: channelTexts("Carrier", {
      needs: ["A line at Carrier."],
      addNumber: "Add one at Carrier; it appears at once",
      manager: "Carrier Desk",
      businessApp: "Carrier app",
      registrationRefusals: {},
      manual: { wabaId: "Account", wabaIdHint: "", phoneNumberId: "Line", phoneNumberIdHint: "" },
    }),
  });
  Object.assign(services.integrations.connectors, { [carrier]: createCarrierConnector(platform) });
  Object.assign(thread.channels, {
    carrier: {
      unsupported: "A note that Carrier keeps to itself",
      sentBy: { business_app: "Carrier app", agent: "Carrier’s assistant", other_app: "Another app" },
      mediaNote: "The plate stays at Carrier.",
      failedBecause: "Carrier’s reason:",
      failures: { line_busy: "the line was busy" },
    },
  });
  Object.assign(webhookReaders, { [carrier]: carrierWebhook });
  Object.assign(messageReaders, { [carrier]: carrierMessages });
  return platform;
}

/** Does what waits, as the worker would, until nothing does. The names of the jobs in the order they were done. */
export async function workOff({ database, services }: TestProduct): Promise<string[]> {
  const integrations = { ...services.integrations, db: database.as("app_tenant") };
  const inbox = { db: database.as("app_ingest"), readers: webhookReaders, log: services.log };
  const attempt = { lastAttempt: true };
  const tasks: Partial<Record<JobName, (payload: unknown) => Promise<unknown>>> = {
    process_deliveries: () => drainDeliveries(inbox),
    replay_parked: (told) => replayParked(inbox, jobCatalog.replay_parked.payload.parse(told)),
    subscribe_waba: (told) =>
      subscribeWaba(integrations, { ...jobCatalog.subscribe_waba.payload.parse(told), ...attempt }),
    register_number: (told) =>
      registerNumber(integrations, { ...jobCatalog.register_number.payload.parse(told), ...attempt }),
    stop_deliveries: (told) =>
      finishTeardown(integrations, { ...jobCatalog.stop_deliveries.payload.parse(told), ...attempt }),
  };
  const done: string[] = [];
  for (;;) {
    const [job] = await database.sql<{ task: JobName; payload: unknown }>(
      `with next as (delete from graphile_worker._private_jobs
                      where id = (select min(id) from graphile_worker._private_jobs) returning task_id, payload)
       select t.identifier as task, next.payload from next join graphile_worker._private_tasks t on t.id = next.task_id`,
    );
    if (!job) return done;
    const run = tasks[job.task];
    if (!run) throw new Error(`Nobody does ${job.task} here.`);
    await run(job.payload);
    done.push(job.task);
  }
}

/** What the platform posts to the channel's webhook, signed as Meta signs. */
export async function postDelivery({ origin, services }: TestProduct, delivery: object): Promise<number> {
  const body = Buffer.from(JSON.stringify(delivery));
  const key = services.webhooks.appSecrets[0]?.reveal() ?? "";
  const signature = `sha256=${createHmac("sha256", key).update(body).digest("hex")}`;
  const headers = { "x-hub-signature-256": signature, "content-length": String(body.byteLength) };
  const request = new Request(`${origin}/webhooks/meta/carrier`, { method: "POST", headers, body });
  return (await deliverByLane(request)).status;
}
