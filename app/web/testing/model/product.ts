/** The product that the model is compared with: routes, worker roles and sandbox of one database. For tests. */
import { randomBytes } from "node:crypto";
import type { Db } from "../../../../db/client.ts";
import { deleteOfWorkspaces } from "../../../../db/testing/empty-tables.ts";
import { NUMBER_IDS } from "../../../../scripts/meta-sandbox/world/world.ts";
import type { InboxDeps } from "../../../inbox/ingest/ingest.server.ts";
import { createTokenVault } from "../../../integrations/crypto.server.ts";
import { webhookReaders } from "../../../integrations/registry.server.ts";
import { openWebhookAddress } from "../deliveries/webhook-address.ts";
import { startTestProduct, type TestPerson, type TestProduct } from "../product.ts";
import { crashing } from "./crash.ts";
import { pictureOfProduct } from "./picture.ts";
import { type Picture, workspaces } from "./terms.ts";

export const numberIds = [NUMBER_IDS.luz, NUMBER_IDS.norte];
/** A token lives two and a half of these, so that no time passed ends exactly with one. */
const monthMs = 25 * 24 * 60 * 60 * 1000;

export interface ModelProduct {
  product: TestProduct;
  /** One in each workspace. */
  people: TestPerson[];
  /** In the worker's roles. */
  workerDb: Db;
  inbox: InboxDeps;
  /** The present one last. */
  keys: string[];
  /** The sandbox's names of what it delivered. */
  sent: string[];
  stop(): Promise<void>;
}

export async function openModelProduct(): Promise<ModelProduct> {
  const product = await startTestProduct();
  const { services, database } = product;
  // A sequence does in seconds what people do in days.
  services.budgets = { spend: async () => undefined };
  const closeAddress = await openWebhookAddress(product);
  const people: TestPerson[] = [];
  for (const _ of workspaces) people.push(await product.person());
  const stop = async () => {
    await closeAddress();
    await product.stop();
  };
  const inbox = { db: database.as("app_ingest"), readers: webhookReaders, log: services.log };
  return { product, people, workerDb: database.as("app_tenant"), inbox, keys: [], sent: [], stop };
}

const jobs = ["_private_jobs", "_private_job_queues"].map((table) => `delete from graphile_worker.${table}`);

/** Nothing connected, nothing received, one key, and a sandbox as on its first day. */
export async function startAfresh(real: ModelProduct): Promise<void> {
  const { product } = real;
  product.sandbox.control.reset();
  product.logged.length = 0;
  product.services.integrations.now = () => new Date();
  real.sent = [];
  real.keys = [];
  rotateKey(real, 0);
  await product.database.sql([deleteOfWorkspaces, ...jobs].join("; "));
}

/** A new key, and so many of the ones before it. */
export function rotateKey({ product, keys }: ModelProduct, kept: number): void {
  const primary = randomBytes(32).toString("base64");
  const previous = keys.slice(Math.max(0, keys.length - kept));
  keys.splice(0, keys.length, ...previous, primary);
  product.services.integrations.vault = createTokenVault({ primary, previous });
}

export async function passMonth({ product: { sandbox, services } }: ModelProduct): Promise<void> {
  const { now } = services.integrations;
  services.integrations.now = () => new Date(now().getTime() + monthMs);
  await sandbox.control.advanceClock(monthMs);
}

/** What the worker works with; crashing at its `crashAt`th statement. */
export const depsOf = ({ product, workerDb }: ModelProduct, crashAt?: number) => ({
  ...product.services.integrations,
  db: crashing(workerDb, crashAt),
});

export const look = (real: ModelProduct): Promise<Picture> =>
  pictureOfProduct(
    real.product,
    depsOf(real),
    real.people.map(({ tenantId }) => tenantId),
    numberIds,
  );
