/** What Meta tells of an account, applied to one connection of one tenant. */
import { createHash } from "node:crypto";
import { withTenant } from "../../../db/client.ts";
import { enqueue } from "../../../db/jobs.ts";
import { recordOnce } from "../../../db/queries/connections/connection-events.ts";
import { lockConnected, saveStatus } from "../../../db/queries/connections/connections.ts";
import { type EventKind, isEventKind } from "../../../db/queries/connections/event-kinds.ts";
import type { ChannelId } from "../catalog.ts";
import type { IntegrationDeps } from "../deps.server.ts";
import { type AccountNews, type AfterNews, afterNews } from "./account-news.server.ts";
import { noteHistoryNews } from "./phone-history.server.ts";

const confirmAfterSeconds = 60;

export interface ToldNews extends AccountNews {
  tenantId: string;
  connectionId: string;
  requestId: string;
  deliveryId: string;
  itemPath: string;
}

/**
 * Applies one event: status, cause and latest values on the row, and the event in its history, in one transaction.
 * Idempotent, also when Meta repeats the event in a delivery of its own; any order ends in the same state. The token is
 * kept, since Meta's word may be about another partner and a later check may prove it alive; so is the claim on the
 * number, and what still arrives is stored. A connection that is not connected any more, and what is told of another
 * partner's app, are left alone.
 */
export async function applyAccountEvent(deps: IntegrationDeps, told: ToldNews): Promise<void> {
  const { tenantId, connectionId } = told;
  await withTenant(deps.db, tenantId, async (tdb) => {
    const row = await lockConnected(tdb, tenantId, connectionId);
    if (!row || isOfAnotherApp(told, deps.connectors[row.provider as ChannelId].appId)) return;
    if (told.field === "history") return noteHistoryNews(tdb, row, told);
    const after = afterNews(row, told);
    const isNew = await recordOnce(tdb, { ...eventOf(told, after), provider: row.provider });
    if (!isNew) return;
    await saveStatus(tdb, row, after);
    if (after.effect === "lost") {
      // It may speak of another partner, or be over by now: the token itself knows.
      await enqueue(tdb, "check_connection", told, { inSeconds: confirmAfterSeconds });
      deps.log.warn("Meta says that a connection has lost its account", {
        tenant_id: tenantId,
        connection_id: connectionId,
        delivery_id: told.deliveryId,
        reason: told.event ?? told.field,
      });
    }
  });
}

/** PARTNER_APP_* speak of whichever app was given or refused access, and every partner of the account hears of it. */
function isOfAnotherApp({ event, detail }: AccountNews, appId: string): boolean {
  return (event ?? "").startsWith("PARTNER_APP_") && detail.partner_app_id !== appId;
}

const banKinds: Record<string, EventKind> = {
  DISABLE: "account_disabled",
  SCHEDULE_FOR_DISABLE: "account_disable_scheduled",
  REINSTATE: "account_reinstated",
};

function kindOf({ field, event, detail }: AccountNews, effect: AfterNews["effect"]): EventKind {
  if (effect === "outdated") return "outdated_news";
  if (event === "DISABLED_UPDATE" && field === "account_update")
    return banKinds[String(detail.ban_state)] ?? "account_ban_update";
  const kind = field === "account_update" && event !== null ? event.toLowerCase() : field;
  return isEventKind(kind) ? kind : "account_update";
}

function eventOf(told: ToldNews, { effect }: AfterNews) {
  const { tenantId, connectionId, requestId, field, event, detail, deliveryId, itemPath } = told;
  const occurredAt = told.occurredAt.toISOString();
  const what = [field, event, occurredAt, Object.entries(detail).sort(([a], [b]) => (a < b ? -1 : 1))];
  return {
    tenantId,
    connectionId,
    requestId,
    kind: kindOf(told, effect),
    actorUserId: null,
    detail: {
      field,
      ...(event ? { event } : {}),
      ...detail,
      effect,
      occurred_at: occurredAt,
      delivery_id: deliveryId,
      item_path: itemPath,
    },
    sourceDigest: createHash("sha256").update(JSON.stringify(what)).digest("hex"),
  };
}
