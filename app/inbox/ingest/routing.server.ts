/** From deliveries to events with an owner, and the items that reach nobody. */
import type { Transaction } from "kysely";
import type { JobPayload } from "#db/jobs.ts";
import type { OpenDelivery } from "#db/queries/deliveries/open-deliveries.ts";
import type { QuarantinedItem } from "#db/queries/deliveries/quarantine.ts";
import { type AgentSign, announceSetAside, type Owner, ownersOf } from "#db/queries/numbers/number-owners.ts";
import type { Schema } from "#db/schema.ts";
import type {
  ChannelWebhook,
  DeliveryReading,
  HistoryEvent,
  MessageEvent,
  PersonEvent,
  StatusEvent,
} from "../../integrations/channel-events.server.ts";
import { routeAccountEvents } from "./account-routing.server.ts";

export type WebhookReaders = Partial<Record<string, ChannelWebhook>>;

type StoredEvent = MessageEvent | StatusEvent | PersonEvent;

/** An event with the tenant and connection that its number belongs to. */
export interface RoutedEvent {
  event: StoredEvent;
  deliveryId: string;
  receivedAtUs: number;
  provider: string;
  tenantId: string;
  connectionId: string;
}

export interface Routing {
  routed: RoutedEvent[];
  /** What connections are to be told of their accounts. */
  told: JobPayload<"apply_account_event">[];
  setAside: QuarantinedItem[];
  /** Deliveries that are the first for the claim on their number. */
  firsts: { claimId: string; deliveryId: string }[];
  /** By delivery, what of it this build does not read: names of fields and lists. */
  ignored: Map<string, Set<string>>;
  /** That the platform's assistant is at work on a claimed number. */
  agents: AgentSign[];
}

/**
 * Reads deliveries and finds each event's owner as of the moment its delivery was received, so that nothing received
 * before a number changed hands reaches its next owner; in a gap of one workspace, or before a number's first, the
 * owner that followed (`claimFor`). What cannot be read or belongs to nobody is set aside with its place; what is valid
 * and shown nowhere is in no list.
 */
export async function routeDeliveries(
  trx: Transaction<Schema>,
  readers: WebhookReaders,
  deliveries: OpenDelivery[],
): Promise<Routing> {
  const readings = deliveries.map((delivery) => ({ delivery, ...readDelivery(readers, delivery) }));
  const stored = readings.flatMap(({ delivery, events }) =>
    events.flatMap((event) =>
      event.kind === "account" || event.kind === "other" ? [] : [{ delivery, event }],
    ),
  );
  const ofAccounts = readings.flatMap(({ delivery, events }) =>
    events.flatMap((event) => (event.kind === "account" ? [{ delivery, event }] : [])),
  );
  const { ownerOf, firsts } = await findOwners(trx, stored);
  const ofHistories: OwnedHistory[] = [];
  const routing: Routing = {
    routed: [],
    firsts,
    agents: [],
    ignored: new Map(
      readings.map(({ delivery, events }) => [delivery.id, ignoredIn(events, readers[delivery.provider])]),
    ),
    told: await routeAccountEvents(trx, ofAccounts),
    setAside: readings.flatMap(({ delivery, problems }) =>
      problems.map((problem) => ({ deliveryId: delivery.id, reason: "unreadable" as const, ...problem })),
    ),
  };
  for (const { delivery, event } of stored) {
    const owner = ownerOf(delivery.id, event.phoneNumberId);
    if (owner && event.kind === "history") {
      ofHistories.push({ delivery, event, ...owner });
    } else if (owner && event.kind !== "history") {
      const { id: deliveryId, receivedAtUs, provider } = delivery;
      const { tenantId, connectionId } = owner;
      if (event.kind === "message" && event.ofAgent) {
        routing.agents.push({ claimId: owner.claimId, at: event.occurredAt });
      }
      routing.routed.push({ event, deliveryId, receivedAtUs, provider, tenantId, connectionId });
    } else {
      routing.setAside.push(asideFor(delivery.id, event, "unknown_number", null));
    }
  }
  routing.told.push(...newsOfHistories(ofHistories));
  return routing;
}

type OwnedHistory = Owner & { delivery: OpenDelivery; event: HistoryEvent };

/** Of each delivery and number the furthest. */
function newsOfHistories(found: OwnedHistory[]): JobPayload<"apply_account_event">[] {
  const furthest = new Map<string, OwnedHistory>();
  const rank = ({ event: { progress } }: OwnedHistory) => (progress === "declined" ? -1 : progress);
  for (const one of found) {
    const key = `${one.delivery.id} ${one.connectionId}`;
    const other = furthest.get(key);
    if (!other || rank(one) > rank(other)) furthest.set(key, one);
  }
  return [...furthest.values()].map(({ delivery, event: { path, progress }, tenantId, connectionId }) => ({
    tenantId,
    connectionId,
    requestId: delivery.requestId,
    deliveryId: delivery.id,
    itemPath: path,
    field: "history",
    event: "progress",
    detail: { progress },
    occurredAt: new Date(Math.floor(delivery.receivedAtUs / 1000)),
  }));
}

export function asideFor(
  deliveryId: string,
  { path, phoneNumberId }: StoredEvent | HistoryEvent,
  reason: QuarantinedItem["reason"],
  detail: string | null,
): QuarantinedItem {
  return { deliveryId, path, reason, phoneNumberId, detail };
}

function readDelivery(
  readers: WebhookReaders,
  { provider, body, receivedAtUs }: OpenDelivery,
): DeliveryReading {
  const unreadable = (detail: string) => ({
    events: [],
    problems: [{ path: "body", phoneNumberId: null, detail }],
  });
  try {
    const receivedAt = new Date(Math.floor(receivedAtUs / 1000));
    return readers[provider]?.read(body, receivedAt) ?? unreadable("no reader for this channel");
  } catch {
    // A reader promises not to throw; breaking that promise must not cost the other deliveries of the job.
    return unreadable("the reader failed");
  }
}

/** Whoever sends a thousand names of nothing is not to have them all kept. */
const mostIgnored = 20;

/**
 * What was valid and not read, but for what belongs to fields that are read: no later build is to look for that.
 */
function ignoredIn(events: DeliveryReading["events"], reader: ChannelWebhook | undefined): Set<string> {
  const names = new Set<string>();
  for (const event of events) {
    if (event.kind !== "other") continue;
    const name = event.field.slice(event.field.lastIndexOf(".") + 1);
    if (!reader?.reads.has(name) && names.size < mostIgnored) names.add(name);
  }
  return names;
}

async function findOwners(
  trx: Transaction<Schema>,
  stored: { delivery: OpenDelivery; event: StoredEvent | HistoryEvent }[],
) {
  const key = (deliveryId: string, phoneNumberId: string) => `${deliveryId} ${phoneNumberId}`;
  const wanted = new Map(
    stored.map(({ delivery, event: { phoneNumberId } }) => [
      key(delivery.id, phoneNumberId),
      { deliveryId: delivery.id, phoneNumberId },
    ]),
  );
  const owners = await ownersOf(trx, [...wanted.values()]);
  for (const owner of owners) wanted.delete(key(owner.deliveryId, owner.phoneNumberId));
  if (wanted.size > 0) {
    // A connect may be committed just now: its replay must find what we set aside, or we must find its claim.
    const left = [...wanted.values()];
    await announceSetAside(
      trx,
      left.map(({ phoneNumberId }) => phoneNumberId),
    );
    owners.push(...(await ownersOf(trx, left)));
  }
  const found = new Map(owners.map((owner) => [key(owner.deliveryId, owner.phoneNumberId), owner]));
  const firsts = owners.filter(({ isFirst }) => isFirst);
  return {
    ownerOf: (deliveryId: string, phoneNumberId: string) => found.get(key(deliveryId, phoneNumberId)),
    firsts: firsts.filter((owner) =>
      stored.some(
        ({ delivery, event }) =>
          delivery.id === owner.deliveryId &&
          event.phoneNumberId === owner.phoneNumberId &&
          !isOfThePast(event),
      ),
    ),
  };
}

/** A history and an address book say nothing of whether deliveries come when something happens. */
function isOfThePast(event: StoredEvent | HistoryEvent): boolean {
  if (event.kind === "history") return true;
  return event.kind === "message"
    ? event.imported
    : event.kind === "person" && event.contact.saved !== undefined;
}
