import { appStateChanges, declinedHistory, historyChanges } from "../../webhooks/kinds/phone-history.ts";
import type { NumberIdentity } from "../../webhooks/payloads.ts";
import { dispatch } from "../../webhooks/routing.ts";
import { newNumericId } from "../../world/identifiers.ts";
import { lastSharedAt } from "../../world/installations.ts";
import type { Platform } from "../../world/platform.ts";
import type { PhoneNumber } from "../../world/world.ts";
import { badParameter, GraphError } from "../error.ts";
import { type GraphRequest, parameter } from "../request.ts";
import { requireNumber, requireScope, requireToken } from "../tokens/auth.ts";

const WINDOW_MS = 24 * 3_600_000;
const AFTER_ANSWER_MS = 150;
const SYNC_TYPES = ["smb_app_state_sync", "history"] as const;
type SyncType = (typeof SYNC_TYPES)[number];

/**
 * `POST /{phone}/smb_app_data`: the contacts, or the chats, of a number that stays in the WhatsApp Business app; they
 * arrive as webhooks after the answer. Meta: each kind once (2593107), within 24 h of the sign-up (2593108).
 */
export function shareAppData(platform: Platform, request: GraphRequest, numberId: string) {
  const token = requireToken(platform, request);
  const number = requireNumber(platform, token, numberId, "post");
  requireScope(token, "whatsapp_business_management");
  if (parameter(request, "messaging_product") !== "whatsapp") {
    throw badParameter("The parameter messaging_product is required.");
  }
  const asked = parameter(request, "sync_type");
  const syncType = SYNC_TYPES.find((known) => known === asked);
  if (!syncType) throw badParameter(`Param sync_type must be one of {${SYNC_TYPES.join(", ")}}`);
  if (!number.isOnBizApp) throw badParameter("The phone number is not on the WhatsApp Business app.");
  const shared = number.sharedAppData ?? [];
  if (shared.includes(syncType)) throw syncError(2593107, "Synchronization was already requested");
  const signedUpAt = lastSharedAt(platform, number.wabaId) ?? token.issuedAt;
  if (platform.clock.now() - signedUpAt >= WINDOW_MS) {
    throw syncError(2593108, "Synchronization window of 24 hours is over");
  }
  number.sharedAppData = [...shared, syncType];
  platform.changed();
  setTimeout(() => void sendAppData(platform, number, syncType), AFTER_ANSWER_MS).unref();
  return { messaging_product: "whatsapp", request_id: newNumericId() };
}

/** One webhook after the other, so that their order is Meta's. */
async function sendAppData(platform: Platform, number: PhoneNumber, syncType: SyncType): Promise<void> {
  const at = Math.floor(platform.clock.now() / 1000);
  const identity = identityOf(platform, number);
  const declined = platform.switches.historySharing === "declined";
  const chats = () => (declined ? declinedHistory(identity) : historyChanges(identity, at));
  const changes = syncType === "history" ? chats() : appStateChanges(identity, at);
  for (const change of changes) await dispatch(platform, [change], { kind: syncType });
}

function identityOf({ state }: Platform, number: PhoneNumber): NumberIdentity {
  const { id, wabaId, displayPhoneNumber } = number;
  const businessId = state.world.wabas[wabaId]?.businessId ?? "";
  return { phoneNumberId: id, wabaId, businessId, displayPhoneNumber };
}

function syncError(code: number, text: string): GraphError {
  return new GraphError({ code, message: `(#${code}) ${text}`, details: text });
}
