/** From events about accounts to the connections that they concern. */
import type { Transaction } from "kysely";
import type { JobPayload } from "#db/jobs.ts";
import { type AccountKey, connectionsConcerned } from "#db/queries/deliveries/account-owners.ts";
import type { OpenDelivery } from "#db/queries/deliveries/open-deliveries.ts";
import type { Schema } from "#db/schema.ts";
import type { AccountEvent } from "../../integrations/channel-events.server.ts";

interface FoundAccountEvent {
  delivery: OpenDelivery;
  event: AccountEvent;
}

/**
 * What each connection is to be told, of all tenants. An event that concerns nobody here is in no answer: it is valid
 * and stays in its delivery. So does what Meta tells of a whole portfolio (`business_integration_uninstall`): a grant
 * does not say to which portfolio its WABA belongs. The same loss also comes as PARTNER_REMOVED or
 * PARTNER_APP_UNINSTALLED, which name the WABA, and the regular look at each token finds what was told by neither.
 */
export async function routeAccountEvents(
  trx: Transaction<Schema>,
  found: FoundAccountEvent[],
): Promise<JobPayload<"apply_account_event">[]> {
  const keys = new Map<string, AccountKey & { items: FoundAccountEvent[] }>();
  for (const item of found) {
    const { accountId, phoneDigits } = item.event;
    if (!accountId && !phoneDigits) continue;
    const { provider } = item.delivery;
    const id = `${provider} ${accountId} ${phoneDigits}`;
    const key = keys.get(id) ?? { provider, accountId, e164: phoneDigits && `+${phoneDigits}`, items: [] };
    keys.set(id, key);
    key.items.push(item);
  }
  const groups = [...keys.values()];
  const concerned = await connectionsConcerned(
    trx,
    groups.map(({ provider, accountId, e164 }) => ({ provider, accountId, e164 })),
  );
  return concerned.flatMap(({ index, tenantId, connectionId }) =>
    (groups[index]?.items ?? []).map(({ delivery, event }) => ({
      tenantId,
      connectionId,
      requestId: delivery.requestId,
      deliveryId: delivery.id,
      itemPath: event.path,
      field: event.field,
      event: event.event,
      detail: event.detail,
      occurredAt: timeOf(delivery, event),
    })),
  );
}

/** Meta's time, but never later than we heard of it: an event of the future would outdate all that really follow. */
function timeOf({ receivedAtUs }: OpenDelivery, { occurredAt }: AccountEvent): Date {
  const receivedAtMs = Math.floor(receivedAtUs / 1000);
  return new Date(Math.min(occurredAt?.getTime() ?? receivedAtMs, receivedAtMs));
}
