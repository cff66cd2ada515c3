/** What people and Meta do to the product in the model test: by real routes, and deliveries by the sandbox. For tests. */
import { withTenant } from "../../../../db/client.ts";
import { BUSINESS_IDS } from "../../../../scripts/meta-sandbox/world/world.ts";
import * as callback from "../../../routes/api.integrations.meta.$channel.callback.ts";
import * as disconnect from "../../../routes/api.integrations.meta.$channel.disconnect.ts";
import * as start from "../../../routes/api.integrations.meta.$channel.start.ts";
import * as status from "../../../routes/api.integrations.meta.$channel.status.ts";
import { provideServices } from "../../services.server.ts";
import { callRoute, type TestProduct } from "../product.ts";
import { crashes, crashing } from "./crash.ts";
import { type ModelProduct, numberIds } from "./product.ts";
import type { Item } from "./terms.ts";

const businessIds = [BUSINESS_IDS.luz, BUSINESS_IDS.norte];
const api = "/api/integrations/meta/whatsapp";

function ask(
  { product, people }: ModelProduct,
  workspace: number,
  path: string,
  init: RequestInit = {},
): Request {
  const headers = { accept: "application/json", cookie: people[workspace]?.cookie ?? "" };
  return new Request(`${product.origin}${api}/${path}`, { headers, ...init });
}

/** The web process crashes at its `at`th statement in the domain, if there is one. */
async function withCrash<T>(
  { product }: ModelProduct,
  at: number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { services } = product;
  const { integrations } = services;
  provideServices({ ...services, integrations: { ...integrations, db: crashing(integrations.db, at) } });
  return work().finally(() => provideServices(services));
}

/** All the way to Meta and back. */
export async function connect(
  real: ModelProduct,
  workspace: number,
  number: number,
  crashAt?: number,
): Promise<string> {
  const begun = await callRoute(start.action, ask(real, workspace, "start", { method: "POST" }));
  const { state } = (await begun.json()) as { state: string };
  const { code } = real.product.sandbox.control.mintCode({ businessId: businessIds[number] ?? "" });
  const back = ask(real, workspace, `callback?${new URLSearchParams({ state, code })}`);
  let place = "";
  const comeBack = async () => {
    place = (await callRoute(callback.loader, back)).headers.get("location") ?? "";
  };
  if (await crashes(withCrash(real, crashAt, comeBack))) return "crashed";
  if (place === "/settings/integrations?whatsapp=connected") return "connected";
  return place === "/settings/integrations?whatsapp=error&reason=number_taken" ? "taken" : place;
}

/** Disconnects one number, or with none all of the workspace. Returns whether it crashed. */
export async function leave(
  real: ModelProduct,
  workspace: number,
  number: number | undefined,
  crashAt?: number,
): Promise<boolean> {
  const body = new URLSearchParams(
    number === undefined ? {} : { connectionId: await idOf(real, workspace, number) },
  );
  const request = ask(real, workspace, "disconnect", { method: "POST", body });
  return crashes(withCrash(real, crashAt, () => callRoute(disconnect.action, request)));
}

async function idOf({ product, people }: ModelProduct, workspace: number, number: number): Promise<string> {
  const [row] = await product.database.sql<{ id: string }>(
    "select id from channel_connections where tenant_id = $1 and phone_number_id = $2",
    [people[workspace]?.tenantId, numberIds[number]],
  );
  return row?.id ?? "";
}

const phones = ["5215544332211", "5215511112222"];

/** One signed delivery, whatever Meta would hold back. */
export async function deliver(real: ModelProduct, items: Item[]): Promise<void> {
  const sent = await real.product.sandbox.control.sendBatch({
    items: items.map(({ number, id, status }) => {
      const phoneNumberId = numberIds[number] ?? "";
      const person = { phone: phones[Number(id.at(-1)) % phones.length] ?? "" };
      return status === "received"
        ? { message: { phoneNumberId, id, sender: person } }
        : { status: { phoneNumberId, messageId: id, status, recipient: person } };
    }),
    force: true,
  });
  real.sent.push(accepted(sent));
}

/** The same bytes once more. */
export async function deliverAgain(real: ModelProduct, which: number): Promise<void> {
  const id = real.sent[which] ?? "";
  real.sent.push(accepted(await real.product.sandbox.control.resend({ id })));
}

function accepted({
  status,
  deliveries,
}: Awaited<ReturnType<TestProduct["sandbox"]["control"]["sendBatch"]>>): string {
  const [delivery, ...others] = deliveries;
  if (status !== 200 || !delivery || others.length > 0) throw new Error(`answered ${status}`);
  return delivery.id;
}

/** What a workspace is told of itself, and the messages that it can see. */
export async function lookFrom(real: ModelProduct, workspace: number) {
  const answer = await callRoute(status.loader, ask(real, workspace, "status"));
  const { may_send } = (await answer.json()) as { may_send: boolean };
  const { tenantId = "" } = real.people[workspace] ?? {};
  const seen = await withTenant(real.product.services.db, tenantId, (tdb) =>
    tdb.selectFrom("messages").select("provider_message_id as id").orderBy("provider_message_id").execute(),
  );
  return { maySend: may_send, messages: seen.map(({ id }) => id) };
}
